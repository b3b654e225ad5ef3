"""What is written of a model version: its cards, in force one at a time, and who has read them."""

from django.db import models
from django.db.models import Q

from accounts.models import Person
from audit.models import Event
from guidelines.models.versions import ModelVersion


class ModelCard(models.Model):
    """A published card of one model version; never changed but for its end.

    `body` is RFC 8785, as `guidelines.content.card_body` gives it; `digest` is its SHA-256 in hex. `summary` says what
    changed and why. `asks` repeats from the body that whoever claims acknowledges it first. `written_by` changed its
    draft last. It is in force from its publishing until the next one comes, or until it is retired: then with who and
    why.
    """

    model = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="cards", db_index=False)
    number = models.IntegerField()
    body = models.BinaryField()
    digest = models.CharField(max_length=64)
    summary = models.TextField()
    asks = models.BooleanField(default=False)
    written_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    published_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    published_at = models.DateTimeField()
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    reason = models.TextField(null=True)
    end_event = models.OneToOneField(Event, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["model", "number"], name="guidelines_modelcard_number"),
            models.UniqueConstraint(
                fields=["model"], condition=Q(ended_at__isnull=True), name="guidelines_modelcard_one_stands"
            ),
            models.CheckConstraint(condition=~Q(summary=""), name="guidelines_modelcard_says_why"),
            models.CheckConstraint(
                condition=Q(ended_by__isnull=True, reason__isnull=True, end_event__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False, reason__isnull=False, end_event__isnull=False),
                name="guidelines_modelcard_retired_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"Card {self.number} of {self.model_id}"

    @property
    def state(self) -> str:
        """Name where it stands: in force, superseded by the next one, or retired."""
        if self.ended_at is None:
            return "in_force"
        return "superseded" if self.reason is None else "retired"


class ModelCardDraft(models.Model):
    """The next card of a model version, as it stands while editors write it; `card` need not be right yet.

    `base` is the card in force when it was begun. `revision` grows with every change, so that two editors do not write
    over each other.
    """

    model = models.OneToOneField(ModelVersion, on_delete=models.PROTECT, related_name="+")
    base = models.ForeignKey(ModelCard, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    card = models.JSONField(default=dict)
    summary = models.TextField(blank=True)
    revision = models.IntegerField(default=1)
    changed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Draft of the card of {self.model_id}"


class CardAcknowledgement(models.Model):
    """One person has read one card and says so."""

    card = models.ForeignKey(ModelCard, on_delete=models.PROTECT, related_name="acknowledgements", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    acknowledged_at = models.DateTimeField()
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["card", "person"], name="guidelines_cardacknowledgement_once")]

    def __str__(self) -> str:
        return f"{self.person_id} read {self.card_id}"
