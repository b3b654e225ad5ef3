"""Where a claim is at home, and what it showed."""

import datetime as dt
import json
import uuid
from dataclasses import dataclass, replace
from typing import Any

from accounts.errors import NotFound
from reviews.models import Claim, Decision, Queue
from reviews.reads.held import Held, held, look_at_claim, prior_of


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
    shown = replace(held(seen, prior=prior_of(seen.item_id, seen.kind), manifest=manifest), draft=None, hidden=hidden)
    said = Decision.objects.filter(claim=claim).first()
    told = None
    if said is not None:
        verdict = "answer" if hidden and said.verdict in {"approve", "correct"} else said.verdict
        told = {"verdict": verdict, "decided_at": said.decided_at}
    return Replay(shown, seen.claimed_at, seen.opened_at, claim.person_id, seen.item_id, seen.kind, told)
