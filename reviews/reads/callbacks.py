"""A project's endpoints and what became of their messages, as its page shows them."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

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
    """List a project's endpoints by name; two statements."""
    counts = {
        name: Count("deliveries", filter=Q(deliveries__state=state), distinct=True)
        for name, state in (("waiting", DeliveryState.WAITING), ("failed", DeliveryState.FAILED))
    }
    rows = Endpoint.objects.filter(project_id=project_id).annotate(**counts).order_by("name")
    found = []
    for row in rows.prefetch_related("secrets"):
        ends = [one.until_at for one in row.secrets.all() if one.until_at is not None and one.until_at > at]
        words = [str(Told(event).label) for event in row.events]
        resting = row.active and row.rests_until is not None and row.failures > 0
        found.append(Shown(row, row.waiting, row.failed, words, max(ends, default=None), resting))
    return found


def deliveries_of(project_id: int, *, only: str = "") -> list[Delivery]:
    """List the newest messages of a project's endpoints, or only those that failed; one statement."""
    rows = Delivery.objects.filter(endpoint__project_id=project_id).select_related("endpoint", "item")
    if only == ONLY_FAILED:
        rows = rows.filter(state=DeliveryState.FAILED)
    return list(rows.order_by("-pk")[:NEWEST])
