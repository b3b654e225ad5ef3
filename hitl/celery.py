"""The Celery application: jobs of the apps, and the clock that finds what is due."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hitl.settings")

celery = Celery("hitl")
celery.config_from_object("django.conf:settings", namespace="CELERY")
celery.autodiscover_tasks(related_name="jobs")
celery.autodiscover_tasks(related_name="beat")

celery.conf.beat_schedule = {
    "assets that lack renditions": {"task": "assets.find_missing_renditions", "schedule": 60.0},
}
