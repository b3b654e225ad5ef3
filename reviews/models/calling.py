"""Callbacks: who is called back, and each message on its way."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Project
from audit.models import Event, Log
from reviews.models.items import Item
from reviews.models.judgements import Outcome


class Told(models.TextChoices):
    """What an endpoint can be told of."""

    RELEASED = "outcome.released", _("An outcome is released")
    SUPERSEDED = "outcome.superseded", _("A released outcome is replaced by another")
    ESCALATED = "item.escalated", _("An item is escalated")
    HELD = "item.held", _("An item is held")
    WORK = "work.waiting", _("Something waits for people whom the rules of escalation name")


ABOUT_ITEMS = tuple(str(one) for one in Told.values if one != Told.WORK)
"""What an endpoint is told of the items that name it; of waiting work it is told for its project."""

TEST = "endpoint.test"


class Endpoint(models.Model):
    """Where a project's program is called back; items name it.

    `events` are of Told. `off_why` says in English why it was switched off by its own answer. While it does not answer
    at all it rests until `rests_until`, longer with each of `failures` in a row. `calling_until` is the lease of the
    worker that calls it now; `called_at` when one last began.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="endpoints")
    name = models.CharField(max_length=64)
    url = models.CharField(max_length=500)
    events = models.JSONField()
    active = models.BooleanField(default=True)
    off_why = models.CharField(max_length=255, blank=True)
    made_at = models.DateTimeField()
    failures = models.IntegerField(default=0)
    rests_until = models.DateTimeField(null=True)
    calling_until = models.DateTimeField(null=True)
    called_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="reviews_endpoint_name")]

    def __str__(self) -> str:
        return self.name


class EndpointSecret(models.Model):
    """A secret that signs an endpoint's messages, encrypted; one that was rotated out signs beside until its end."""

    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="secrets")
    body = models.BinaryField()
    made_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint"], condition=models.Q(until_at__isnull=True), name="reviews_endpointsecret_one_newest"
            )
        ]

    def __str__(self) -> str:
        return f"of {self.endpoint_id}"


class Callback(models.Model):
    """The endpoint that an item names."""

    item = models.OneToOneField(Item, on_delete=models.PROTECT, primary_key=True)
    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT)

    def __str__(self) -> str:
        return f"{self.item_id} to {self.endpoint_id}"


class CallbackWalk(models.Model):
    """How far a log has been read for what endpoints are told of: entries below `log_index` are done."""

    log = models.OneToOneField(Log, on_delete=models.PROTECT, primary_key=True)
    log_index = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.log_id}/{self.log_index}"


class DeliveryState(models.TextChoices):
    """How far a message is."""

    WAITING = "waiting", _("on its way")
    SENT = "sent", _("delivered")
    FAILED = "failed", _("failed")


class Delivery(models.Model):
    """One message to an endpoint, told of by one event; its body is made from the facts each time it is sent.

    `told` is of Told, or TEST; this and waiting work have no item and no event. It is tried at `next_at`, after `tries`
    times in vain, and given up at `until_at`; `sending_until` is the lease of the worker that sends it now. `status`
    and `said` are the last answer: its HTTP status (None: there was none) and its beginning, or what went wrong.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="deliveries", db_index=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, db_index=False)
    told = models.CharField(max_length=32)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, null=True, db_index=False)
    outcome = models.ForeignKey(Outcome, on_delete=models.PROTECT, null=True, db_index=False)
    happened_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=DeliveryState, default=DeliveryState.WAITING)
    tries = models.IntegerField(default=0)
    next_at = models.DateTimeField()
    until_at = models.DateTimeField()
    sending_until = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    status = models.IntegerField(null=True)
    said = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "event"], name="reviews_delivery_once_an_event"),
            models.CheckConstraint(condition=models.Q(state__in=DeliveryState.values), name="reviews_delivery_state"),
            models.CheckConstraint(
                condition=models.Q(told__in=[TEST, "work.waiting"], item__isnull=True, event__isnull=True)
                | models.Q(told__in=ABOUT_ITEMS, item__isnull=False, event__isnull=False),
                name="reviews_delivery_of_a_fact",
            ),
        ]
        indexes = [
            models.Index(
                fields=["endpoint", "next_at", "id"],
                condition=models.Q(state="waiting"),
                name="reviews_delivery_due",
            ),
            models.Index(fields=["item", "id"], condition=models.Q(state="waiting"), name="reviews_delivery_in_turn"),
            models.Index(fields=["endpoint", "-id"], name="reviews_delivery_newest"),
            models.Index(fields=["endpoint", "id"], condition=models.Q(state="failed"), name="reviews_delivery_failed"),
        ]

    def __str__(self) -> str:
        return f"{self.told} to {self.endpoint_id}"

    @property
    def word(self) -> str:
        """Say what it tells of."""
        return str(_("Test")) if self.told == TEST else str(Told(self.told).label)

    @property
    def message_id(self) -> str:
        """Give the `webhook-id`, the same each time that it is sent."""
        return f"msg_{self.uuid.hex}"
