"""Items, what models said of them, and why they went where they went."""

from django.db import models
from django.utils.translation import pgettext_lazy

from accounts.models import Project
from audit.models import Erasure, Event
from guidelines.models import ModelVersion
from reviews.models.standing import RightsVersion


def erased_whole(name: str) -> models.CheckConstraint:
    """Hold that body and salt are gone together, and only by an erasure."""
    return models.CheckConstraint(
        condition=models.Q(body__isnull=False, salt__isnull=False, erasure__isnull=True)
        | models.Q(body__isnull=True, salt__isnull=True, erasure__isnull=False),
        name=name,
    )


class ItemState(models.TextChoices):
    """Milestones that verbs holding the item's lock write; `in_review` and `escalated` are read from its tasks."""

    ACCEPTED = "accepted"
    OPEN = "open"
    HELD = "held"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    ERASED = "erased"


class Impact(models.TextChoices):
    """What a wrong answer does."""

    NORMAL = "normal", pgettext_lazy("impact", "Normal")
    HIGH = "high", pgettext_lazy("impact", "High")


class Item(models.Model):
    """One work unit that a model was asked about; `body` is the RFC 8785 form of what was sent.

    `sseq` and `head` are the end of its ledger stream. `decide_by` is when its answer is wanted at the latest;
    `deadline_at` is that time until the clock has done at it what the decision rights say.
    """

    uuid = models.UUIDField(unique=True)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="items", db_index=False)
    external_id = models.CharField(max_length=200)
    received_at = models.DateTimeField()
    impact = models.CharField(max_length=8, choices=Impact)
    cost = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    units = models.IntegerField(default=1)
    body = models.BinaryField(null=True)
    salt = models.BinaryField(null=True)
    commitment = models.BinaryField()
    erasure = models.ForeignKey(Erasure, on_delete=models.PROTECT, null=True, db_index=False)
    decide_by = models.DateTimeField(null=True)
    deadline_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=16, choices=ItemState)
    sseq = models.IntegerField()
    head = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "external_id"], name="reviews_item_once"),
            models.CheckConstraint(condition=models.Q(state__in=ItemState.values), name="reviews_item_state"),
            erased_whole("reviews_item_erased_whole"),
        ]
        indexes = [
            models.Index(fields=["project", "id"], name="reviews_item_newest"),
            models.Index(fields=["project", "id"], condition=models.Q(state="held"), name="reviews_item_held"),
            models.Index(
                fields=["deadline_at"], condition=models.Q(deadline_at__isnull=False), name="reviews_item_deadline"
            ),
        ]

    def __str__(self) -> str:
        return self.external_id


class Prediction(models.Model):
    """What one model version proposed for an item, confidence from 0 to 1.

    `body` is RFC 8785 {"prediction", "scores"}. The one that routed the item is told by the item's own event; a further
    one, shadow or evaluation, has an `event`, its `confidence` in the body too, and a `problem` where it names a label
    that the project did not have, `unknown_label`, or had no more, `retired_label`.
    """

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="predictions", db_index=False)
    model_version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, db_index=False)
    purpose = models.CharField(max_length=16)
    confidence = models.DecimalField(max_digits=20, decimal_places=18, null=True)
    problem = models.CharField(max_length=64, blank=True, db_default="")
    event = models.ForeignKey(Event, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    body = models.BinaryField(null=True)
    salt = models.BinaryField(null=True)
    commitment = models.BinaryField()
    erasure = models.ForeignKey(Erasure, on_delete=models.PROTECT, null=True, db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item"], condition=models.Q(purpose="route"), name="reviews_prediction_one_route"
            ),
            models.UniqueConstraint(
                fields=["item", "model_version", "purpose"],
                condition=models.Q(event__isnull=False),
                name="reviews_prediction_once",
            ),
            models.UniqueConstraint(
                fields=["event"], condition=models.Q(event__isnull=False), name="reviews_prediction_event"
            ),
            models.CheckConstraint(
                condition=models.Q(purpose="route", event__isnull=True)
                | (models.Q(event__isnull=False) & ~models.Q(purpose="route")),
                name="reviews_prediction_told",
            ),
            models.CheckConstraint(
                condition=models.Q(purpose__in=["route", "shadow", "evaluation"]), name="reviews_prediction_purpose"
            ),
            models.CheckConstraint(
                condition=models.Q(confidence__isnull=True) | models.Q(confidence__gte=0, confidence__lte=1),
                name="reviews_prediction_confidence",
            ),
            erased_whole("reviews_prediction_erased_whole"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} of {self.item_id}"


class Route(models.Model):
    """Why an item went where it went. The newest route of an item governs.

    `conditions` and `draws` are JSON text as contract.md shows them.
    """

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="routes", db_index=False)
    number = models.IntegerField()
    arm = models.CharField(max_length=8)
    rule = models.CharField(max_length=200)
    problem = models.CharField(max_length=64, blank=True)
    conditions = models.TextField()
    rights = models.ForeignKey(RightsVersion, on_delete=models.PROTECT, db_index=False)
    switch = models.CharField(max_length=16)
    draws = models.TextField()
    routed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="reviews_route_number"),
            models.CheckConstraint(condition=models.Q(arm__in=["accept", "review", "hold"]), name="reviews_route_arm"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} took {self.item_id}"
