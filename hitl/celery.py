"""The Celery application: jobs of the apps, and the clock that finds what is due."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_ready
from kombu import Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hitl.settings")

LEDGER = "ledger"
celery = Celery("hitl")
celery.config_from_object("django.conf:settings", namespace="CELERY")
celery.autodiscover_tasks(related_name="jobs")
celery.autodiscover_tasks(related_name="beat")
celery.conf.task_queues = [Queue("celery"), Queue(LEDGER)]  # a worker takes both, unless -Q names one
celery.conf.task_routes = {
    "hitl.seal_ledger": {"queue": LEDGER},
    "hitl.check_guards": {"queue": LEDGER},
    "hitl.anchor_ledger": {"queue": LEDGER},
}


def every(seconds: float, task: str) -> dict[str, Any]:
    """Plan a task; a run that no worker took before the next one is due is dropped, since that one does its work."""
    return {"task": task, "schedule": seconds, "options": {"expires": seconds}}


celery.conf.beat_schedule = {
    "events that wait for their place in the ledger": every(1, "hitl.seal_ledger"),
    "guards over frozen rows": every(300, "hitl.check_guards"),
    "checkpoints that are due elsewhere": every(300, "hitl.anchor_ledger"),
    "assets that lack renditions": every(60, "assets.find_missing_renditions"),
    "guidelines whose day has come": every(15, "guidelines.begin_due"),
    "claims that lapsed": every(15, "reviews.sweep"),
    "tasks that nobody answered in time": every(15, "reviews.climb"),
    "reworks that nobody is left to do": every(60, "reviews.hold_stranded"),
    "items past their deadline": every(15, "reviews.meet_deadlines"),
    "outcomes that are due": every(5, "reviews.release"),
    "what audits found of models' answers": every(30, "reviews.count_audits"),
    "programs that are to be called back": every(2, "reviews.find_callbacks"),
    "callbacks that were delivered long ago": every(3600, "reviews.drop_deliveries"),
    "people who are to be told": every(15, "reviews.tell_people"),
    "notices of long ago": every(3600, "reviews.drop_notices"),
    "overrides that nobody signed": every(60, "reviews.end_overrides"),
    "exports that nobody writes": every(60, "reviews.find_exports"),
    "held items that nobody routes again": every(60, "reviews.find_reroutings"),
    "re-reviews that nobody goes on with": every(60, "reviews.find_rereviews"),
    "replays that nobody makes": every(60, "reviews.find_replays"),
    "exports whose time is over": every(3600, "reviews.drop_exports"),
    "trays that nobody sent": every(3600, "reviews.sweep_trays"),
    "seeds of months that are over": every(3600, "reviews.reveal_seeds"),
    "who may work which lanes": every(600, "reviews.fill_lanes"),
}


@worker_ready.connect
def _look_around(**_: Any) -> None:
    """Compare the guards when a worker starts."""
    from django.db import connection

    from hitl.starting import look_at_guards

    look_at_guards()
    connection.close()
