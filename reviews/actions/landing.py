"""Landing: the rows of arrivals, written a table at a time, and of an item that is routed again."""

import datetime as dt
import json
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import Max

from accounts.reads import Actor
from audit.actions import NO_HEAD
from audit.models.sql import insert, run
from audit.reads import uuid7
from reviews.actions.arriving import Arrival, Content
from reviews.actions.tasking import NewTask, open_tasks
from reviews.actions.trail import Ground, Trail
from reviews.models import Endpoint, Item, Outcome, Route
from reviews.reads.answers import rfc3339, shaped
from reviews.reads.standing import Standing

ITEM = {
    "uuid": "uuid", "project_id": "bigint", "external_id": "text", "received_at": "timestamptz", "impact": "text",
    "cost": "numeric", "units": "int", "body": "bytea", "salt": "bytea", "commitment": "bytea",
    "decide_by": "timestamptz", "deadline_at": "timestamptz", "state": "text", "sseq": "int", "head": "bytea",
}  # fmt: skip
PREDICTION = {
    "item_id": "bigint", "model_version_id": "bigint", "purpose": "text", "confidence": "numeric", "body": "bytea",
    "salt": "bytea", "commitment": "bytea",
}  # fmt: skip
ROUTE = {
    "item_id": "bigint", "number": "int", "arm": "text", "rule": "text", "problem": "text", "conditions": "text",
    "rights_id": "bigint", "switch": "text", "draws": "text", "routed_at": "timestamptz",
}  # fmt: skip
OUTCOME = {
    "uuid": "uuid", "item_id": "bigint", "project_id": "bigint", "number": "int", "source": "text", "body": "bytea",
    "salt": "bytea", "commitment": "bytea", "settled_at": "timestamptz", "release_at": "timestamptz",
    "event_id": "bigint", "released_at": "timestamptz",
}  # fmt: skip
CALLBACK = {"item_id": "bigint", "endpoint_id": "bigint"}
STATES = {"accept": "accepted", "review": "open", "hold": "held"}


def write_arrivals(
    arrivals: list[Arrival], *, now: Standing, ground: Ground, by: Actor, at: dt.datetime
) -> dict[str, dict[str, Any]]:
    """Write arrivals a table at a time, one ledger event an item; give the new, by id, as the API shows them."""
    trail = Trail(ground, by, at)
    for one in arrivals:
        stream = f"item/{one.uuid}"
        trail.heads[stream] = NO_HEAD
        _tell(one, trail, stream, now)
    heads = {entry.stream: entry for entry in trail.entries}
    rows = insert(
        "reviews_item",
        ITEM,
        [_item(one, ground, heads[f"item/{one.uuid}"].hash, at) for one in arrivals],
        returning="id, uuid",
        unless_known=True,
    )
    ids = {row.uuid: row.id for row in rows}
    new = [one for one in arrivals if one.uuid in ids]
    trail.entries[:] = [heads[f"item/{one.uuid}"] for one in new]
    events = dict(zip((one.uuid for one in new), trail.write(), strict=True))
    _write_parts(new, ids, events, now, ground, at)
    return {one.sent.external_id: _landed(one, now, at) for one in new}


def _landed(one: Arrival, now: Standing, at: dt.datetime) -> dict[str, Any]:
    """Give a new item as `reads.answers` would, without reading again what is at hand."""
    routed = one.routed
    row = SimpleNamespace(
        uuid=one.uuid,
        external_id=one.sent.external_id,
        arm=routed.arm,
        rule=routed.rule,
        problem=routed.problem,
        decide_by_at=one.sent.decide_by,
        rights_number=now.rights_number,
        rights_digest=now.rights_digest,
    )
    waits = "escalated" if one.rule else "waiting"
    state = waits if routed.arm == "review" else STATES[routed.arm]
    return shaped(row, state, routed.conditions, _outcome_told(one, one.outcome, rfc3339(at)))


def _outcome_told(one: Arrival, outcome: Content | None, at: str | None) -> dict[str, Any] | None:
    if outcome is None:
        return None
    return {
        "number": 1,
        "source": "model",
        "output": json.loads(outcome.body)["output"],  # with its keys in the order in which they are kept
        "decided_at": at,
        "released_at": at,
        "supersedes": None,
        "action_hash": one.sent.action_hash,
    }


def _item(one: Arrival, ground: Ground, head: bytes, at: dt.datetime) -> tuple[Any, ...]:
    sent, body = one.sent, one.body
    return (
        one.uuid, ground.project_id, sent.external_id, at, sent.impact, sent.cost, sent.units, body.body, body.salt,
        body.commitment, sent.decide_by, None if one.outcome else sent.decide_by, STATES[one.routed.arm], 1, head,
    )  # fmt: skip


def _tell(one: Arrival, trail: Trail, stream: str, now: Standing) -> None:
    """Add the one event of an arrival: what came, where it went and why, its draws, tasks and outcome."""
    tasks = _tasks(one)
    trail.add(
        stream,
        "reviews.item_received",
        {
            "item": str(one.uuid),
            "model": str(one.version.uuid) if one.version else None,
            "rights": now.rights_number,
            "source": "model" if one.outcome else None,
        },
        received={
            "external_id": one.sent.external_id,
            "content": one.body.commitment.hex(),
            "prediction": one.prediction.commitment.hex() if one.prediction else None,
        },
        route=_route_told(one, now),
        draws={"external_id": one.sent.external_id, "draws": msgspec.Raw(one.drawn), "tasks": tasks},
        outcome={"outcome": str(one.outcome_uuid), "number": 1, "content": one.outcome.commitment.hex()}
        if one.outcome
        else None,
    )


