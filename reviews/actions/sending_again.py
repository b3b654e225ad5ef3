"""Messages that people ask for: a test, and what failed once more."""

import datetime as dt
import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.reads import Actor
from reviews.actions.governing import entitled
from reviews.actions.noting import PATIENCE
from reviews.errors import BadEndpoint, NothingToSend
from reviews.models import TEST, Delivery, DeliveryState, Endpoint


@transaction.atomic
def send_test(*, endpoint: Endpoint, by: Actor, at: dt.datetime) -> Delivery:
    """Send an endpoint a message of no item, by the road that all take.

    Raises:
        Forbidden: the actor may not govern this project.
        BadEndpoint: it is switched off.
    """
    entitled(project=endpoint.project, by=by, at=at)
    if not endpoint.active:
        raise BadEndpoint(_("This endpoint is switched off. Switch it on, then test it."))
    return Delivery.objects.create(endpoint=endpoint, told=TEST, happened_at=at, next_at=at, until_at=at + PATIENCE)


@transaction.atomic
def send_again(*, endpoint: Endpoint, by: Actor, at: dt.datetime, delivery: uuid.UUID | None = None) -> int:
    """Send what failed again, one message or all of an endpoint, for another three days; give how many.

    Each keeps its id, so that a receiver which has it knows it. What of the same item waits now comes after it.

    Raises:
        Forbidden: the actor may not govern this project.
        NothingToSend: there is no such message that failed.
    """
    entitled(project=endpoint.project, by=by, at=at)
    failed = Delivery.objects.filter(endpoint=endpoint, state=DeliveryState.FAILED)
    if delivery is not None:
        failed = failed.filter(uuid=delivery)
    count = failed.update(state=DeliveryState.WAITING, tries=0, next_at=at, until_at=at + PATIENCE, sending_until=None)
    if not count:
        raise NothingToSend
    return count
