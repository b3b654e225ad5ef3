"""Decision rights tried on the past: asked for, watched, cancelled, read."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.errors import NotFound
from accounts.models import Project
from reviews.actions import ask_replay, cancel_replay
from reviews.errors import BadRights, NoRights
from reviews.forms import ReplayWish, threshold_asked
from reviews.models import Replay, RightsDraft, RightsVersion, Setup
from reviews.policies import governed_project
from reviews.reads.past import segment_keys
from reviews.reads.replaypage import found_in
from reviews.reads.replays import replays_of, requires_replay
from reviews.reads.standing import Standing, standing
from reviews.views.asking import page, unless_seen, who

VERSIONS = 50


@require_http_methods(["GET", "POST"])
@login_required
def replays(request: HttpRequest, project: str) -> HttpResponse:
    """Show a project's replays (GET), and ask for one (POST)."""
    by, at = who(request), timezone.now()
    place = governed_project(project, by=by, at=at)
    now = standing(place)
    form = _form(request, place, now) if now else None
    problem = None
    if request.method == "POST":
        if form is None:
            raise NoRights
        if form.is_valid():
            try:
                asked = ask_replay(project=place, by=by, at=at, **form.wanted(at))
            except BadRights as found:
                problem = found
            else:
                messages.success(request, _("The past is being read. You can leave this page; it will be here."))
                return redirect("replay", project, asked.uuid)
    shown = _listed(place) | {
        "form": form,
        "problem": problem,
        "required": requires_replay(place.pk),
        "editor": reverse("admin:rights-draft", args=[place.slug]),
    }
    answer = page(request, "reviews/replays.html", "replays", at, shown, project=place)
    answer.status_code = 422 if problem or (form and form.errors) else 200
    return answer


@require_GET
@login_required
def replays_list(request: HttpRequest, project: str) -> HttpResponse:
    """Show how far a project's replays are; 304 where nothing has changed since the same reader asked."""
    place = governed_project(project, by=who(request), at=timezone.now())
    return unless_seen(request, render_to_string("reviews/replays_list.html", _listed(place)))


@require_GET
@login_required
def replay(request: HttpRequest, project: str, replay: uuid.UUID) -> HttpResponse:
    """Show one replay: how far it is, or what it found."""
    at = timezone.now()
    place = governed_project(project, by=who(request), at=at)
    row = _replay(place, replay)
    shown: dict[str, Any] = {
        "replay": row,
        "found": found_in(row),
        "in_force": _in_force(place),
        "required": requires_replay(place.pk),
        "editor": reverse("admin:rights-draft", args=[place.slug]),
    }
    return page(request, "reviews/replay.html", "replays", at, shown, project=place)


@require_GET
@login_required
def replay_progress(request: HttpRequest, project: str, replay: uuid.UUID) -> HttpResponse:
    """Show how far a replay is; 304 where nothing has changed since the same reader asked."""
    place = governed_project(project, by=who(request), at=timezone.now())
    shown = {"project": place, "replay": _replay(place, replay)}
    return unless_seen(request, render_to_string("reviews/replay_progress.html", shown))


@require_POST
@login_required
def replay_ending(request: HttpRequest, project: str, replay: uuid.UUID) -> HttpResponse:
    """Cancel a replay."""
    by, at = who(request), timezone.now()
    place = governed_project(project, by=by, at=at)
    cancel_replay(replay=_replay(place, replay), by=by, at=at)
    messages.success(request, _("The replay is cancelled."))
    return redirect("replays", project)


def _form(request: HttpRequest, place: Project, now: Standing) -> ReplayWish:
    sent = request.POST if request.method == "POST" else None
    setup = Setup.objects.filter(project=place).first()
    return ReplayWish(
        sent,
        now=now,
        draft=RightsDraft.objects.filter(project=place).first(),
        versions=list(RightsVersion.objects.filter(project=place).order_by("-number")[:VERSIONS]),
        segments=segment_keys(place, setup.segments if setup else []),
        threshold=threshold_asked(request.POST or request.GET),
    )


def _listed(place: Project) -> dict[str, Any]:
    rows = replays_of(place.pk)
    return {
        "project": place,
        "replays": rows,
        "unfinished": any(row.to_come for row in rows),
        "in_force": _in_force(place),
    }


def _in_force(place: Project) -> int | None:
    return RightsVersion.objects.filter(project=place).order_by("-number").values_list("pk", flat=True).first()


def _replay(place: Project, wanted: uuid.UUID) -> Replay:
    row = Replay.objects.select_related("project__log", "person", "base").filter(project=place, uuid=wanted).first()
    if row is None:
        raise NotFound
    return row
