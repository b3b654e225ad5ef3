"""One item's arrival: where it goes, its draws, and the work that will open, before anything is written."""

import datetime as dt
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from audit.reads import canonical, content_commitment, uuid7
from guidelines.models import ModelVersion
from reviews.actions.lines import lane
from reviews.actions.trail import Ground
from reviews.models import Lane
from reviews.reads.standing import Standing, subject_in
from reviews.rights import EscalationRule, Routed, draws, intake_rates, route, rule_at_intake
from reviews.wire import Submission
from reviews.wire.canonical import canonical as as_sent


@dataclass(frozen=True)
class Content:
    """Bytes that may be erased one day, with their salt and what stays of them."""

    body: bytes
    salt: bytes
    commitment: bytes


def content(value: Any) -> Content:
    """Make erasable content of a JSON value, or of bytes that are canonical already."""
    body = value if isinstance(value, bytes) else canonical(value)
    salt = os.urandom(32)
    return Content(body, salt, content_commitment(salt, body))


@dataclass(frozen=True)
class Arrival:
    """An item on its way in: what was sent, where it goes, its draws, and the tasks that will open.

    `conditions` and `drawn` are the canonical bytes of the route's conditions and draws. `rule` is the rule of
    escalation by which its work opens at a higher level.
    """

    sent: Submission
    uuid: UUID
    body: Content
    prediction: Content | None
    version: ModelVersion | None
    routed: Routed
    switch: str
    conditions: bytes
    drawn: bytes
    work: tuple[str, str, int, Lane] | None
    audit: tuple[str, Lane] | None
    outcome: Content | None
    outcome_uuid: UUID
    rule: EscalationRule | None = None


def arrive(
    sent: Submission,
    *,
    now: Standing,
    version: ModelVersion | None,
    ground: Ground,
    seed: bytes,
    at: dt.datetime,
    received_at: dt.datetime | None = None,
) -> Arrival:
    """Route and draw one item; nothing is written but a lane that was never needed before.

    `received_at` is given when the item came in earlier: its draws keep the month of its receipt.
    """
    switch = now.switch_for(version.pk if version else None)
    routed = route(subject_in(sent, now), now.rights, switch)
    month = (received_at or at).astimezone(dt.UTC).strftime("%Y-%m")
    drawn = draws(seed, ground.uuid, month, sent.external_id, intake_rates(routed, now.rights))
    purposes = {draw["purpose"] for draw in drawn if draw["drawn"]}
    work = audit = rule = None
    if routed.arm == "review":
        work, rule = _work(sent, routed, now)
        if work is None:
            routed = _held_for_lanes(routed)
    elif routed.arm == "accept" and "audit" in purposes:
        line = _lane(now, now.rights.audit.queue, ())
        audit = None if line is None else (now.rights.audit.queue, line)
        if line is None:
            routed = _held_for_lanes(routed)
    prediction, outcome = _proposed(sent, accepted=routed.arm == "accept")
    return Arrival(
        sent, uuid7(at), content(sent.body), prediction, version, routed, switch, canonical(routed.conditions),
        canonical(drawn), work, audit, outcome, uuid7(at), rule,
    )  # fmt: skip


def _work(
    sent: Submission, routed: Routed, now: Standing
) -> tuple[tuple[str, str, int, Lane] | None, EscalationRule | None]:
    """Say which task opens, and by which rule it opens at a higher level than the route's; no task without a lane."""
    level = now.queues[str(routed.queue)].level
    rule = rule_at_intake(now.rights, level=level, impact=sent.impact, cost=sent.cost)
    if rule is not None and rule.to.queue in now.queues:
        line = _lane(now, rule.to.queue, ())
        return (None, None) if line is None else (("escalation", rule.to.queue, routed.decisions, line), rule)
    line = _lane(now, str(routed.queue), routed.skills)
    return None if line is None else ("work", str(routed.queue), routed.decisions, line), None


def _proposed(sent: Submission, *, accepted: bool) -> tuple[Content | None, Content | None]:
    """Make the contents of the prediction and, of an accepted one, of the outcome, which repeats it."""
    said = as_sent(sent.prediction)
    outcome = content(b'{"output":' + said + b"}") if accepted else None
    if sent.prediction is None and sent.confidence is None:
        return None, outcome
    scores = canonical({label: str(score) for label, score in sent.scores.items()})
    return content(b'{"prediction":' + said + b',"scores":' + scores + b"}"), outcome


def _held_for_lanes(routed: Routed) -> Routed:
    return Routed(
        "hold", routed.rule, "too_many_lanes", routed.conditions, None, 0, (), routed.audit_rate, routed.second_share
    )


def _lane(now: Standing, slug: str, skills: Sequence[str]) -> Lane | None:
    """Find the lane of a queue for these skills, making it when it is new; None where the queue is full of lanes."""
    queue = now.queues[slug]
    key = (queue.pk, " ".join(sorted({*skills, *queue.skills})))
    if key not in now.lanes:
        found = lane(queue, skills)
        if found is None:
            return None
        now.lanes[key] = found
    return now.lanes[key]
