"""The cards of the demo's models, published by the demo's editor; one asks to be acknowledged."""

import json
from typing import Any

from django.utils import timezone

from accounts.models import Project
from accounts.reads import actor_of_person
from guidelines.actions import acknowledge_card, begin_card_draft, change_card_draft, publish_card_draft
from guidelines.models import ModelCard, ModelVersion
from guidelines.reads import card_in_force
from hitl.demo.founding import Member, folder

ASKS, HAS_NOT = "credit", "Reviewer 3 (demo)"
"""The project whose card asks, and who of its team has not read it yet."""
KEPT_TO = ("reviewer", "adjudicator")


def card(project: Project, team: list[Member]) -> int:
    """Publish the card of a project's model, unless one is in force; give how many of the team acknowledged it."""
    told = folder() / "cards" / f"{project.slug}.json"
    if not told.exists():
        return 0
    written: dict[str, Any] = json.loads(told.read_text())
    model = ModelVersion.objects.select_related("project").filter(project=project, **written["model"]).first()
    if model is None:
        return 0
    made = card_in_force(model.pk) or _published(model, project, team, written)
    return _acknowledged(made, project, team) if made.asks else 0


def _published(model: ModelVersion, project: Project, team: list[Member], written: dict[str, Any]) -> ModelCard:
    editor = next(member for member in team if member.roles.get(project.slug) == "guideline_editor")
    by, at = actor_of_person(editor.person, "command"), timezone.now()
    draft = begin_card_draft(model=model, by=by, at=at)
    words = written["card"] | ({"acknowledge": True} if project.slug == ASKS else {})
    kept = change_card_draft(model=model, card=words, summary=written["summary"], revision=draft.revision, by=by, at=at)
    return publish_card_draft(model=model, revision=kept.revision, by=by, at=at)


def _acknowledged(made: ModelCard, project: Project, team: list[Member]) -> int:
    keeping = [one for one in team if one.roles.get(project.slug) in KEPT_TO and one.name != HAS_NOT]
    for member in keeping:
        by = actor_of_person(member.person, "command")
        acknowledge_card(model=made.model, number=made.number, by=by, at=timezone.now())
    return len(keeping)
