"""What the clock asks of the ledger, which knows no clock of its own."""

from celery import shared_task
from django.utils import timezone

from accounts.reads import clock
from audit.actions import seal


@shared_task(name="hitl.seal_ledger")
def seal_ledger() -> None:
    """Give new events their places and sign checkpoints."""
    seal(by=clock(), at=timezone.now())
