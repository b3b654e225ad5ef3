"""What the clock asks of guidelines."""

from celery import shared_task
from django.utils import timezone

from guidelines.actions import begin_due


@shared_task(name="guidelines.begin_due")
def begin_due_versions() -> None:
    """Put in force the versions whose day has come."""
    begin_due(at=timezone.now())
