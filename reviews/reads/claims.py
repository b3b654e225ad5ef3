"""Where a claim is at home, and what it showed."""

import datetime as dt
import json
import uuid
from dataclasses import dataclass, replace
from typing import Any

from accounts.errors import NotFound
from audit.models.sql import ask
from reviews.models import Claim, Decision, Queue
from reviews.reads.held import Held, held, look_at_claim
from reviews.reads.levels import Level, levels_of
from reviews.reads.prior import prior_of

ABOUT = """
SELECT t.opened_at, t.kind, t.item_id, d.verdict, w.withdrawn_at, w.returned_by_id, ps.manifest, n.body AS rework
FROM reviews_task t
LEFT JOIN (reviews_decision d JOIN reviews_withdrawal w ON w.task_id = d.task_id AND w.person_id = d.person_id
    AND w.attempt = d.attempt JOIN reviews_presentation ps ON ps.claim_id = d.claim_id)
    ON d.task_id = t.id AND d.person_id = %s
LEFT JOIN audit_payload n ON n.event_id = w.event_id AND n.section = 'rework'
WHERE t.uuid = %s ORDER BY d.id
"""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A decision on the task that its person has taken back, or that was returned to them."""

    verdict: str
    withdrawn_at: dt.datetime
    returned: bool


@dataclass(frozen=True, slots=True)
class About:
    """What the person who holds a task may know of its past: since when it waits, and what they said and took back.

    `levels` are told where the item was escalated to them; whoever gets it back is to judge it for themselves.
    `note` is what they were asked to look at again, None where nothing was returned to them.
    """

    opened_at: dt.datetime
    earlier: list[Earlier]
    levels: list[Level]
    note: str | None

    @property
    def here(self) -> Level | None:
        """Give the level that the item is on now, where it was passed up or back."""
        return self.levels[-1] if self.levels else None


def about(task: uuid.UUID, person_id: int) -> About:
    """Read a held task's past as its holder may know it; one statement, two where it was escalated."""
    rows = ask(ABOUT, [person_id, task])
    told = [
        Earlier(told_verdict(row.verdict, json.loads(row.manifest)), row.withdrawn_at, row.returned_by_id is not None)
        for row in rows
        if row.verdict is not None
    ]
    notes = [json.loads(row.rework)["note"] for row in rows if row.rework is not None]
    levels = levels_of(rows[0].item_id) if rows[0].kind == "escalation" else []
    return About(rows[0].opened_at, told, levels, notes[-1] if notes else None)


def told_verdict(verdict: str, manifest: dict[str, Any]) -> str:
    """Give the verdict as its author may know it: one derived from a proposal they have not seen is an answer."""
    return "answer" if manifest["prediction"] == "hidden" and verdict in {"approve", "correct"} else verdict


def queue_of_claim(token: uuid.UUID) -> Queue:
    """Give the queue that a claim was made in, with its project.

    Raises:
        NotFound: there is no such claim.
    """
    found = Claim.objects.select_related("task__queue__project").filter(token=token).first()
    if found is None:
        raise NotFound
    return found.task.queue


@dataclass(frozen=True, slots=True)
class Replay:
    """What a claim showed, read again from the rows that its manifest names; `decision` is what was said under it."""

    held: Held
    claimed_at: dt.datetime
    opened_at: dt.datetime | None
    person_id: int
    item_id: int
    kind: str
    decision: dict[str, Any] | None


def replay(token: uuid.UUID, at: dt.datetime) -> Replay:
    """Read a presentation again: no draft, and only what the manifest says was shown.

    Raises:
        NotFound: there is no such claim.
    """
    claim = Claim.objects.filter(token=token).first()
    seen = look_at_claim(token, claim.person_id, at) if claim else None
    if claim is None or seen is None:
        raise NotFound
    manifest = json.loads(seen.manifest)
    seen.lease_until, seen.token = seen.lease_until or at, token
    hidden = manifest["prediction"] == "hidden"
    seen.show_prediction, seen.show_confidence = not hidden, manifest["confidence"]
    shown = replace(
        held(seen, prior=prior_of(seen.item_id, seen.task_id, seen.kind), manifest=manifest), draft=None, hidden=hidden
    )
    said = Decision.objects.filter(claim=claim).first()
    told = None
    if said is not None:
        told = {"verdict": told_verdict(said.verdict, manifest), "decided_at": said.decided_at}
    return Replay(shown, seen.claimed_at, seen.opened_at, claim.person_id, seen.item_id, seen.kind, told)
