"""The demo's guidelines, brought in from their folders and published by the demo's editor."""

import json
from dataclasses import dataclass
from pathlib import Path

from django.utils import timezone

from accounts.models import Project
from accounts.reads import actor_of_person
from guidelines.actions import digests_of, import_guideline
from guidelines.models import GuidelineVersion
from hitl.demo.founding import Member, folder


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of a project's guideline: its folder, what it changes and why, and if the team has worked by then."""

    place: Path
    summary: str
    worked: bool


def editions(name: str) -> list[Edition]:
    """List the versions of a project's guideline, the first one first."""
    told = folder() / "guidelines" / "editions.json"
    rows = json.loads(told.read_text())[name] if told.exists() else []
    return [Edition(told.parent / name / row["folder"], row["summary"], row["worked"]) for row in rows]


def guide(project: Project, team: list[Member], *, worked: bool) -> int:
    """Publish the versions that come before the work, or after it, unless they were; give how many there are."""
    found = [edition for edition in editions(project.slug) if edition.worked == worked]
    editor = next(member for member in team if member.roles.get(project.slug) == "guideline_editor")
    for edition in found:
        _taxonomy, digest = digests_of(edition.place)
        if GuidelineVersion.objects.filter(project=project, digest=digest).exists():
            continue
        import_guideline(
            project=project,
            source=edition.place,
            publish=True,
            summary=edition.summary,
            by=actor_of_person(editor.person, "command"),
            at=timezone.now(),
        )
    return len(found)
