"""Cards of a project's model versions: read, acknowledged, and shown beside an item."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from accounts.errors import NotFound
from accounts.policies import role_in
from guidelines.actions import acknowledge_card
from guidelines.models import ModelVersion
from guidelines.policies import may_edit
from guidelines.reads import cards_in_force, cards_to_read, shown_card, to_be_read
from reviews.policies import project_for
from reviews.reads.home import lines
from reviews.views.asking import page, person_of, who
from reviews.views.reading import FOR_GOOD


@require_GET
@login_required
def model_cards(request: HttpRequest, project: str) -> HttpResponse:
    """Show the cards of a project's model versions: first those that ask me, then the others in force."""
    by, at = who(request), timezone.now()
    place = project_for(project, by=by, at=at)
    asked = cards_to_read(place, person_of(by))
    here_for = bool(role_in(person_of(by), place.pk, at))
    due = [one for one in asked if one.acknowledged_at is None] if here_for else []
    named = {one.row.pk for one in due}
    shown = {
        "due": due,
        "rest": [one for one in cards_in_force(place, asked) if one.row.pk not in named],
        "edits": may_edit(by=by, project=place, at=at),
        "line": next((one for one in lines(person_of(by), at) if one.project == project), None),
    }
    return page(request, "reviews/model_cards.html", "guideline", at, shown, project=place)


@require_POST
@login_required
def card_acknowledgement(request: HttpRequest, project: str, model: int, number: int) -> HttpResponse:
    """Say that I have read a card, and go on with the next one, with the guideline, or to work."""
    by, at = who(request), timezone.now()
    place = project_for(project, by=by, at=at)
    found = ModelVersion.objects.select_related("project").filter(project=place, pk=model).first()
    if found is None:
        raise NotFound
    acknowledge_card(model=found, number=number, by=by, at=at)
    guideline = to_be_read(place, person_of(by))
    asked = guideline is not None and guideline.acknowledged_at is None
    return redirect("guideline-acknowledgement" if asked else "model-cards", project)


@require_GET
@login_required
def card_panel(request: HttpRequest, project: str, digest: str) -> HttpResponse:
    """Show what the panel beside an item shows of a card; it never changes, so it is kept for good."""
    place = project_for(project, by=who(request), at=timezone.now())
    found = shown_card(place, digest)
    if found is None:
        raise NotFound
    answer = render(request, "reviews/card_parts.html", {"card": found, "now": timezone.now(), "timeless": True})
    answer["Cache-Control"] = FOR_GOOD
    return answer


def card_address(slug: str, digest: str | None) -> str:
    """Give the address of a card's panel; "" without a card."""
    if not digest:
        return ""
    query = urlencode({"lang": get_language() or "en", "build": settings.BUILD})
    return f"{reverse('card-panel', args=[slug, digest])}?{query}"
