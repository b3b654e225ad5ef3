"""The exports of a project: asked for, watched, taken away."""

import hashlib
import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.errors import NotFound
from audit.actions import public_keys
from audit.errors import KeyUnsafe
from reviews.actions import ask_export
from reviews.errors import ExportGone
from reviews.forms import ExportWish
from reviews.models import Export
from reviews.policies import exporting, followed_project, why_no_exports
from reviews.reads.exports import exports_of, may_stay
from reviews.views.asking import page, who


@require_http_methods(["GET", "POST"])
@login_required
def exports(request: HttpRequest, project: str) -> HttpResponse:
    """Show a project's exports (GET), and ask for one (POST)."""
    by, at = who(request), timezone.now()
    place, roles = followed_project(project, by=by, at=at)
    form = ExportWish(request.POST if request.method == "POST" else None, project=place, at=at)
    if request.method == "POST":
        exporting(roles)
        if form.is_valid():
            ask_export(project=place, by=by, at=at, **form.wanted())
            messages.success(request, _("It is being made. You can leave this page; it will be here."))
            return redirect("exports", project)
    rows = exports_of(place.pk)
    shown: dict[str, Any] = {
        "form": form,
        "exports": rows,
        "why_not": why_no_exports(roles),
        "unfinished": any(row.unfinished for row in rows),
        "origin": place.log.origin,
        "keys": _keys(place.log.origin),
        "zone": timezone.get_current_timezone_name(),
    }
    answer = page(request, "reviews/exports.html", "exports", at, shown, project=place)
    answer.status_code = 422 if form.errors else 200
    return answer


@require_GET
@login_required
def exports_list(request: HttpRequest, project: str) -> HttpResponse:
    """Show how far a project's exports are; 304 where nothing has changed since the same reader asked."""
    by, at = who(request), timezone.now()
    place, roles = followed_project(project, by=by, at=at)
    shown = {"exports": exports_of(place.pk), "project": place, "why_not": why_no_exports(roles)}
    text = render_to_string("reviews/exports_list.html", shown)
    mark = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    unchanged = request.headers.get("If-None-Match") == mark
    answer = HttpResponse(status=304) if unchanged else HttpResponse(text)
    answer["ETag"], answer["Cache-Control"] = mark, "private, no-cache"
    return answer


@require_GET
@login_required
def export(request: HttpRequest, project: str, export: uuid.UUID) -> FileResponse:
    """Hand out an export's file, to whom it is for at this moment."""
    at = timezone.now()
    place, roles = followed_project(project, by=who(request), at=at)
    exporting(roles)
    row = Export.objects.select_related("project").filter(project=place, uuid=export).first()
    if row is None:
        raise NotFound
    try:
        file = row.path.open("rb") if may_stay(row, at) else None
    except FileNotFoundError:
        file = None
    if file is None:
        raise ExportGone
    name = f"{place.slug}-{row.asked_at:%Y-%m-%d}-{row.uuid.hex[:8]}.zip"
    return FileResponse(
        file, as_attachment=True, filename=name, content_type="application/zip", headers={"Cache-Control": "no-store"}
    )


def _keys(origin: str) -> list[str]:
    """List the keys that an auditor needs; none where one cannot be read."""
    try:
        return [str(key) for key in public_keys(origin)]
    except KeyUnsafe:
        return []
