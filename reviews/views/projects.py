"""A project's own page, what arrives there, and the key for the program that sends it."""

import hashlib

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.actions import make_token
from accounts.models import Scope
from accounts.policies import is_owner, may_change_project, role_in
from reviews.forms import SendingToken
from reviews.policies import governed_project, may_browse, overseen_project
from reviews.reads import project as reading
from reviews.views.asking import page, person_of, who


@require_GET
@login_required
def project(request: HttpRequest, project: str) -> HttpResponse:
    """Show a project."""
    return _page(request, project, SendingToken())


@require_GET
@login_required
def arrivals(request: HttpRequest, project: str) -> HttpResponse:
    """Show what came in newest; 304 where nothing has changed since the same reader asked."""
    by, at = who(request), timezone.now()
    place = overseen_project(project, by=by, at=at)
    browses = may_browse(role_in(person_of(by), place.pk, at))
    shown = {"arrivals": reading.arrivals(place, person_of(by), at), "project": place, "browses": browses}
    answer = render(request, "reviews/arrivals.html", shown)
    mark = f'"{hashlib.sha256(answer.content).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == mark:
        answer = HttpResponse(status=304)
    answer["ETag"], answer["Cache-Control"] = mark, "private, no-cache"
    return answer


@require_POST
@login_required
def tokens(request: HttpRequest, project: str) -> HttpResponse:
    """Make a key that sends items to this project, and show it this once."""
    by, at = who(request), timezone.now()
    place = governed_project(project, by=by, at=at)
    form = SendingToken(request.POST)
    if not form.is_valid():
        return _page(request, project, form)
    told = form.cleaned_data
    scopes = [Scope.ITEMS_WRITE]
    token, plain = make_token(projects=[place], scopes=scopes, service=told["service"], days=told["days"], by=by, at=at)
    answer = _page(request, project, form, token=plain, until=token.until_at)
    answer["Cache-Control"] = "no-store"
    return answer


def _page(request: HttpRequest, slug: str, form: SendingToken, **made: object) -> HttpResponse:
    by, at = who(request), timezone.now()
    place = overseen_project(slug, by=by, at=at)
    found = reading.project_page(place, person_of(by), at)
    form.fields["service"].initial = f"{place.slug}-sender"
    shown = {
        "found": found,
        "arrivals": found.arrivals,
        "browses": may_browse(role_in(person_of(by), place.pk, at)),
        "governs": may_change_project(by=by, project=place, at=at),
        "owns": is_owner(by),
        "form": form,
        "address": request.build_absolute_uri(reverse("api-items", args=[place.slug])),
        "example": reading.example_of(place, found.now),
        **made,
    }
    answer = page(request, "reviews/project.html", "project", at, shown, project=place)
    answer.status_code = 422 if form.errors else 200
    return answer
