"""The guideline that people decide by, as it is read."""

from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from accounts.errors import NotFound
from accounts.models import Project
from assets.reads import in_force
from guidelines.policies import may_edit
from guidelines.reads import (
    MOST_BYTES,
    MOST_SOUND_BYTES,
    MOST_VIDEO_BYTES,
    changes_of,
    cut_of,
    found_in,
    in_use,
    inside,
    reading_of,
)
from reviews.policies import may_ask, project_for
from reviews.reads.guiding import Guide, guide
from reviews.views.asking import page, who

FOR_GOOD = "private, max-age=31536000, immutable"


@require_GET
@login_required
def guideline(request: HttpRequest, project: str) -> HttpResponse:
    """Show a project's guideline as reviewers see it, in force or an earlier version."""
    by, at = who(request), timezone.now()
    place = project_for(project, by=by, at=at)
    found = _guide(place, request.GET.get("version", ""))
    reading = found.reading
    article = _article(place.pk, place.slug, reading.guideline, reading.taxonomy, get_language())
    shown = {"guide": found, "article": article, "edits": may_edit(by=by, project=place, at=at)}
    shown["asks"] = may_ask(by=by, project=place, at=at)
    return page(request, "reviews/guideline.html", "guideline", at, shown, project=place)


@require_GET
@login_required
def guideline_panel(request: HttpRequest, project: str, guideline: str, taxonomy: str) -> HttpResponse:
    """Show what the panel beside an item shows: a version's words `at` a label, error or section, or those found.

    A version never changes, nor do the words of this build in this language, so what was read once is kept for good.
    """
    by, at = who(request), timezone.now()
    place = project_for(project, by=by, at=at)
    if not in_use(place.pk, guideline, taxonomy):
        raise NotFound
    reading, asked = reading_of(place.pk, guideline, taxonomy), request.GET.get("find", "").strip()[:200]
    cut = found_in(reading, asked) if asked else cut_of(reading, request.GET.get("at", ""))
    shown = {"cut": cut, "asked": asked, "reading": reading, "page": reverse("guideline", args=[place.slug])}
    answer = render(request, "reviews/guideline_panel.html", {**shown, **shown_at(place.slug)})
    answer["Cache-Control"] = FOR_GOOD
    return answer


@require_GET
@login_required
def guideline_changes(request: HttpRequest, project: str) -> HttpResponse:
    """Show what changed from an earlier version, or the one before, to the one in force."""
    place = project_for(project, by=who(request), at=timezone.now())
    found = _guide(place, "")
    number = request.GET.get("from", "")
    chosen = _guide(place, number).shown if number else found.before
    if found.shown is None or chosen is None or chosen.number > found.shown.number:
        raise NotFound
    before, now = (chosen.digest, chosen.taxonomy), (found.shown.digest, found.reading.taxonomy)
    shown = {"guide": found, "from": chosen, "changes": changes_of(place.pk, before, now, get_language())}
    shown |= shown_at(place.slug)
    return page(request, "reviews/guideline_changes.html", "guideline", timezone.now(), shown, project=place)


@require_GET
@login_required
def guideline_export(request: HttpRequest, project: str) -> HttpResponse:
    """Give one version as one file that needs nothing else, to be kept."""
    at = timezone.now()
    place = project_for(project, by=who(request), at=at)
    found = _guide(place, request.GET.get("version", ""))
    if found.shown is None:
        raise NotFound
    limits = {"most": MOST_BYTES, "most_sound": MOST_SOUND_BYTES, "most_video": MOST_VIDEO_BYTES}
    shown = {"guide": found, "project": place, "now": at, "files": inside(place, found.reading), **limits}
    name = f"{place.slug}-guideline-{found.shown.number}.html"
    answer = HttpResponse(render_to_string("reviews/guideline_export.html", shown))
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    answer["Cache-Control"] = "private, no-store"
    return answer


def panel_of(slug: str, guideline: str | None, taxonomy: str) -> str:
    """Give the address of the panel of a version; "" without a guideline."""
    if not guideline:
        return ""
    query = urlencode({"lang": get_language() or "en", "build": settings.BUILD})
    return f"{reverse('guideline-panel', args=[slug, guideline, taxonomy])}?{query}"


def _guide(place: Project, version: str) -> Guide:
    found = guide(place.pk, int(version) if version.isdecimal() and len(version) < 10 else None)
    if found is None:
        raise NotFound
    return found


@lru_cache(maxsize=16)
def _article(project_id: int, slug: str, guideline: str, taxonomy: str, _language: str) -> SafeString:
    """Render sections and examples of a version, which never change, once for each language of the interface."""
    reading = reading_of(project_id, guideline, taxonomy)
    return render_to_string("reviews/guideline_article.html", {"reading": reading, "slug": slug, **shown_at(slug)})


def shown_at(slug: str) -> dict[str, Any]:
    """Say where the files of a project's examples are, and by which recipes they are shown."""
    whole = reverse("guideline-media", args=[slug, "0", "0"])
    return {
        "files": whole.removesuffix("0/0/"),
        "small": in_force("thumbnail"),
        "large": in_force("screen"),
        "sound": in_force("listen"),
        "video": in_force("play"),
    }
