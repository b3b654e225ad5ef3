"""The editor: a draft begun, changed and discarded."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.entrance import AdminRequest
from accounts.models import Project
from accounts.reads import Actor
from reviews.actions import begin_draft, change_draft, discard_draft
from reviews.admin.guarding import place_of, shown
from reviews.errors import DraftStale, NoDraft
from reviews.forms.drafting import Acted, acted, document_from
from reviews.forms.drawing import Pencil
from reviews.models import RightsDraft
from reviews.reads.doubts import doubts, members
from reviews.reads.drafting import judged, last_version, offered, queues_of


@require_POST
def drafts(request: AdminRequest, project: str) -> HttpResponse:
    """Begin a draft from the version in force."""
    place, by, at = place_of(request, project)
    begin_draft(project=place, by=by, at=at)
    return redirect("admin:rights-draft", place.slug)


@require_POST
def discarding(request: AdminRequest, project: str) -> HttpResponse:
    """Throw the draft away."""
    place, by, at = place_of(request, project)
    form = Acted(request.POST)
    discard_draft(project=place, revision=form.cleaned_data["revision"] if form.is_valid() else 0, by=by, at=at)
    messages.success(request, _("The draft is discarded. What is in force stays."))
    return redirect("admin:rights", place.slug)


@require_http_methods(["GET", "POST"])
def draft(request: AdminRequest, project: str) -> HttpResponse:
    """Show the draft as rows and sentences; keep what was typed, and do what a button says."""
    place, by, at = place_of(request, project)
    found = _draft_of(place)
    if found is None:
        if request.method == "POST":
            raise NoDraft
        return redirect("admin:rights", place.slug)
    if request.method == "GET":
        return _drawn(request, found, found.body)
    form = Acted(request.POST)
    revision = form.cleaned_data["revision"] if form.is_valid() else 0
    levels = {queue.slug: queue.level for queue in queues_of(place)}
    body, focus = acted(document_from(request.POST, found.body, levels), request.POST.get("act", ""))
    return _kept(request, place, body, revision, focus, by, at)


def _draft_of(place: Project) -> RightsDraft | None:
    found = RightsDraft.objects.select_related("changed_by", "proposed_by", "base").filter(project=place).first()
    if found is not None:
        found.project = place
    return found


def _kept(
    request: AdminRequest, place: Project, body: dict[str, Any], revision: int, focus: str, by: Actor, at: Any
) -> HttpResponse:
    """Keep the document; where somebody was faster, show what was typed with what there is to do about it."""
    try:
        change_draft(project=place, body=body, revision=revision, by=by, at=at)
    except DraftStale:
        now = _draft_of(place)
        if now is None:
            raise NoDraft from None
        return _drawn(request, now, body, stale=True)
    if not request.htmx:
        target = f"#{focus}" if focus else ""
        return redirect(f"{reverse('admin:rights-draft', args=[place.slug])}{target}")
    now = _draft_of(place)
    if now is None:
        raise NoDraft
    return _drawn(request, now, now.body, focus=focus)


def _drawn(
    request: AdminRequest, found: RightsDraft, body: dict[str, Any], *, stale: bool = False, focus: str = ""
) -> HttpResponse:
    place = found.project
    queues = queues_of(place)
    rights, problems = judged(place, body)
    odd = doubts(rights, queues, members(place, timezone.now())) if rights else []
    context = {
        "project": place,
        "draft": found,
        "in_force": last_version(place),
        "drawing": Pencil(body, {queue.slug: queue.name for queue in queues}, problems, odd).draw(),
        "doubtful": len(odd),
        "stale": stale,
        "focus": focus,
    }
    if request.htmx:
        return shown(request, "draft.html#draft", context, 409 if stale else 200)
    return shown(request, "draft.html", context | {"offered": offered(place)}, 409 if stale else 200)
