"""Bringing items to a project: rows and images, what each column is, and what will be refused."""

import datetime as dt
from collections.abc import Iterator
from typing import IO, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Project
from audit.errors import Refusal
from reviews.actions import plan_rows, put_away, put_images, put_rows
from reviews.errors import BadBody
from reviews.models import Tray
from reviews.policies import governed_project
from reviews.reads.tray import preview
from reviews.views.asking import page, person_of, who
from reviews.wire.tables import LARGEST_TEXT, SEPARATORS, text_of_file

LONGEST = 512 * 2**20
HIDDEN = (".", "Thumbs.db", "desktop.ini")


@csrf_exempt  # the inner view is protected; a body that is too long is refused before anything of it is read
@require_http_methods(["GET", "POST"])
@login_required
def tray(request: HttpRequest, project: str) -> HttpResponse:
    """Show what I have brought and not sent yet; take what I bring."""
    place = governed_project(project, by=who(request), at=timezone.now())
    try:
        if request.method == "POST":
            _hold_length(request)
    except BadBody as problem:
        return _shown(request, place, problem, status=413)
    answer: HttpResponse = _tray(request, place)
    return answer


@csrf_protect
def _tray(request: HttpRequest, place: Project) -> HttpResponse:
    if request.method == "GET":
        return _shown(request, place)
    try:
        _put(request, place, timezone.now())
    except BadBody as problem:
        return _shown(request, place, problem)
    return redirect("tray", place.slug)


@require_POST
@login_required
def columns(request: HttpRequest, project: str) -> HttpResponse:
    """Say how the rows are read."""
    by, at = who(request), timezone.now()
    place = governed_project(project, by=by, at=at)
    sent = request.POST
    plan: dict[str, Any] = {"header": "header" in sent, "roles": sent.getlist("role")}
    plan |= {key: sent[key].strip()[:100] or key for key in ("model", "version") if key in sent}
    plan |= {"separator": sent["separator"]} if sent.get("separator") in {*SEPARATORS, "none"} else {}
    try:
        plan_rows(project=place, plan=plan, by=by, at=at)
    except BadBody as problem:
        return _shown(request, place, problem)
    return redirect("tray", place.slug)


@require_POST
@login_required
def emptying(request: HttpRequest, project: str) -> HttpResponse:
    """Put away what I have brought."""
    by, at = who(request), timezone.now()
    place = governed_project(project, by=by, at=at)
    put_away(project=place, by=by, at=at)
    return redirect("tray", place.slug)


def _hold_length(request: HttpRequest) -> None:
    """Refuse a body by what it says of its length, and one whose parts are too many, before a view reads it.

    Raises:
        BadBody: it is too long.
    """
    length = request.headers.get("Content-Length", "")
    if not length.isdecimal() or len(length) > 18 or int(length) > LONGEST:
        raise BadBody(
            _("At most %(n)s MB at once. Bring fewer files; `items load` takes more.") % {"n": LONGEST // 2**20}
        )
    try:
        _parts = request.FILES  # reads the body
    except TooManyFilesSent as problem:
        raise BadBody(_("At most 200 images at once. Bring these in parts.")) from problem
    except RequestDataTooBig as problem:
        raise BadBody(_("At most %(n)s MB of text at once.") % {"n": LARGEST_TEXT // 2**20}) from problem


def _put(request: HttpRequest, place: Project, at: dt.datetime) -> None:
    """Take images first, so that rows can name them.

    Raises:
        BadBody: nothing came, or what came cannot be taken.
    """
    by = who(request)
    images, file = list(_images(request)), request.FILES.get("file")
    rows = request.POST.get("rows", "")
    if images:
        _kept, refused = put_images(project=place, images=images, by=by, at=at)
        for name, sentence in refused[:10]:
            messages.warning(request, f"{name}: {sentence}")
        left = len(refused) - 10
        if left > 0:
            messages.warning(
                request, ngettext("%(n)d more file was refused.", "%(n)d more files were refused.", left) % {"n": left}
            )
    if file is not None:
        put_rows(project=place, text=text_of_file(file.read(LARGEST_TEXT + 1)), by=by, at=at)
    elif rows.strip() or not images:
        put_rows(project=place, text=rows, by=by, at=at)


def _images(request: HttpRequest) -> Iterator[tuple[str, IO[bytes]]]:
    for file in request.FILES.getlist("images"):
        if file.name and not file.name.startswith(HIDDEN):
            yield file.name, file


def _shown(request: HttpRequest, place: Project, problem: Refusal | None = None, status: int = 422) -> HttpResponse:
    by, at = who(request), timezone.now()
    found = Tray.objects.select_related("project").filter(project=place, person_id=person_of(by)).first()
    typed = "" if status == 413 else request.POST.get("rows", "")
    shown = {
        "preview": preview(found) if found else None,
        "problem": problem,
        "typed": typed,
        "look": request.GET.get("look", ""),
        "separators": [*SEPARATORS, "none"],
        "longest": LONGEST,
    }
    answer = page(request, "reviews/tray.html", "project", at, shown, project=place)
    answer.status_code = status if problem else 200
    return answer
