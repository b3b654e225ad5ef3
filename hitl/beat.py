"""What the clock asks of the ledger, which knows no clock of its own."""

from celery import shared_task
from django.utils import timezone

from accounts.reads import clock
from audit import actions


@shared_task(name="hitl.seal_ledger")
def seal_ledger() -> None:
    """Give new events their places and sign checkpoints; that they waited too long is an alarm first."""
    actions.check_lag(by=clock(), at=timezone.now())
    actions.seal(by=clock(), at=timezone.now(), now=timezone.now)


@shared_task(name="hitl.check_guards")
def check_guards() -> None:
    """Compare the guards over frozen rows with the declared ones; a flaw is an alarm."""
    actions.check_guards(by=clock(), at=timezone.now())


@shared_task(name="hitl.anchor_ledger")
def anchor_ledger() -> None:
    """Send checkpoints where this installation cannot change them, as far as that is due."""
    actions.anchor(by=clock(), at=timezone.now())
