"""Turning switches, and routing again what they held."""

import datetime as dt
import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.errors import Forbidden, NotFound
from accounts.models import Project
from accounts.policies import is_owner
from accounts.reads import Actor
from guidelines.models import ModelVersion
from reviews.actions import ask_rerouting, turn_and_reroute, turn_switch
from reviews.models import Position
from reviews.policies import runnable_project
from reviews.reads.held_by_switch import would_go
from reviews.reads.running import running
from reviews.reads.switching import Switch, positions, switch_of_model, switches_of
from reviews.views.asking import page, person_of, who


@require_http_methods(["GET", "POST"])
@login_required
def switch(request: HttpRequest, project: str) -> HttpResponse:
    """Say what turning a project's or a model version's switch will do (GET), and turn it (POST)."""
    by, at = who(request), timezone.now()
    place = runnable_project(project, by=by, at=at)
    asked = request.POST if request.method == "POST" else request.GET
    model = _model(place, asked.get("model", ""))
    if request.method == "POST":
        _turn(asked, by, at, project=place, model_version=model)
        return redirect("operations", project)
    found = switches_of(place.pk)
    standing = switch_of_model(model.pk) if model else found.project
    waiting = running(place.pk, reader=person_of(by), at=at).waiting
    going = would_go(place, _asked_position(request), model=model.pk if model else None)
    goings = [(place, going)] if going else []
    shown = {"model": model, "installation": found.installation, "waiting": waiting, "goings": goings}
    return _confirm(request, place, standing, shown)


@require_http_methods(["GET", "POST"])
@login_required
def installation_switch(request: HttpRequest) -> HttpResponse:
    """Say what turning the installation's switch will do (GET), and turn it (POST)."""
    by, at = who(request), timezone.now()
    if not is_owner(by):
        raise Forbidden(_("Only an owner turns the installation's switch."))
    if request.method == "POST":
        _turn(request.POST, by, at)
        return redirect("home")
    places = list(Project.objects.order_by("name", "pk"))
    goings = [(place, would_go(place, _asked_position(request), everywhere=True)) for place in places]
    shown = {"projects": len(places), "goings": [one for one in goings if one[1]]}
    return _confirm(request, None, positions()[None], shown)


@require_http_methods(["GET", "POST"])
@login_required
def reroutings(request: HttpRequest, project: str) -> HttpResponse:
    """Say where the items that a switch held would go (GET), and have them routed again (POST)."""
    by, at = who(request), timezone.now()
    place = runnable_project(project, by=by, at=at)
    if request.method == "POST":
        ask_rerouting(project=place, by=by, at=at)
        return redirect("operations", project)
    standing = switches_of(place.pk).project
    shown = {"going": would_go(place, standing.position), "standing": standing}
    return page(request, "reviews/reroutings.html", "operations", at, shown, project=place)


def _turn(asked: QueryDict, by: Actor, at: dt.datetime, **scope: Any) -> None:
    """Turn a switch as the form says, with or without routing again what it held."""
    turn = turn_and_reroute if "reroute" in asked else turn_switch
    turn(position=asked.get("position", ""), reason=asked.get("reason", ""), by=by, at=at, **scope)


def _asked_position(request: HttpRequest) -> str:
    """Give the position that is to be confirmed.

    Raises:
        NotFound: there is no such position.
    """
    position = request.GET.get("position", "")
    if position not in Position.values:
        raise NotFound
    return position


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
    shown |= {"standing": standing, "position": _asked_position(request)}
    return page(request, "reviews/switch.html", "operations" if place else "home", at, shown, project=place)
