"""The door of these pages: they stand in the admin, and open to operations of a project too."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from accounts.entrance import AdminRequest, framed, who
from accounts.models import Project
from accounts.reads import Actor
from reviews.policies import governed_project


def place_of(request: AdminRequest, slug: str) -> tuple[Project, Actor, dt.datetime]:
    """Give the project that somebody governs, with them and the time.

    Raises:
        NotFound: it does not exist for them.
        Forbidden: they may look at it and not govern it.
    """
    by, at = who(request), timezone.now()
    return governed_project(slug, by=by, at=at), by, at


def shown(request: AdminRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Render one of these pages inside the admin."""
    return framed(request, f"admin/rights/{template}", context, status)
