"""Escalations on the pages: somebody says that they have one in hand."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from reviews.actions import acknowledge
from reviews.models import Task
from reviews.policies import project_for
from reviews.views.asking import who


@require_POST
@login_required
def acknowledgement(request: HttpRequest, project: str, task: uuid.UUID) -> HttpResponse:
    """Acknowledge an escalated task, and go on where that was asked: at work on it, or on its item's page."""
    by, at = who(request), timezone.now()
    place = project_for(project, by=by, at=at)
    acknowledge(project=place, task=task, by=by, at=at)
    row = Task.objects.select_related("queue", "item").get(uuid=task)
    if "work" in request.POST:
        return redirect("work", project, row.queue.slug)
    messages.success(request, _("Acknowledged: it is in your hands."))
    return redirect("item", project, row.item.uuid)
