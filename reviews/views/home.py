"""The first page: what needs whoever opens it today, each role its part."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.models import User
from reviews.policies import sight_of_all
from reviews.reads import home as reading
from reviews.reads.guiding import in_force
from reviews.reads.owning import owned
from reviews.reads.rail import Rail
from reviews.reads.running import running_each
from reviews.reads.switching import positions
from reviews.reads.trail import trail
from reviews.views.asking import frame, page

LATEST = 12


@require_GET
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Show my queues, what needs me, my last decisions, and what my roles look after."""
    assert isinstance(request.user, User)
    at, person = timezone.now(), request.user.person
    found = reading.home(person.pk, at)
    framed = frame(request, at, known=found.lines)
    shown: dict[str, Any] = {"home": found, **_looked_after(framed, at)}
    if person.is_owner:
        shown["owned"] = owned(at)
    shown["works"] = bool(found.lines or found.decisions or found.open)
    shown["idle"] = not (shown["works"] or shown.get("owned") or framed.places)
    return page(request, "reviews/home.html", "home", at, shown, framed=framed)


def _looked_after(framed: Rail, at: Any) -> dict[str, Any]:
    """Read the parts of those roles that somebody has anywhere; nine statements for somebody who has them all."""
    shown: dict[str, Any] = {}
    if runs := framed.with_page("operations"):
        each, switches = running_each([place.id for place in runs], at), positions([place.id for place in runs])
        shown["runs"] = [(place, each[place.id], switches.get(place.id)) for place in runs]
        shown["installation"] = switches[None]
    if follows := framed.with_page("trail"):
        shown["follows"] = follows
        shown["latest"] = trail(
            {place.uuid: place.slug for place in follows}, sight_of_all(place.roles for place in follows), limit=LATEST
        )
    if edits := framed.with_page("editing"):
        shown["guides"] = in_force([place.id for place in edits])
    return shown
