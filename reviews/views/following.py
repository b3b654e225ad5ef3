"""Following a project: its trail in words, and the guideline that people decide by."""

import datetime as dt
import uuid
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.errors import NotFound
from audit.reads import KINDS
from guidelines.policies import may_edit
from reviews.policies import followed_project, project_for, sight_of
from reviews.reads.guiding import guide
from reviews.reads.trail import Asked
from reviews.reads.trail import kinds as event_kinds
from reviews.reads.trail import trail as read_trail
from reviews.views.asking import page, who


@require_GET
@login_required
def trail(request: HttpRequest, project: str) -> HttpResponse:
    """Tell what happened in a project, newest first; filtered by day, person and type."""
    by, at = who(request), timezone.now()
    place, roles = followed_project(project, by=by, at=at)
    sight, asked = sight_of(roles), _asked(request)
    found = read_trail({place.uuid: place.slug}, sight, asked=asked)
    kept = {"day": asked.day.isoformat() if asked.day else "", "who": asked.who, "type": asked.kind}
    shown = {
        "trail": found,
        "asked": asked,
        "sight": sight,
        "kinds": event_kinds(),
        "older": urlencode({**kept, "after": str(found.after)}) if found.after else "",
        "newest": urlencode(kept) if asked.after else "",
    }
    return page(request, "reviews/trail.html", "trail", at, shown, project=place)


@require_GET
@login_required
def guideline(request: HttpRequest, project: str) -> HttpResponse:
    """Show a project's guideline as reviewers see it, in force or an earlier version."""
    by, at = who(request), timezone.now()
    place = project_for(project, by=by, at=at)
    version = request.GET.get("version", "")
    found = guide(place.pk, int(version) if version.isdecimal() and len(version) < 10 else None)
    if found is None:
        raise NotFound
    context = {"guide": found, "edits": may_edit(by=by, project=place, at=at)}
    return page(request, "reviews/guideline.html", "guideline", at, context, project=place)


def _asked(request: HttpRequest) -> Asked:
    """Read the filter; what does not read is no filter."""
    try:
        day = dt.date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        day = None
    try:
        after = uuid.UUID(request.GET.get("after", ""))
    except ValueError:
        after = None
    kind = request.GET.get("type", "")
    return Asked(day, request.GET.get("who", "").strip()[:64], kind if kind in KINDS else "", after)
