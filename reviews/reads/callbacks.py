"""A project's endpoints and what became of their messages, as its page shows them."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from reviews.models import Delivery, DeliveryState, Endpoint, Told

NEWEST = 50
ONLY_FAILED = "failed"


@dataclass(slots=True)
class Shown:
    """An endpoint with how many of its messages wait and have failed; what it is told of, in words.

    `form` changes it; the page that shows one puts it there.
    """

    row: Endpoint
    waiting: int
    failed: int
    events: list[str]
    overlaps_until: dt.datetime | None
    resting: bool
    form: Any = None


def endpoints_of(project_id: int, at: dt.datetime) -> list[Shown]:
    """List a project's endpoints by name; four statements."""
    waiting, failed = _counts(project_id, DeliveryState.WAITING), _counts(project_id, DeliveryState.FAILED)
    found = []
    for row in Endpoint.objects.filter(project_id=project_id).order_by("name").prefetch_related("secrets"):
        ends = [one.until_at for one in row.secrets.all() if one.until_at is not None and one.until_at > at]
        words = [str(Told(event).label) for event in row.events]
        resting = row.active and row.rests_until is not None and row.failures > 0
        found.append(Shown(row, waiting.get(row.pk, 0), failed.get(row.pk, 0), words, max(ends, default=None), resting))
    return found


def _counts(project_id: int, state: str) -> dict[int, int]:
    rows = Delivery.objects.filter(endpoint__project_id=project_id, state=state)
    return dict(rows.values_list("endpoint_id").annotate(often=Count("pk")))


def deliveries_of(project_id: int, *, only: str = "") -> list[Delivery]:
    """List the newest messages of a project's endpoints, or only those that failed; one statement."""
    rows = Delivery.objects.filter(endpoint__project_id=project_id).select_related("endpoint", "item")
    if only == ONLY_FAILED:
        rows = rows.filter(state=DeliveryState.FAILED)
    return list(rows.order_by("-pk")[:NEWEST])
