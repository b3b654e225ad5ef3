"""Work: the next seat, what is said under its claim, and what is taken back."""

import uuid

from django.http import HttpRequest, HttpResponse

from accounts.models import Scope
from reviews.actions import (
    acknowledge,
    claim_next,
    decide,
    give_back,
    open_claim,
    prolong,
    return_for_rework,
    save_draft,
    withdraw,
)
from reviews.api.answering import answer, claimed, nothing
from reviews.api.asking import Call, anywhere, api, at_claim, at_decision, in_project, in_queue
from reviews.api.shapes import AcknowledgedAnswer, DecisionAnswer, ReturnedAnswer, UntilAnswer
from reviews.errors import ReasonMissing
from reviews.policies import workable
from reviews.reads.answers import rfc3339
from reviews.reads.held import Held
from reviews.wire import read_decision, read_draft


@api("POST")
def queue_claims(request: HttpRequest, project: str, queue: str) -> HttpResponse:
    """Claim the next item of a queue."""
    call, line = in_queue(request, project, queue)
    held = claim_next(by=call.by, at=call.at, queue=line)
    if held is None:
        workable(line, by=call.by, at=call.at)  # nothing waits, or nothing ever will for this person
    return _next(held)


@api("POST")
def claims(request: HttpRequest) -> HttpResponse:
    """Claim the next item of all my queues."""
    by, at = anywhere(request, Scope.DECISIONS_WRITE)
    return _next(claim_next(by=by, at=at))


@api("PATCH", "DELETE")
def claim(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """Prolong a claim, or give it back."""
    call = at_claim(request, token)
    if request.method == "PATCH":
        return answer(UntilAnswer(until=str(rfc3339(prolong(token=token, by=call.by, at=call.at)))))
    give_back(token=token, by=call.by, at=call.at)
    return nothing()


@api("PUT")
def opening(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """Say that the item is on screen."""
    call = at_claim(request, token)
    return answer(claimed(open_claim(token=token, by=call.by, at=call.at)))


@api("PUT")
def draft(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """Keep what is being typed."""
    call = at_claim(request, token)
    save_draft(token=token, body=read_draft(request.body), by=call.by, at=call.at)
    return nothing()


@api("POST")
def decision(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """Decide, or return a decision that an adjudication shows."""
    call, sent = at_claim(request, token), read_decision(request.body)
    if sent.decision is not None:
        return _returned(call, token, sent.decision, sent.rationale or "")
    made = decide(token=token, sent=sent, by=call.by, at=call.at)
    shown = DecisionAnswer(
        id=made.uuid,
        verdict=made.verdict,  # type: ignore[arg-type]
        output=made.output,
        decided_at=str(rfc3339(made.decided_at)),
    )
    return answer(shown, 201 if made.new else 200)


def _returned(call: Call, token: uuid.UUID, decision: uuid.UUID, note: str) -> HttpResponse:
    """Return a decision; its note came as the rationale, and is named so where it does not do."""
    try:
        found = return_for_rework(token=token, decision=decision, note=note, by=call.by, at=call.at)
    except ReasonMissing as problem:
        raise ReasonMissing(fields=[("rationale", told) for _field, told in problem.fields]) from None
    shown = ReturnedAnswer(returned=decision, kept_until=str(rfc3339(found.kept_until)))
    return answer(shown, 201 if found.new else 200)


@api("PUT")
def acknowledgement(request: HttpRequest, project: str, task: uuid.UUID) -> HttpResponse:
    """Say that an escalated task is in hand."""
    call = in_project(request, project, Scope.DECISIONS_WRITE)
    since = acknowledge(project=call.project, task=task, by=call.by, at=call.at)
    return answer(AcknowledgedAnswer(acknowledged_at=str(rfc3339(since))))


@api("POST")
def withdrawal(request: HttpRequest, decision: uuid.UUID) -> HttpResponse:
    """Take a decision back."""
    call = at_decision(request, decision)
    return answer(claimed(withdraw(decision=decision, by=call.by, at=call.at)), 201)


def _next(held: Held | None) -> HttpResponse:
    return nothing() if held is None else answer(claimed(held), 201)
