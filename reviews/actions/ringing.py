"""Endpoints that are told when something waits for people: that it does, for the project as a whole."""

import datetime as dt
from collections.abc import Collection, Mapping

from reviews.actions.noting import PATIENCE
from reviews.models import Delivery, DeliveryState, Endpoint, Told

PAUSE = dt.timedelta(minutes=1)
"""At most one such message goes to an endpoint within it."""


def listening() -> dict[int, list[Endpoint]]:
    """Give the endpoints that are told of waiting work, by project; one statement."""
    found: dict[int, list[Endpoint]] = {}
    for one in Endpoint.objects.filter(active=True).order_by("pk"):
        if Told.WORK in one.events:
            found.setdefault(one.project_id, []).append(one)
    return found


def ring(bells: Mapping[int, list[Endpoint]], projects: Collection[int], at: dt.datetime) -> int:
    """Note a message to each endpoint of these projects, a minute after its last one; give how many.

    One that still waits to be sent is enough, since what a message says is read when it goes out.
    """
    made = []
    for one in (endpoint for project in projects for endpoint in bells.get(project, [])):
        mine = Delivery.objects.filter(endpoint=one, told=Told.WORK)
        if mine.filter(state=DeliveryState.WAITING, sending_until__isnull=True).exists():
            continue
        last = mine.order_by("-pk").first()
        next_at = max(at, (last.tried_at or last.next_at) + PAUSE) if last else at
        made.append(
            Delivery(endpoint=one, told=Told.WORK, happened_at=at, next_at=next_at, until_at=next_at + PATIENCE)
        )
    return len(Delivery.objects.bulk_create(made))
