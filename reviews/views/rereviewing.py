"""Re-review of past outcomes after labels changed: looked for, confirmed, watched."""

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.errors import NotFound
from accounts.models import Project
from reviews.actions import ask_rereview, confirm_rereview, drop_rereview
from reviews.errors import BadRereview, NothingAffected
from reviews.forms import RereviewConfirmed, RereviewWish
from reviews.models import Queue, Rereview, Setup
from reviews.policies import runnable_project
from reviews.reads.past import segment_keys
from reviews.reads.rereviews import counted_by_name, decided_of, labels_of, runs_of, suspects
from reviews.views.asking import page, unless_seen, who


@require_http_methods(["GET", "POST"])
@login_required
def rereviews(request: HttpRequest, project: str) -> HttpResponse:
    """Show a project's runs and the labels that changed (GET), and look for what they affect (POST)."""
    by, at = who(request), timezone.now()
    place = runnable_project(project, by=by, at=at)
    changed = suspects(place.pk)
    form = _wish(request, place, at)
    if request.method == "POST" and form.is_valid():
        run = ask_rereview(project=place, by=by, at=at, **form.wanted(at))
        return redirect("rereview", project, run.uuid)
    picked = {one.code for one in changed if one.kind != "redefined"}
    chosen = set(form.data.getlist("labels")) if form.is_bound else picked  # type: ignore[attr-defined]  # a QueryDict
    shown = {
        "form": form,
        "changed": changed,
        "labels": [(code, name, code in chosen) for code, name in labels_of(place.pk)],
        "runs": runs_of(place.pk),
    }
    answer = page(request, "reviews/rereviews.html", "operations", at, shown, project=place)
    answer.status_code = 422 if form.errors else 200
    return answer


@require_http_methods(["GET", "POST"])
@login_required
def rereview(request: HttpRequest, project: str, rereview: uuid.UUID) -> HttpResponse:
    """Show a run: how far it is or what it found (GET); put that up for re-review (POST)."""
    by, at = who(request), timezone.now()
    place = runnable_project(project, by=by, at=at)
    run = _run(place, rereview)
    sent = request.POST if request.method == "POST" else None
    form = RereviewConfirmed(sent, queues=list(Queue.objects.filter(project=place).order_by("level", "name")))
    problem: BadRereview | NothingAffected | None = None
    if request.method == "POST" and form.is_valid():
        try:
            confirm_rereview(run=run, by=by, at=at, **form.wanted())
        except (BadRereview, NothingAffected) as refusal:
            problem = refusal
        else:
            messages.success(request, _("Put up. Tasks are being opened; you can leave this page."))
            return redirect("rereview", project, run.uuid)
    answer = page(request, "reviews/rereview.html", "operations", at, _shown(run, form, problem), project=place)
    answer.status_code = 422 if form.errors or problem else 200
    return answer


@require_GET
@login_required
def rereview_progress(request: HttpRequest, project: str, rereview: uuid.UUID) -> HttpResponse:
    """Show how far a run is; 304 where nothing has changed since the same reader asked."""
    place = runnable_project(project, by=who(request), at=timezone.now())
    run = _run(place, rereview)
    return unless_seen(request, render_to_string("reviews/rereview_progress.html", {"project": place, "run": run}))


@require_POST
@login_required
def rereview_ending(request: HttpRequest, project: str, rereview: uuid.UUID) -> HttpResponse:
    """Let a run be that was not confirmed."""
    by, at = who(request), timezone.now()
    place = runnable_project(project, by=by, at=at)
    drop_rereview(run=_run(place, rereview), by=by, at=at)
    messages.success(request, _("Let be. No outcome was touched."))
    return redirect("rereviews", project)


def _wish(request: HttpRequest, place: Project, at: dt.datetime) -> RereviewWish:
    setup = Setup.objects.filter(project=place).first()
    sent = request.POST if request.method == "POST" else None
    segments = segment_keys(place, setup.segments if setup else [])
    return RereviewWish(sent, labels=labels_of(place.pk), segments=segments)


def _shown(run: Rereview, form: RereviewConfirmed, problem: Any) -> dict[str, Any]:
    return {
        "run": run,
        "counts": counted_by_name(run),
        "form": form,
        "problem": problem,
        "decided": decided_of(run),
    }


def _run(place: Project, wanted: uuid.UUID) -> Rereview:
    rows = Rereview.objects.select_related("project", "person", "queue", "taxonomy")
    run = rows.filter(project=place, uuid=wanted).first()
    if run is None:
        raise NotFound
    return run
