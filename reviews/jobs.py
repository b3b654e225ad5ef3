"""Jobs of the loop."""

from celery import shared_task
from django.utils import timezone

from reviews import actions


@shared_task(name="reviews.make_export")
def make_export(export_id: int) -> None:
    """Write an export that somebody asked for."""
    actions.make_export(export_id=export_id, now=timezone.now)


@shared_task(name="reviews.reroute")
def reroute(rerouting_id: int) -> None:
    """Route again what a switch held."""
    actions.reroute(rerouting_id=rerouting_id, now=timezone.now)


@shared_task(name="reviews.make_replay")
def make_replay(replay_id: int) -> None:
    """Try decision rights on the past, as somebody asked."""
    actions.make_replay(replay_id=replay_id, now=timezone.now)


@shared_task(name="reviews.call_back")
def call_back(endpoint_id: int) -> None:
    """Send an endpoint what is due."""
    actions.call_back(endpoint_id=endpoint_id, now=timezone.now)


@shared_task(name="reviews.rereview")
def rereview(rereview_id: int) -> None:
    """Find what a change of labels affects, or put it up for re-review."""
    actions.rereview(rereview_id=rereview_id, now=timezone.now)
