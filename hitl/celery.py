"""The Celery application: jobs of the apps, and the clock that finds what is due."""

import os
from typing import Any

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hitl.settings")

celery = Celery("hitl")
celery.config_from_object("django.conf:settings", namespace="CELERY")
celery.autodiscover_tasks(related_name="jobs")
celery.autodiscover_tasks(related_name="beat")


def every(seconds: float, task: str) -> dict[str, Any]:
    """Plan a task; a run that no worker took before the next one is due is dropped, since that one does its work."""
    return {"task": task, "schedule": seconds, "options": {"expires": seconds}}


celery.conf.beat_schedule = {
    "events that wait for their place in the ledger": every(1, "hitl.seal_ledger"),
    "assets that lack renditions": every(60, "assets.find_missing_renditions"),
    "claims that lapsed": every(15, "reviews.sweep"),
    "outcomes that are due": every(5, "reviews.release"),
    "exports that nobody writes": every(60, "reviews.find_exports"),
    "exports whose time is over": every(3600, "reviews.drop_exports"),
    "trays that nobody sent": every(3600, "reviews.sweep_trays"),
    "seeds of months that are over": every(3600, "reviews.reveal_seeds"),
    "who may work which lanes": every(600, "reviews.fill_lanes"),
}
