"""Who asks, and the frame that every page of theirs has."""

import datetime as dt
import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_htmx.middleware import HtmxDetails

from accounts.models import Project, User
from accounts.reads import Actor, actor_of_user
from reviews.policies import pages_of
from reviews.reads.home import Line
from reviews.reads.rail import Rail, rail


class HtmxRequest(HttpRequest):
    """A request that tells whether htmx sent it."""

    htmx: HtmxDetails


def who(request: HttpRequest) -> Actor:
    """Give the person who is signed in."""
    assert isinstance(request.user, User)
    return actor_of_user(request.user, "browser")


def person_of(by: Actor) -> int:
    """Give the row id of the person who acts in a browser."""
    assert by.person_id is not None
    return by.person_id


def owns(request: HttpRequest) -> bool:
    """Tell whether an owner of the installation asks; no statement."""
    return isinstance(request.user, User) and request.user.person.is_owner


def page(
    request: HttpRequest,
    template: str,
    here: str,
    at: dt.datetime,
    context: dict[str, Any],
    *,
    project: Project | None = None,
    framed: Rail | None = None,
) -> HttpResponse:
    """Render a page inside the shell; `framed` is its rail where the view has read it."""
    framed = framed or frame(request, at, project=project)
    return render(request, template, {"rail": framed, "here": here, "project": project, "now": at, **context})


def frame(
    request: HttpRequest, at: dt.datetime, *, project: Project | None = None, known: list[Line] | None = None
) -> Rail:
    """Read the rail of whoever asks."""
    assert isinstance(request.user, User)
    person = request.user.person
    return rail(person.pk, at, pages=pages_of, project=project, owner=person.is_owner, known=known)


def unless_seen(request: HttpRequest, text: str) -> HttpResponse:
    """Answer with a part of a page; 304 where nothing has changed since the same reader asked."""
    mark = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    unchanged = request.headers.get("If-None-Match") == mark
    answer = HttpResponse(status=304) if unchanged else HttpResponse(text)
    answer["ETag"], answer["Cache-Control"] = mark, "private, no-cache"
    return answer
