"""The callbacks of a project: its endpoints, their secrets, and what became of each message."""

import hashlib
import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.errors import NotFound
from accounts.models import Project
from accounts.policies import role_in
from accounts.reads import Actor
from reviews.actions import (
    add_endpoint,
    change_endpoint,
    rotate_secret,
    send_again,
    send_test,
    switch_endpoint,
)
from reviews.errors import BadEndpoint
from reviews.forms import EndpointChange, EndpointForm
from reviews.models import Endpoint
from reviews.policies import may_browse, runnable_project
from reviews.reads.callbacks import ONLY_FAILED, deliveries_of, endpoints_of
from reviews.views.asking import page, person_of, who


@require_http_methods(["GET", "POST"])
@login_required
def callbacks(request: HttpRequest, project: str) -> HttpResponse:
    """Show a project's endpoints and messages (GET), and make an endpoint (POST)."""
    by, at = who(request), timezone.now()
    place = runnable_project(project, by=by, at=at)
    form = EndpointForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = add_endpoint(project=place, by=by, at=at, **form.cleaned_data)
        except BadEndpoint as problem:
            _at_fault(form, problem)
        else:
            return _shown(request, place, EndpointForm(), by, made=made, secret=secret)
    return _shown(request, place, form, by)


@require_GET
@login_required
def callbacks_list(request: HttpRequest, project: str) -> HttpResponse:
    """Show how far messages are; 304 where nothing has changed since the same reader asked."""
    by, at = who(request), timezone.now()
    place = runnable_project(project, by=by, at=at)
    text = render_to_string("reviews/callbacks_list.html", _listed(request, place, by))
    mark = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    unchanged = request.headers.get("If-None-Match") == mark
    answer = HttpResponse(status=304) if unchanged else HttpResponse(text)
    answer["ETag"], answer["Cache-Control"] = mark, "private, no-cache"
    return answer


@require_POST
@login_required
def endpoint(request: HttpRequest, project: str, endpoint: uuid.UUID) -> HttpResponse:
    """Change where an endpoint is called, and what it is told of."""
    place, found, by = _found(request, project, endpoint)
    form = EndpointChange(request.POST)
    if form.is_valid():
        try:
            change_endpoint(endpoint=found, by=by, at=timezone.now(), **form.cleaned_data)
        except BadEndpoint as problem:
            _at_fault(form, problem)
        else:
            messages.success(request, _("%(name)s is changed.") % {"name": found.name})
            return redirect("callbacks", project)
    return _shown(request, place, EndpointForm(), by, changing=found, change=form)


@require_POST
@login_required
def endpoint_secrets(request: HttpRequest, project: str, endpoint: uuid.UUID) -> HttpResponse:
    """Make an endpoint's next secret, and show it this once."""
    place, found, by = _found(request, project, endpoint)
    secret = rotate_secret(endpoint=found, by=by, at=timezone.now())
    return _shown(request, place, EndpointForm(), by, made=found, secret=secret, rotated=True)


@require_POST
@login_required
def endpoint_switch(request: HttpRequest, project: str, endpoint: uuid.UUID) -> HttpResponse:
    """Switch an endpoint on (`on` is 1) or off."""
    _place, found, by = _found(request, project, endpoint)
    on = request.POST.get("on") == "1"
    switch_endpoint(endpoint=found, on=on, by=by, at=timezone.now())
    said = _("%(name)s is switched on.") if on else _("%(name)s is switched off. What it would be told waits.")
    messages.success(request, said % {"name": found.name})
    return redirect("callbacks", project)


@require_POST
@login_required
def endpoint_tests(request: HttpRequest, project: str, endpoint: uuid.UUID) -> HttpResponse:
    """Send an endpoint a test."""
    _place, found, by = _found(request, project, endpoint)
    send_test(endpoint=found, by=by, at=timezone.now())
    messages.success(
        request, _("A test is on its way to %(name)s; its line says what comes of it.") % {"name": found.name}
    )
    return redirect("callbacks", project)


@require_POST
@login_required
def endpoint_deliveries(request: HttpRequest, project: str, endpoint: uuid.UUID) -> HttpResponse:
    """Send what failed again: the message that is named, or all of the endpoint."""
    _place, found, by = _found(request, project, endpoint)
    named = request.POST.get("delivery", "")
    try:
        delivery = uuid.UUID(named) if named else None
    except ValueError as problem:
        raise NotFound from problem
    count = send_again(endpoint=found, by=by, at=timezone.now(), delivery=delivery)
    said = ngettext("%(n)d message goes again.", "%(n)d messages go again.", count)
    messages.success(request, said % {"n": count})
    return redirect("callbacks", project)


def _found(request: HttpRequest, project: str, endpoint: uuid.UUID) -> tuple[Project, Endpoint, Actor]:
    """Find an endpoint of a project that the actor runs.

    Raises:
        NotFound: there is none for them.
    """
    by = who(request)
    place = runnable_project(project, by=by, at=timezone.now())
    found = Endpoint.objects.select_related("project").filter(project=place, uuid=endpoint).first()
    if found is None:
        raise NotFound
    return place, found, by


def _at_fault(form: EndpointForm, problem: BadEndpoint) -> None:
    for place, message in problem.fields:
        form.add_error(place, message)


def _listed(request: HttpRequest, place: Project, by: Actor) -> dict[str, Any]:
    only = request.GET.get("only", "")
    browses = may_browse(role_in(person_of(by), place.pk, timezone.now()))
    return {
        "deliveries": deliveries_of(place.pk, only=only),
        "only_failed": only == ONLY_FAILED,
        "browses": browses,
        "project": place,
    }


def _shown(request: HttpRequest, place: Project, form: EndpointForm, by: Actor, **more: Any) -> HttpResponse:
    at = timezone.now()
    shown = {"form": form, "endpoints": endpoints_of(place.pk, at), **_listed(request, place, by), **more}
    for one in shown["endpoints"]:
        one.form = EndpointChange(initial={"url": one.row.url, "events": one.row.events})
    answer = page(request, "reviews/callbacks.html", "callbacks", at, shown, project=place)
    change = more.get("change")
    answer.status_code = 422 if form.errors or (change is not None and change.errors) else 200
    if "secret" in more:
        answer["Cache-Control"] = "no-store"
    return answer
