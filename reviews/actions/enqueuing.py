"""Asking workers for jobs, by ids alone; a broker that is away loses time and nothing else."""

import logging
from collections.abc import Iterable

from celery import current_app
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def enqueue(job: str, ids: Iterable[int]) -> None:
    """Ask a worker to do a job for each id; of a broker that is away the log is told, and the clock asks again."""
    try:
        for row_id in ids:
            current_app.send_task(job, args=[row_id])
    except OperationalError as problem:
        log.warning("The broker is down, %s waits for the clock: %s", job, problem)
