"""What the clock asks of files."""

from celery import shared_task
from django.utils import timezone

from assets.actions import find_missing


@shared_task(name="assets.find_missing_renditions")
def find_missing_renditions() -> None:
    """Ask again for what a lost broker lost."""
    find_missing(at=timezone.now())
