"""The grid: a batch of proposals on one screen, and what people do with it."""

import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.errors import Refusal
from reviews.actions import Answer, claim_batch, decide_batch, give_back_batch, open_batch, withdraw_batch
from reviews.policies import queue_for, workable
from reviews.reads.batches import batch_row, facts_of, grid
from reviews.views.asking import page, person_of, who
from reviews.wire import read_confirmation, read_names


@require_GET
@login_required
def batch(request: HttpRequest, project: str, queue: str) -> HttpResponse:
    """Show the batch that I have open, or a new one of this queue."""
    by, at = who(request), timezone.now()
    line = workable(queue_for(project, queue, by=by, at=at), by=by, at=at)
    found = claim_batch(queue=line, by=by, at=at)
    row = batch_row(found) if found else None
    if row is not None and (row.project_slug, row.queue_slug) != (project, queue):
        return redirect("batch", row.project_slug, row.queue_slug)
    shown = grid(row, person_of(by), at) if row else None
    told = {"grid": shown, "queue": line, "facts": facts_of(shown, person_of(by)) if shown else None}
    return page(request, "reviews/batch.html", "work", at, told, project=line.project)


@require_http_methods(["DELETE", "PATCH", "POST"])
@login_required
def batch_held(request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
    """Prolong a batch (PATCH), or give it back (DELETE; POST from a page's button) and leave for home."""
    by, at = who(request), timezone.now()
    if request.method == "PATCH":
        return JsonResponse({"until": open_batch(batch=batch, tokens=[], by=by, at=at).isoformat()})
    give_back_batch(batch=batch, by=by, at=at)
    return redirect("home") if request.method == "POST" else HttpResponse(status=204)


@require_http_methods(["PUT"])
@login_required
def batch_openings(request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
    """Say which items of a batch are on screen now."""
    by, at = who(request), timezone.now()
    until = open_batch(batch=batch, tokens=read_names(request.body, "tokens"), by=by, at=at)
    return JsonResponse({"until": until.isoformat(), "now": at.isoformat()})


@require_POST
@login_required
def batch_decisions(request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
    """Confirm a batch: each item by a decision of its own."""
    by, at = who(request), timezone.now()
    sent = read_confirmation(request.body)
    answers = decide_batch(batch=batch, sent=sent.decisions, left=sent.left, by=by, at=at)
    return JsonResponse({"answers": [_said(answer) for answer in answers]})


@require_POST
@login_required
def batch_withdrawals(request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
    """Take decisions of a batch back into it."""
    by, at = who(request), timezone.now()
    decisions = read_names(request.body, "decisions")
    answers = withdraw_batch(batch=batch, decisions=decisions, by=by, at=at)
    told = [{"decision": str(one), "refusal": _refusal(refusal)} for one, refusal in answers.items()]
    return JsonResponse({"answers": told})


def _said(answer: Answer) -> dict[str, object]:
    made = answer.decided
    return {
        "token": str(answer.token),
        "decision": str(made.uuid) if made else None,
        "verdict": made.verdict if made else None,
        "refusal": _refusal(answer.refusal),
    }


def _refusal(refusal: Refusal | None) -> dict[str, str] | None:
    if refusal is None:
        return None
    sentences = [refusal.sentence, *(message for _place, message in refusal.fields)]
    return {"code": refusal.code, "sentence": " ".join(sentences)}
