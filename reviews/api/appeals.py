"""Appeals in, and what became of them."""

import uuid

from django.http import HttpRequest, HttpResponse

from accounts.errors import NotFound
from accounts.models import Scope
from reviews.actions import receive_appeal
from reviews.api.answering import answer
from reviews.api.asking import api, in_project, item_of
from reviews.api.shapes import AppealAnswer
from reviews.reads.answers import rfc3339
from reviews.reads.complaints import Appealed, appeals_of
from reviews.wire import read_appeal


@api("POST")
def appeals(request: HttpRequest, project: str, external_id: str) -> HttpResponse:
    """Take a complaint about an item's outcome in."""
    call = in_project(request, project, Scope.ITEMS_WRITE)
    item = item_of(call, external_id)
    received = receive_appeal(item=item, sent=read_appeal(request.body), by=call.by, at=call.at)
    (told,) = appeals_of(item.pk, call.at, received.appeal.uuid)
    return answer(_shown(told), 201 if received.new else 200)


@api("GET")
def appeal(request: HttpRequest, project: str, external_id: str, appeal: uuid.UUID) -> HttpResponse:
    """Show an appeal."""
    call = in_project(request, project, Scope.ITEMS_READ)
    found = appeals_of(item_of(call, external_id).pk, call.at, appeal)
    if not found:
        raise NotFound
    return answer(_shown(found[0]))


def _shown(one: Appealed) -> AppealAnswer:
    return AppealAnswer(
        id=one.uuid,
        external_id=one.external_id,
        state=one.state,  # type: ignore[arg-type]
        over=one.over,
        grounds=one.grounds,
        sender=one.sender or None,
        received_at=str(rfc3339(one.received_at)),
        ended_at=rfc3339(one.ended_at),
        reasons=one.reasons,
        outcome=one.outcome,
    )
