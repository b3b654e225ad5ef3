"""Running a project: its queues and people, claims given back, switches turned."""

import hashlib
import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.errors import Forbidden, NotFound
from accounts.models import Project
from accounts.policies import is_owner, role_in
from guidelines.models import ModelVersion
from reviews.actions import take_back, turn_switch
from reviews.errors import ClaimOver
from reviews.models import Position
from reviews.policies import may_browse, runnable_project
from reviews.reads.late import late
from reviews.reads.running import running, sitting
from reviews.reads.switching import Switch, positions, switches_of
from reviews.views.asking import HtmxRequest, page, person_of, who


@require_GET
@login_required
def operations(request: HtmxRequest, project: str) -> HttpResponse:
    """Show how a project runs; asked again by htmx, its figures, or nothing (204) where they are what was `seen`."""
    by, at = who(request), timezone.now()
    place = runnable_project(project, by=by, at=at)
    shown: dict[str, Any] = {"running": running(place.pk, reader=person_of(by), at=at), "project": place, "now": at}
    shown["late"] = late(place.pk, at)
    shown["browses"] = may_browse(role_in(person_of(by), place.pk, at))
    plain = render_to_string("reviews/figures.html", shown)  # no request, no form's token that differs each time
    shown["seen"] = hashlib.sha256(plain.encode()).hexdigest()[:16]
    if request.htmx and request.GET.get("seen") == shown["seen"]:
        return HttpResponse(status=204)
    if request.htmx:
        return render(request, "reviews/operations.html#figures", shown)
    shown["switches"] = switches_of(place.pk)
    return page(request, "reviews/operations.html", "operations", at, shown, project=place)


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


@require_http_methods(["GET", "POST"])
@login_required
def switch(request: HttpRequest, project: str) -> HttpResponse:
    """Say what turning a project's or a model version's switch will do (GET), and turn it (POST)."""
    by, at = who(request), timezone.now()
    place = runnable_project(project, by=by, at=at)
    asked = request.POST if request.method == "POST" else request.GET
    model = _model(place, asked.get("model", ""))
    if request.method == "POST":
        reason, position = asked.get("reason", ""), asked.get("position", "")
        turn_switch(position=position, reason=reason, by=by, at=at, project=place, model_version=model)
        return redirect("operations", project)
    found = switches_of(place.pk)
    standing = next((one for one in found.models if model and one.model == model.uuid), found.project)
    waiting = running(place.pk, reader=person_of(by), at=at).waiting
    shown = {"model": model, "installation": found.installation, "waiting": waiting}
    return _confirm(request, place, standing, shown)


@require_http_methods(["GET", "POST"])
@login_required
def installation_switch(request: HttpRequest) -> HttpResponse:
    """Say what turning the installation's switch will do (GET), and turn it (POST)."""
    by, at = who(request), timezone.now()
    if not is_owner(by):
        raise Forbidden(_("Only an owner turns the installation's switch."))
    if request.method == "POST":
        reason, position = request.POST.get("reason", ""), request.POST.get("position", "")
        turn_switch(position=position, reason=reason, by=by, at=at)
        return redirect("home")
    shown = {"projects": Project.objects.count()}
    return _confirm(request, None, positions()[None], shown)


def _model(place: Project, asked: str) -> ModelVersion | None:
    """Find the model version that is asked for; none asked for is the whole project."""
    if not asked:
        return None
    try:
        return ModelVersion.objects.get(project=place, uuid=uuid.UUID(asked))
    except (ModelVersion.DoesNotExist, ValueError) as problem:
        raise NotFound from problem


def _confirm(request: HttpRequest, place: Project | None, standing: Switch, shown: dict[str, Any]) -> HttpResponse:
    at = timezone.now()
    position = request.GET.get("position", "")
    if position not in Position.values:
        raise NotFound
    shown |= {"standing": standing, "position": position}
    return page(request, "reviews/switch.html", "operations" if place else "home", at, shown, project=place)
