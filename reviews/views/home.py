"""The first page."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from reviews.policies import projects_run_by
from reviews.reads import home as reading
from reviews.views.asking import page, person_of, who


@require_GET
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Show my queues, what needs me, my last decisions."""
    at = timezone.now()
    person = person_of(who(request))
    found = reading.home(person, at, running=projects_run_by(person, at))
    return page(request, "reviews/home.html", "home", at, {"home": found}, known=found.lines)
