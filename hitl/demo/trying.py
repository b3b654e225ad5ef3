"""What operations of the demo think about: a draft of decision rights for the photos, tried on what came in."""

import json
from typing import Any

from django.utils import timezone

from accounts.models import Project
from accounts.reads import actor_of_person
from hitl.demo.founding import Member
from reviews.actions import ask_replay, begin_draft, change_draft, make_replay
from reviews.models import Replay

PROJECT, SEGMENT = "photos", "view"
FROM, TO = "0.60", "0.75"
"""The threshold below which people are asked: that in force, and the one of the draft."""


def try_draft(project: Project, team: list[Member]) -> int:
    """Let operations write a draft that asks people more often, and try it on all that came in; give how many tries."""
    found = [member for member in team if member.roles.get(project.slug) == "operations"]
    if project.slug != PROJECT or not found:
        return 0
    if not Replay.objects.filter(project=project).exists():
        by, at = actor_of_person(found[0].person, "browser"), timezone.now()
        draft = begin_draft(project=project, by=by, at=at)
        body = _moved(draft.body)
        draft = change_draft(project=project, body=body, revision=draft.revision, by=by, at=at)
        ask_replay(project=project, by=by, at=at, document=draft.body, segment=SEGMENT)
    for asked in Replay.objects.filter(project=project, state="waiting"):
        make_replay(replay_id=asked.pk, now=timezone.now)
    return Replay.objects.filter(project=project).count()


def _moved(body: dict[str, Any]) -> dict[str, Any]:
    """Give the document with the threshold moved."""
    moved: dict[str, Any] = json.loads(json.dumps(body))
    for condition in (one for rule in moved["routing"] for one in rule["when"]):
        if condition["field"] == "confidence" and condition["value"] == FROM:
            condition["value"] = TO
    return moved
