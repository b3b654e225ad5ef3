"""The first page."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import conditional_page, require_GET

from reviews.policies import projects_run_by
from reviews.reads import home as reading
from reviews.reads.batches import batch_lines
from reviews.views.asking import page, person_of, who


@require_GET
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Show my queues, what needs me, my last decisions."""
    at = timezone.now()
    person = person_of(who(request))
    found = reading.home(person, at, running=projects_run_by(person, at))
    together = batch_lines(person, at) if found.lines else set()
    shown = {"home": found, "together": {f"{project}/{queue}" for project, queue in together}}
    return page(request, "reviews/home.html", "home", at, shown, known=found.lines)


@require_GET
@login_required
@conditional_page
def counts(request: HttpRequest) -> HttpResponse:
    """Count what waits in my queues; unchanged, it costs the reader nothing to be told so."""
    found = reading.lines(person_of(who(request)), timezone.now())
    told = {
        f"{line.project}/{line.queue}": {"waiting": line.waiting, "overdue": line.overdue, "soon": line.soon}
        for line in found
    }
    return JsonResponse(told, headers={"Cache-Control": "private, no-cache"})
