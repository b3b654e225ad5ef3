"""The first page."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from reviews.reads import home as reading
from reviews.reads.batches import batch_lines
from reviews.views.asking import page, person_of, who


@require_GET
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Show my queues, what needs me, my last decisions."""
    at = timezone.now()
    person = person_of(who(request))
    found = reading.home(person, at)
    together = batch_lines(person, at) if found.lines else set()
    shown = {"home": found, "together": {f"{project}/{queue}" for project, queue in together}}
    return page(request, "reviews/home.html", "home", at, shown, known=found.lines)
