"""JSON answers."""

import json
from typing import Any

import msgspec
from django.http import HttpResponse

from reviews.api.shapes import (
    AppealOfClaim,
    ClaimAnswer,
    ClaimShape,
    ItemOfClaim,
    PriorShape,
    TaskShape,
)
from reviews.reads.answers import rfc3339
from reviews.reads.held import Held
from reviews.reads.prior import Prior
from reviews.reads.sides import returnable


def answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> HttpResponse:
    """Answer with JSON."""
    return HttpResponse(encoded(body), status=status, content_type="application/json", headers=headers)


def encoded(body: Any) -> bytes:
    """Write JSON."""
    try:
        return msgspec.json.encode(body)
    except OverflowError:  # an integer of more than 64 bits, as items and outputs may hold
        return json.dumps(msgspec.to_builtins(body), ensure_ascii=False).encode()


def nothing() -> HttpResponse:
    """Answer that it is done, or that there is nothing, without a body."""
    return HttpResponse(status=204)


def claimed(held: Held) -> ClaimAnswer:
    """Shape a claim with all that its person may see."""
    task, item = held.task, held.item
    return ClaimAnswer(
        claim=ClaimShape(token=held.token, until=str(rfc3339(held.until)), opened=held.opened),
        task=TaskShape(
            id=task.uuid,
            kind=task.kind,
            project=task.project,
            queue=task.queue,
            task_type=task.task_type,
            due_at=rfc3339(held.due_at),
            guidance=held.guidance or msgspec.UNSET,
        ),
        presentation=held.presentation,
        item=ItemOfClaim(
            external_id=item.external_id,
            data=item.data,
            segments=item.segments,
            impact=item.impact,  # type: ignore[arg-type]
        ),
        proposal=held.proposal,
        confidence=held.confidence,
        taxonomy=held.taxonomy,
        allowed=held.allowed,
        reason_for=held.reason_for,
        prior=[_prior(held, one) for one in held.prior],
        draft=held.draft,
        appeal=_appeal(held),
    )


def _prior(held: Held, one: Prior) -> PriorShape:
    return PriorShape(
        id=one.uuid,
        who=one.who,
        verdict=one.verdict,
        output=one.output,
        rationale=one.rationale,
        differences=one.differences,
        decided_at=str(rfc3339(one.decided_at)),
        returnable=returnable(held, one),
    )


def _appeal(held: Held) -> AppealOfClaim | msgspec.UnsetType:
    one = held.complaint
    if one is None:
        return msgspec.UNSET
    return AppealOfClaim(
        id=one.uuid, grounds=one.grounds, sender=one.sender or None, number=one.number, output=one.output
    )
