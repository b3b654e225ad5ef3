"""Calling programs back: messages sent in their order, at least once, and tried again for three days."""

import datetime as dt
import random
import socket
from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_noop as _

from accounts.reads import clock
from audit.models.sql import ask, ask_one, lock, run
from reviews.actions.endpoints import switch_off_gone
from reviews.actions.enqueuing import enqueue
from reviews.actions.locking_away import taken_out
from reviews.actions.noting import note_callbacks
from reviews.actions.reaching import Reached, Resolve, post
from reviews.errors import SecretUnread
from reviews.models import Delivery, DeliveryState, Endpoint, EndpointSecret
from reviews.reads.messages import message
from reviews.wire.webhooks import headers_of

Clock = Callable[[], dt.datetime]
TURN = dt.timedelta(seconds=20)
"""How long one endpoint is called before others get their turn."""
LEASE = dt.timedelta(seconds=90)
"""What a killed worker held is taken up again after it; longer than one exchange can last."""
KEPT = dt.timedelta(days=30)
FIRST_S, TIMES, LONGEST_S = 5, 4, 6 * 3600
"""After the n-th try in vain the next one comes in FIRST_S * TIMES^(n-1) seconds, LONGEST_S at most, less jitter."""
REST_S, LONGEST_REST_S = 5, 300
GONE = 410
GONE_SAID = _("It answered 410 Gone, so it was switched off. Switch it on when it is there again.")
OFF_SAID = _("The endpoint stayed switched off for three days.")
DUE = """
SELECT d.id FROM reviews_delivery d WHERE d.endpoint_id = e.id AND d.state = 'waiting' AND d.next_at <= %s
AND (d.sending_until IS NULL OR d.sending_until <= %s)
AND (d.item_id IS NULL OR NOT EXISTS (SELECT 1 FROM reviews_delivery b
    WHERE b.item_id = d.item_id AND b.state = 'waiting' AND b.id < d.id))
ORDER BY d.next_at, d.id LIMIT 1
"""
READY = f"""
SELECT e.id FROM reviews_endpoint e WHERE e.active AND (e.rests_until IS NULL OR e.rests_until <= %s)
AND (e.calling_until IS NULL OR e.calling_until <= %s) AND EXISTS ({DUE})
ORDER BY e.called_at IS NOT NULL, e.called_at, e.id
"""  # noqa: S608 - a constant
NEXT = "SELECT ({due}) AS id FROM reviews_endpoint e WHERE e.id = %s AND e.active"
SLOTS = "SELECT e.id, e.calling_until FROM reviews_endpoint e ORDER BY e.id"


def find_callbacks(*, at: dt.datetime) -> list[int]:
    """Note what there is to tell, give up what is too old, and ask workers to call the endpoints whose turn it is.

    Gives the endpoints' ids: the one called longest ago first, as many as may be called at once.
    """
    note_callbacks(at=at)
    late = Delivery.objects.filter(state=DeliveryState.WAITING, until_at__lte=at)
    late.filter(said="", endpoint__active=False).update(said=OFF_SAID)
    late.update(state=DeliveryState.FAILED)
    ids = [row.id for row in ask(READY, [at] * 4)][: settings.CALLBACKS_AT_ONCE]
    enqueue("reviews.call_back", ids)
    return ids


def drop_deliveries(*, at: dt.datetime) -> int:
    """Forget the messages that were delivered long ago; what failed stays. Gives how many."""
    old = Delivery.objects.filter(state=DeliveryState.SENT, tried_at__lt=at - KEPT)
    return old.delete()[0]


def call_back(*, endpoint_id: int, now: Clock, resolve: Resolve = socket.getaddrinfo) -> int:
    """Send an endpoint what is due, one message after the other, for one turn; give how many were sent.

    Does nothing where another worker is at it, or as many as may call are. Holds no transaction open while it sends.
    """
    if not _begin(endpoint_id, now()):
        return 0
    until, sent = now() + TURN, 0
    try:
        while now() < until and (delivery := _take(endpoint_id, now())) is not None:
            reached = _send(delivery, now(), resolve)
            sent += 1
            if not _told(delivery, reached, now()):
                break
    finally:
        Endpoint.objects.filter(pk=endpoint_id).update(calling_until=None)
    return sent


@transaction.atomic
def _begin(endpoint_id: int, at: dt.datetime) -> bool:
    """Take one of the few places of those who call, and the endpoint. Locks the endpoints, by id."""
    rows = ask(SLOTS + lock("e"))
    busy = {row.id for row in rows if row.calling_until is not None and row.calling_until > at}
    if endpoint_id in busy or len(busy) >= settings.CALLBACKS_AT_ONCE:
        return False
    return bool(Endpoint.objects.filter(pk=endpoint_id, active=True).update(calling_until=at + LEASE, called_at=at))


def _take(endpoint_id: int, at: dt.datetime) -> Delivery | None:
    """Take the next message whose turn it is: due, and none of its item waits before it."""
    found = ask_one(NEXT.format(due=DUE), [at, at, endpoint_id])
    if found is None or found.id is None:
        return None
    run("UPDATE reviews_endpoint SET calling_until = %s WHERE id = %s", [at + LEASE, endpoint_id])
    free = Delivery.objects.filter(pk=found.id, state=DeliveryState.WAITING).exclude(sending_until__gt=at)
    if not free.update(sending_until=at + LEASE, tries=F("tries") + 1, tried_at=at):
        return None
    return Delivery.objects.select_related("endpoint__project", "item", "outcome").get(pk=found.id)


def _send(delivery: Delivery, at: dt.datetime, resolve: Resolve) -> Reached:
    endpoint, body = delivery.endpoint, message(delivery)
    try:
        secrets = [
            taken_out(bytes(row.body), endpoint.uuid.bytes)
            for row in EndpointSecret.objects.filter(endpoint=endpoint).exclude(until_at__lte=at).order_by("-pk")
        ]
    except SecretUnread:
        return Reached(None, SecretUnread.sentence)
    headers = headers_of(secrets, delivery.message_id, int(at.timestamp()), body)
    return post(endpoint.url, body, headers, allowed=settings.CALLBACK_HOSTS, resolve=resolve)


def _told(delivery: Delivery, reached: Reached, at: dt.datetime) -> bool:
    """Write down what came of a message; tell whether the endpoint can be sent the next one now."""
    taken = reached.status is not None and 200 <= reached.status < 300
    state, next_at = DeliveryState.SENT, delivery.next_at
    if not taken:
        next_at = at + dt.timedelta(seconds=_pause(delivery.tries))
        over = reached.status == GONE or next_at >= delivery.until_at
        state = DeliveryState.FAILED if over else DeliveryState.WAITING
    mine = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.WAITING)
    mine.update(state=state, next_at=next_at, sending_until=None, status=reached.status, said=reached.said)
    if reached.status == GONE:
        switch_off_gone(endpoint=delivery.endpoint, why=GONE_SAID, by=clock(), at=at)
    failures = delivery.endpoint.failures + 1 if reached.status is None else 0
    rest = dt.timedelta(seconds=min(REST_S * 2 ** min(failures - 1, 10), LONGEST_REST_S))
    rests_until = at + rest if failures else None
    Endpoint.objects.filter(pk=delivery.endpoint_id).update(failures=failures, rests_until=rests_until)
    return reached.status not in (None, GONE)


def _pause(tries: int) -> float:
    """Give the seconds until the next try: exponential, less up to half of it at random, so that none come in step."""
    whole: float = min(FIRST_S * TIMES ** min(tries - 1, 12), LONGEST_S)
    return whole * (1.0 - random.SystemRandom().random() / 2)
