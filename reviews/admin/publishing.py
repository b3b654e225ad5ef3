"""From a draft to a version: proposed, taken back, published."""

import datetime as dt

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.entrance import AdminRequest
from accounts.models import Project
from accounts.reads import Actor
from audit.errors import Refusal
from reviews.actions import propose_draft, publish_draft, take_back_proposal
from reviews.admin.guarding import place_of, shown
from reviews.errors import BadRights, DraftStale, NotProposed, SecondPersonNeeded
from reviews.forms.drafting import Publishing
from reviews.policies import governors
from reviews.reads.versions import publishable


@require_http_methods(["GET", "POST"])
def publishing(request: AdminRequest, project: str) -> HttpResponse:
    """Show what a draft changes and whom that affects; publish it."""
    place, by, at = place_of(request, project)
    form = Publishing(request.POST if request.method == "POST" else None)
    refused: Refusal | None = None
    if request.method == "POST":
        told = form.cleaned_data if form.is_valid() else {}
        try:
            made = publish_draft(
                project=place,
                revision=told.get("revision", 0),
                against=told.get("against") or 0,
                reason=told.get("reason", ""),
                by=by,
                at=at,
            )
        except (BadRights, DraftStale, NotProposed, SecondPersonNeeded) as problem:
            refused = problem
        else:
            messages.success(
                request, _("Version %(n)s is published. It counts from the next item routed on.") % {"n": made.number}
            )
            return redirect("admin:rights", place.slug)
    return _page(request, place, by, at, refused)


@require_POST
def proposal(request: AdminRequest, project: str) -> HttpResponse:
    """Propose the draft for publishing by another person."""
    place, by, at = place_of(request, project)
    form = Publishing(request.POST)
    told = form.cleaned_data if form.is_valid() else {}
    try:
        propose_draft(project=place, revision=told.get("revision", 0), reason=told.get("reason", ""), by=by, at=at)
    except (BadRights, DraftStale) as problem:
        return _page(request, place, by, at, problem)
    messages.success(request, _("Proposed. Another person of this project's operations, or an owner, publishes it."))
    return redirect("admin:rights-publishing", place.slug)


@require_POST
def withdrawal(request: AdminRequest, project: str) -> HttpResponse:
    """Take the proposal back; the draft stays."""
    place, by, at = place_of(request, project)
    take_back_proposal(project=place, by=by, at=at)
    messages.success(request, _("The proposal is taken back. The draft stays."))
    return redirect("admin:rights-publishing", place.slug)


def _page(request: AdminRequest, place: Project, by: Actor, at: dt.datetime, refused: Refusal | None) -> HttpResponse:
    found = publishable(place, at)
    if found is None:
        return redirect("admin:rights", place.slug)
    first = {found.draft.proposed_by_id, found.draft.changed_by_id}
    others = [person for person in governors(place, at) if person.pk not in first]
    context = {
        "others": others,
        "may": not found.two or by.person_id in {person.pk for person in others},
        "project": place,
        "found": found,
        "refused": refused,
        "reason": request.POST.get("reason", ""),
        "me": by.person_id,
    }
    status = 200 if refused is None else 422 if isinstance(refused, BadRights) else 409
    return shown(request, "publishing.html", context, status)
