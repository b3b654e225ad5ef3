"""A past to try decision rights on: items of many sorts, replays asked for and made at once."""

import json
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.reads import Actor, console
from audit.actions import NO_HEAD, entry, record
from audit.models import Erasure
from audit.reads import uuid7
from reviews.actions import ask_replay, make_replay
from reviews.models import Item, Replay, RightsVersion
from tests.reviews.test_running import with_role
from tests.town import RIGHTS, Town, below

ERASED = "compliance.subject_erased"


def sharper(value: str = "0.80", **more: Any) -> dict[str, Any]:
    """Give the town's rights with its first threshold elsewhere."""
    first = RIGHTS["routing"][0] | {"when": [below(value)]}
    return RIGHTS | {"routing": [first, *RIGHTS["routing"][1:]]} | more


def operator(town: Town) -> Actor:
    """Give somebody who runs the town's project."""
    return with_role(town, "operations")


def tried(town: Town, by: Actor, document: dict[str, Any] | None = None, **more: Any) -> Replay:
    """Ask for a replay by the town's clock and let a worker make it."""
    document = None if "version" in more else document or RIGHTS
    row = ask_replay(project=town.project, document=document, by=by, at=town.now, **more)
    make_replay(replay_id=row.pk, now=lambda: town.now)
    row.refresh_from_db()
    return row


def found(row: Replay) -> dict[str, Any]:
    """Read what a replay found."""
    assert (row.state, row.said) == ("done", ""), (row.state, row.said)
    told: dict[str, Any] = json.loads(row.result or "")
    return told


def in_force(town: Town) -> RightsVersion:
    """Give the version in force."""
    return RightsVersion.objects.filter(project=town.project).latest("number")


APART = RIGHTS | {"audit": {"queue": "senior"}}
"""The town's rights with audits in a queue of their own, so that they are easily told from other work."""


def looked_at(town: Town, who: Actor, *labels: str) -> None:
    """Let somebody answer as many audits as there are labels, blind, each with its label."""
    for label in labels:
        held = town.take(who, "senior")
        assert held is not None
        town.decide(who, held, None, label)


def erase(item: Item) -> None:
    """Erase an item's body, as an approved request would; needs the fixture `erasures_told`."""
    log, at = item.project.log, timezone.now()
    actor, stream = console().pseudonym, f"delivery/{uuid7(at)}"
    told = {"erased": {"entries": []}, "basis": {"law": "GDPR 17"}}
    made = entry(
        log=(log.pk, log.origin), type=ERASED, actor=actor, role="console", via="command", project=None,
        stream=stream, head=NO_HEAD, at=at, sections=told,
    )  # fmt: skip
    with transaction.atomic():
        erasure = Erasure.objects.create(event_id=record([made])[0], kind="request")
        Item.objects.filter(pk=item.pk).update(body=None, salt=None, erasure=erasure)