def _route_told(one: Arrival, now: Standing) -> dict[str, Any]:
    routed = one.routed
    return {
        "arm": routed.arm,
        "rule": routed.rule,
        "problem": routed.problem,
        "rights": now.rights_digest,
        "switch": one.switch,
        "conditions": msgspec.Raw(one.conditions),
    }


def _tasks(one: Arrival) -> list[dict[str, Any]]:
    """Tell the tasks that open; one that opens at a higher level with the rule that asked for it."""
    found = [one.work[:3]] if one.work else []
    found += [("audit", one.audit[0], 1)] if one.audit else []
    raised = {"on": one.rule.on, "rule": one.rule.name} if one.rule else {}
    return [
        {"kind": kind, "queue": queue, "wanted": wanted, **(raised if kind == "escalation" else {})}
        for kind, queue, wanted in found
    ]


def _write_parts(
    new: list[Arrival],
    ids: dict[UUID, int],
    events: dict[UUID, int],
    now: Standing,
    ground: Ground,
    at: dt.datetime,
) -> None:
    insert(
        "reviews_prediction",
        PREDICTION,
        [
            (
                ids[one.uuid], one.version.pk, "route", one.sent.confidence, one.prediction.body, one.prediction.salt,
                one.prediction.commitment,
            )
            for one in new
            if one.prediction and one.version
        ],
    )  # fmt: skip
    insert("reviews_route", ROUTE, [_route(one, ids[one.uuid], 1, now, at) for one in new])
    _write_callbacks([one for one in new if one.sent.callback], ids, ground)
    insert(
        "reviews_outcome",
        OUTCOME,
        [_outcome(one, ids[one.uuid], 1, events[one.uuid], ground, at) for one in new if one.outcome],
    )
    open_tasks([(task, events[one.uuid]) for one in new for task in _new_tasks(one, ids[one.uuid], now, at)], at)


def _write_callbacks(wishes: list[Arrival], ids: dict[UUID, int], ground: Ground) -> None:
    """Keep which endpoint each item names; that it is there was seen before, and none ever goes."""
    if wishes:
        names = {one.sent.callback for one in wishes}
        found = dict(Endpoint.objects.filter(project_id=ground.project_id, name__in=names).values_list("name", "pk"))
        rows = [(ids[one.uuid], found[str(one.sent.callback)]) for one in wishes]
        insert("reviews_callback", CALLBACK, rows)


def _outcome(
    one: Arrival, item_id: int, number: int, event_id: int, ground: Ground, at: dt.datetime
) -> tuple[Any, ...]:
    """Make the row of an accept's outcome: settled and released by the event that took the item in."""
    assert one.outcome is not None
    return (
        one.outcome_uuid, item_id, ground.project_id, number, "model", one.outcome.body, one.outcome.salt,
        one.outcome.commitment, at, at, event_id, at,
    )  # fmt: skip


def _route(one: Arrival, item_id: int, number: int, now: Standing, at: dt.datetime) -> tuple[Any, ...]:
    routed = one.routed
    return (
        item_id, number, routed.arm, routed.rule, routed.problem or "", one.conditions.decode(),
        now.rights_id, one.switch, one.drawn.decode(), at,
    )  # fmt: skip


def _new_tasks(one: Arrival, item_id: int, now: Standing, at: dt.datetime) -> list[NewTask]:
    lines = [one.work] if one.work else []
    lines += [("audit", one.audit[0], 1, one.audit[1])] if one.audit else []
    return [
        NewTask(
            uuid=uuid7(at),
            item_id=item_id,
            kind=kind,
            queue=now.queues[queue],
            wanted=wanted,
            rights=now.rights,
            high=one.sent.impact == "high",
            confidence=one.sent.confidence,
            cost=one.sent.cost,
            lane=line,
            decide_by=one.sent.decide_by,
        )
        for kind, queue, wanted, line in lines
    ]


def write_follow_up(item: Item, one: Arrival, *, trail: Trail, now: Standing, ground: Ground, at: dt.datetime) -> Route:
    """Write the next route of an item that is here already, with the work or the outcome that follows from it.

    A deadline that is still to be met stays; one that was met is not met again; with an outcome there is none.
    """
    number = Route.objects.filter(item=item).count() + 1
    last = Outcome.objects.filter(item=item).aggregate(last=Max("number"))["last"] or 0
    stream = f"item/{item.uuid}"
    tasks = _tasks(one)
    trail.add(
        stream,
        "reviews.item_routed_again",
        {"item": str(item.uuid), "rights": now.rights_number, "source": "model" if one.outcome else None},
        route=_route_told(one, now),
        draws={"external_id": one.sent.external_id, "draws": msgspec.Raw(one.drawn), "tasks": tasks},
        outcome={"outcome": str(one.outcome_uuid), "number": last + 1, "content": one.outcome.commitment.hex()}
        if one.outcome
        else None,
    )
    event = trail.write()[0]
    head = trail.heads[stream]
    insert("reviews_route", ROUTE, [_route(one, item.pk, number, now, at)])
    if one.outcome:
        insert("reviews_outcome", OUTCOME, [_outcome(one, item.pk, last + 1, event, ground, at)])
    open_tasks([(task, event) for task in _new_tasks(one, item.pk, now, at)], at)
    run(
        "UPDATE reviews_item SET state = %s, sseq = %s, head = %s, "
        "deadline_at = CASE WHEN %s THEN NULL ELSE deadline_at END WHERE id = %s",
        [STATES[one.routed.arm], head.sseq, head.hash, one.outcome is not None, item.pk],
    )
    return Route.objects.get(item=item, number=number)
