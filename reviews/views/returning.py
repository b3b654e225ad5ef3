"""Returning a decision for rework: which one, and the note that goes with it."""

import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.errors import NotFound
from reviews.actions import return_for_rework
from reviews.errors import NotReturnable
from reviews.reads.claims import queue_of_claim, replay
from reviews.reads.sides import takes
from reviews.views.asking import HtmxRequest, page, person_of, who


@require_http_methods(["GET", "POST"])
@login_required
def returning(request: HtmxRequest, token: uuid.UUID) -> HttpResponse:
    """Ask which decision goes back to its author, with what note (GET), and return it (POST)."""
    by, at = who(request), timezone.now()
    line = queue_of_claim(token)
    if request.method == "POST":
        decision, note = request.POST.get("decision", ""), request.POST.get("note", "")
        return_for_rework(token=token, decision=_named(decision), note=note, by=by, at=at)
        return redirect("work", line.project.slug, line.slug)
    shown = replay(token, at)
    if shown.person_id != person_of(by):
        raise NotFound
    found = [take for take in takes(shown.held) if take.returnable]
    if not found:
        raise NotReturnable
    context = {"takes": found, "held": shown.held, "queue": line, "token": token}
    return page(request, "reviews/return.html", "work", at, context, project=line.project)


def _named(sent: str) -> uuid.UUID:
    """Read the decision that was picked; what is none belongs to no one."""
    try:
        return uuid.UUID(sent)
    except ValueError as problem:
        raise NotFound from problem
