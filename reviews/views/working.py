"""The workbench: the next item, and what people do with it."""

import datetime as dt
import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.errors import NotFound
from accounts.reads import Actor
from audit.errors import Refusal
from reviews.actions import claim_again, claim_next, decide, give_back, open_claim, prolong, save_draft, withdraw
from reviews.errors import AcknowledgementDue, AnotherOpen, BreakDue, ClaimLost
from reviews.forms import sent_decision
from reviews.models import Queue
from reviews.policies import queue_for, workable
from reviews.reads.claims import about, queue_of_claim
from reviews.reads.held import Held
from reviews.reads.home import lines
from reviews.reads.pane import pane
from reviews.reads.resting import rest_of
from reviews.reads.stream import stream
from reviews.views.asking import HtmxRequest, page, person_of, who
from reviews.views.carding import card_address
from reviews.views.reading import panel_of
from reviews.wire import read_draft


@require_GET
@login_required
def work(request: HtmxRequest, project: str, queue: str) -> HttpResponse:
    """Show the item on my screen, or the next one of this queue."""
    by, at = who(request), timezone.now()
    line = queue_for(project, queue, by=by, at=at)
    held = _next(line, by, at)
    if held is None:
        workable(line, by=by, at=at)
    elif (held.task.project, held.task.queue) != (project, queue):
        return redirect(f"{reverse('work', args=[held.task.project, held.task.queue])}?still")
    return _bench(request, line, held, by, at)


@require_POST
@login_required
def claims(request: HttpRequest, project: str, queue: str) -> HttpResponse:
    """Claim the item after the one on screen and give its pane, to be shown later; 204 when there is none."""
    by, at = who(request), timezone.now()
    line = queue_for(project, queue, by=by, at=at)
    try:
        held = claim_next(queue=line, by=by, at=at)
    except (AcknowledgementDue, BreakDue):
        held = None
    if held is None:
        workable(line, by=by, at=at)
        return HttpResponse(status=204)
    return render(request, "reviews/workbench.html#task-pane", _ahead(line, held, by, at), status=201)


@require_POST
@login_required
def decision(request: HtmxRequest, token: uuid.UUID) -> HttpResponse:
    """Decide, then show the next item; where the page shows it already (`next`), say that it is on screen."""
    by, at = who(request), timezone.now()
    line = queue_of_claim(token)
    decide(token=token, sent=sent_decision(request.POST), by=by, at=at)
    if not request.htmx:
        return redirect("work", line.project.slug, line.slug)
    shown = _shown_already(request.POST.get("next"), by, at)
    if shown is None:
        return _bench(request, line, _next(line, by, at), by, at, said=_("Sent."))
    following = _following(line, by, at)
    told = _ahead(line, following, by, at) if following else {"last": stream(person_of(by), at)}
    return render(request, "reviews/flow.html", {**told, "held": shown, "now": at})


@require_POST
@login_required
def renewal(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """Claim the item of a lapsed claim of mine again, if it is still free, and go on with it."""
    by, at = who(request), timezone.now()
    held = claim_again(token=token, by=by, at=at)
    return redirect("work", held.task.project, held.task.queue)


@require_http_methods(["DELETE", "PATCH", "POST"])
@login_required
def claim(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """Prolong a claim (PATCH), or give it back (DELETE; POST from a page's button) and leave for home."""
    by, at = who(request), timezone.now()
    if request.method == "PATCH":
        return JsonResponse({"until": prolong(token=token, by=by, at=at).isoformat()})
    give_back(token=token, by=by, at=at)
    return redirect("home") if request.method == "POST" else HttpResponse(status=204)


@require_http_methods(["PUT"])
@login_required
def draft(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """Keep what is being typed."""
    save_draft(token=token, body=read_draft(request.body), by=who(request), at=timezone.now())
    return HttpResponse(status=204)


@require_POST
@login_required
def withdrawal(request: HtmxRequest, decision: uuid.UUID) -> HttpResponse:
    """Take a decision back and show its item again."""
    by, at = who(request), timezone.now()
    held = withdraw(decision=decision, by=by, at=at)
    address = reverse("work", args=[held.task.project, held.task.queue])
    if not request.htmx:
        return redirect(address)
    line = queue_for(held.task.project, held.task.queue, by=by, at=at)
    shown = _bench(request, line, open_claim(token=held.token, by=by, at=at), by, at, said=_("Withdrawn."))
    shown["HX-Replace-Url"] = address
    return shown


def _shown_already(token: str | None, by: Actor, at: dt.datetime) -> Held | None:
    """Open the claim that the page shows already; None where it shows none, or that claim has ended meanwhile."""
    try:
        return open_claim(token=uuid.UUID(token), by=by, at=at) if token else None
    except (ValueError, NotFound, ClaimLost, AnotherOpen, BreakDue):
        return None


def _following(line: Queue, by: Actor, at: dt.datetime) -> Held | None:
    """Claim the item after the one on screen; the decision stands, so a refusal here only means that none is there."""
    try:
        return claim_next(queue=line, by=by, at=at)
    except Refusal:
        return None


def _ahead(line: Queue, held: Held, by: Actor, at: dt.datetime) -> dict[str, Any]:
    """Give what the pane of a claim shows that is not on screen yet."""
    return {**_pane(line, held, by, at), "ahead": True, "said": _("Next."), "project": line.project, "now": at}


def _next(line: Queue, by: Actor, at: dt.datetime) -> Held | None:
    try:
        held = claim_next(queue=line, by=by, at=at, resume=True)
        if held is None or (held.opened and held.slot == "open"):
            return held
        return open_claim(token=held.token, by=by, at=at)
    except (AcknowledgementDue, BreakDue):  # the page says so: see `rest` and `due`
        return None


def _bench(
    request: HtmxRequest, line: Queue, held: Held | None, by: Actor, at: dt.datetime, *, said: str = ""
) -> HttpResponse:
    """Render the workbench, or only its pane when htmx swaps it."""
    mine = [] if held else lines(person_of(by), at)
    shown = {
        **_pane(line, held, by, at),
        "elsewhere": [one for one in mine if one.waiting and not one.gated],
        "due": any(one.gated and one.project == line.project.slug for one in mine),
        "rest": None if held else rest_of(person_of(by), line.project_id, at),
        "said": said,
    }
    if request.htmx:
        return render(request, "reviews/workbench.html#task-pane", {**shown, "project": line.project, "now": at})
    return page(request, "reviews/workbench.html", "work", at, shown, project=line.project)


def _pane(line: Queue, held: Held | None, by: Actor, at: dt.datetime) -> dict[str, Any]:
    return {
        "pane": pane(held) if held else None,
        "about": about(held.task.uuid, person_of(by)) if held else None,
        "queue": line,
        "panel": _panel(held) if held else "",
        "card": card_address(held.task.project, held.presentation["model_card"]) if held else "",
        "last": stream(person_of(by), at),
    }


def _panel(held: Held) -> str:
    """Give the address of the guideline that this claim is decided by."""
    return panel_of(held.task.project, held.presentation["guideline"], held.presentation["taxonomy"])
