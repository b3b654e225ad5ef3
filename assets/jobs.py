"""Jobs of files."""

from celery import shared_task
from django.utils import timezone

from assets.actions import render_asset


@shared_task(name="assets.make_renditions")
def make_renditions(asset_id: int) -> None:
    """Make what an asset's recipes still lack."""
    render_asset(asset_id=asset_id, at=timezone.now())
