"""The guideline that people decide by, as it is read."""

from functools import lru_cache
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from accounts.errors import NotFound
from accounts.models import Project
from assets.reads import in_force
from guidelines.reads import reading_of
from reviews.policies import project_for
from reviews.reads.guiding import Guide, guide
from reviews.views.asking import page, who


@require_GET
@login_required
def guideline(request: HttpRequest, project: str) -> HttpResponse:
    """Show a project's guideline as reviewers see it, in force or an earlier version."""
    by, at = who(request), timezone.now()
    place = project_for(project, by=by, at=at)
    found = _guide(place, request.GET.get("version", ""))
    reading = found.reading
    article = _article(place.pk, place.slug, reading.guideline, reading.taxonomy, get_language())
    return page(
        request, "reviews/guideline.html", "guideline", at, {"guide": found, "article": article}, project=place
    )


def _guide(place: Project, version: str) -> Guide:
    found = guide(place.pk, int(version) if version.isdecimal() and len(version) < 10 else None)
    if found is None:
        raise NotFound
    return found


@lru_cache(maxsize=16)
def _article(project_id: int, slug: str, guideline: str, taxonomy: str, _language: str) -> SafeString:
    """Render sections and examples of a version, which never change, once for each language of the interface."""
    reading = reading_of(project_id, guideline, taxonomy)
    return render_to_string("reviews/guideline_article.html", {"reading": reading, **shown_at(slug)})


def shown_at(slug: str) -> dict[str, Any]:
    """Say where the files of a project's examples are, and by which recipes they are shown."""
    whole = reverse("guideline-media", args=[slug, "0", "0"])
    return {
        "files": whole.removesuffix("0/0/"),
        "small": in_force("thumbnail"),
        "large": in_force("screen"),
        "sound": in_force("listen"),
    }
