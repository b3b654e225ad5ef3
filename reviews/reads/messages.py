"""What an endpoint is sent, made from the facts anew each time: no copy is kept of what may be erased one day."""

import json
from typing import Any

from audit.models import Payload
from reviews.models import TEST, Delivery, Kind, Route, Told
from reviews.reads.answers import rfc3339
from reviews.reads.work import work_waiting


def message(delivery: Delivery) -> bytes:
    """Write a message's body: `type`, `timestamp` of the fact, `data`; the same bytes until something is erased."""
    told = {"type": delivery.told, "timestamp": rfc3339(delivery.happened_at), "data": _facts(delivery)}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _facts(delivery: Delivery) -> dict[str, Any]:
    facts: dict[str, Any] = {"project": delivery.endpoint.project.slug, "endpoint": delivery.endpoint.name}
    item = delivery.item
    if delivery.told == Told.WORK:
        return {**facts, **work_waiting(delivery.endpoint.project_id)}
    if delivery.told == TEST or item is None:
        return facts
    facts["item"] = {"id": str(item.uuid), "external_id": item.external_id}
    if delivery.outcome is not None:
        return {**facts, "outcome": _outcome(delivery)}
    return {**facts, **(_escalation(delivery) if delivery.told == Told.ESCALATED else _hold(delivery))}


def _outcome(delivery: Delivery) -> dict[str, Any]:
    outcome, item = delivery.outcome, delivery.item
    assert outcome is not None
    assert item is not None
    return {
        "number": outcome.number,
        "source": outcome.source,
        "output": json.loads(bytes(outcome.body))["output"] if outcome.body else None,
        "decided_at": rfc3339(outcome.settled_at),
        "released_at": rfc3339(outcome.released_at),
        "supersedes": outcome.supersedes,
        "action_hash": json.loads(bytes(item.body)).get("action_hash") if item.body else None,
    }


def _escalation(delivery: Delivery) -> dict[str, Any]:
    """Say to which queue; not the words of whoever asked, which are for people."""
    told = section_of(delivery.event_id, "task")
    if not told:  # a routing lifted it: that event tells each task that it opened
        opened = section_of(delivery.event_id, "draws").get("tasks", [])
        told = next((one for one in opened if one["kind"] == Kind.ESCALATION), {})
    return {"queue": told.get("queue")}


def _hold(delivery: Delivery) -> dict[str, Any]:
    reason = section_of(delivery.event_id, "held").get("reason")
    if reason is None:
        route = Route.objects.filter(item=delivery.item, number=1).first()
        reason = (route.problem or route.rule) if route else None
    return {"reason": reason}


def section_of(event_id: int | None, name: str) -> dict[str, Any]:
    """Give a section of what an event tells; nothing where it has none, or that was erased."""
    body = Payload.objects.filter(event_id=event_id or 0, section=name).values_list("body", flat=True).first()
    return {} if body is None else dict(json.loads(bytes(body)))
