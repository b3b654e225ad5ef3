"""Who asks, and the frame that every page of theirs has."""

import datetime as dt
from typing import Any

from accounts.models import User
from accounts.reads import Actor, actor_of_user
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from reviews.policies import may_browse
from reviews.reads.home import Line
from reviews.reads.rail import rail


def who(request: HttpRequest) -> Actor:
    """Give the person who is signed in."""
    assert isinstance(request.user, User)
    return actor_of_user(request.user, "browser")


def person_of(by: Actor) -> int:
    """Give the row id of the person who acts in a browser."""
    assert by.person_id is not None
    return by.person_id


def page(
    request: HttpRequest,
    template: str,
    here: str,
    at: dt.datetime,
    *,
    project: Any = None,
    known: list[Line] | None = None,
    **context: Any,
) -> HttpResponse:
    """Render a page inside the shell."""
    framed = rail(
        person_of(who(request)), at, may_browse=may_browse, project=project.slug if project else None, known=known
    )
    return render(request, template, {"rail": framed, "here": here, "project": project, "now": at, **context})
