"""The door of these pages: they stand in the admin, and open to a project's guideline editors too."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from accounts.entrance import AdminRequest, framed, who
from accounts.models import Project
from accounts.reads import Actor
from guidelines.policies import edited_project


def place_of(request: AdminRequest, slug: str) -> tuple[Project, Actor, dt.datetime]:
    """Give the project whose guidelines somebody writes, with them and the time.

    Raises:
        NotFound: it does not exist for them.
        Forbidden: they may look at it and not write its guidelines.
    """
    by, at = who(request), timezone.now()
    return edited_project(slug, by=by, at=at), by, at


def shown(request: AdminRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Render one of these pages inside the admin."""
    return framed(request, f"admin/guidelines/{template}", context, status)
