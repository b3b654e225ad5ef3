"""Running a project: its queues and people, claims given back, switches turned."""

import hashlib
import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.policies import role_in
from reviews.actions import hold_unmanned, take_back
from reviews.errors import ClaimOver
from reviews.policies import may_browse, runnable_project
from reviews.reads.held_by_switch import held_by_switch, newest_rerouting
from reviews.reads.late import late
from reviews.reads.readers import card_readers, readers
from reviews.reads.running import running, sitting
from reviews.reads.switching import switches_of
from reviews.reads.unmailed import unmailed
from reviews.views.asking import HtmxRequest, page, person_of, who


@require_GET
@login_required
def operations(request: HtmxRequest, project: str) -> HttpResponse:
    """Show how a project runs; asked again by htmx, its figures, or nothing (204) where they are what was `seen`."""
    by, at = who(request), timezone.now()
    place = runnable_project(project, by=by, at=at)
    shown: dict[str, Any] = {"running": running(place.pk, reader=person_of(by), at=at), "project": place, "now": at}
    shown |= {"rerouting": newest_rerouting(place.pk, at), "by_switch": held_by_switch(place.pk)}
    shown["late"] = late(place.pk, at)
    shown["browses"] = may_browse(role_in(person_of(by), place.pk, at))
    plain = render_to_string("reviews/figures.html", shown)  # no request, no form's token that differs each time
    shown["seen"] = hashlib.sha256(plain.encode()).hexdigest()[:16]
    if request.htmx and request.GET.get("seen") == shown["seen"]:
        return HttpResponse(status=204)
    if request.htmx:
        return render(request, "reviews/operations.html#figures", shown)
    shown["switches"], shown["unmailed"] = switches_of(place.pk), unmailed(place.pk)
    shown["readers"], shown["cards"] = readers(place, at), card_readers(place, at)
    return page(request, "reviews/operations.html", "operations", at, shown, project=place)


@require_POST
@login_required
def unmanned_holding(request: HttpRequest, project: str, queue: str) -> HttpResponse:
    """Hold the items of a queue that nobody may take, so that they can be routed again."""
    by, at = who(request), timezone.now()
    place = runnable_project(project, by=by, at=at)
    count = hold_unmanned(project=place, queue=queue, by=by, at=at)
    told = ngettext("%(n)d item is held now. Route it again.", "%(n)d items are held now. Route them again.", count)
    if count:
        messages.success(request, told % {"n": count})
    else:
        messages.info(request, _("Nothing is to be held there: somebody may take what waits by now."))
    return redirect("operations", project)


@require_http_methods(["GET", "POST"])
@login_required
def claim_ending(request: HttpRequest, project: str, token: uuid.UUID) -> HttpResponse:
    """Say whom it affects to give somebody's claim back (GET), and do it (POST)."""
    by, at = who(request), timezone.now()
    place = runnable_project(project, by=by, at=at)
    if request.method == "POST":
        take_back(project=place, token=token, reason=request.POST.get("reason", ""), by=by, at=at)
        return redirect("operations", project)
    found = sitting(place.pk, token, at)
    if found is None:
        raise ClaimOver
    return page(request, "reviews/claim_ending.html", "operations", at, {"sitting": found}, project=place)
