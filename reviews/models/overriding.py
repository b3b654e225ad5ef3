"""Outcomes put aside: overrides, what became of them, appeals, and who had a part in an item outside its seats."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, Project, Service, Signature
from audit.models import Erasure, Event
from reviews.models.items import Item, erased_whole
from reviews.models.judgements import Outcome
from reviews.models.standing import RightsVersion
from reviews.models.work import Task


class Override(models.Model):
    """A new answer over a released outcome, as one person put it forward under a row of the decision rights.

    `body` is RFC 8785 {"output", "reason"}. `record` is RFC 8785 of what was put forward, by commitments; signatures
    are bound to its SHA-256, `digest`. `second`: somebody else has to sign it before `until_at`.
    """

    uuid = models.UUIDField(unique=True)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="overrides")
    over = models.ForeignKey(Outcome, on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    rights = models.ForeignKey(RightsVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    row = models.CharField(max_length=100)
    second = models.BooleanField()
    body = models.BinaryField(null=True)
    salt = models.BinaryField(null=True)
    commitment = models.BinaryField()
    erasure = models.ForeignKey(Erasure, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    record = models.BinaryField()
    digest = models.CharField(max_length=64)
    signature = models.OneToOneField(Signature, on_delete=models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(second=True, until_at__isnull=False, signature__isnull=False)
                | models.Q(second=False, until_at__isnull=True, signature__isnull=True),
                name="reviews_override_signed_where_asked",
            ),
            erased_whole("reviews_override_erased_whole"),
        ]

    def __str__(self) -> str:
        return f"{self.row} over {self.over_id}"


class End(models.TextChoices):
    """How an override ended: it stands, somebody declined it, it fell over what came meanwhile, its time ran out.

    Or whoever put it forward took it back.
    """

    DONE = "done", _("Done")
    DECLINED = "declined", _("Declined")
    FELL = "fell", _("Fell")
    LAPSED = "lapsed", _("Lapsed")
    TAKEN_BACK = "taken_back", _("Taken back")


class OverrideEnd(models.Model):
    """How one override ended; a proposal without such a row waits.

    `person` signed, declined or took it back, None where nobody did. `body` is RFC 8785 {"reason"}.
    """

    override = models.OneToOneField(Override, on_delete=models.PROTECT, primary_key=True, related_name="end")
    how = models.CharField(max_length=10, choices=End)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    signature = models.OneToOneField(Signature, on_delete=models.PROTECT, null=True, related_name="+")
    outcome = models.OneToOneField(Outcome, on_delete=models.PROTECT, null=True, related_name="override_end")
    body = models.BinaryField(null=True)
    salt = models.BinaryField(null=True)
    commitment = models.BinaryField()
    erasure = models.ForeignKey(Erasure, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    ended_at = models.DateTimeField()
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(how__in=End.values), name="reviews_overrideend_how"),
            models.CheckConstraint(
                condition=models.Q(how="done", outcome__isnull=False)
                | (~models.Q(how="done") & models.Q(outcome__isnull=True, signature__isnull=True)),
                name="reviews_overrideend_done_with_outcome",
            ),
            erased_whole("reviews_overrideend_erased_whole"),
        ]

    def __str__(self) -> str:
        return f"{self.override_id} {self.how}"


class Appeal(models.Model):
    """A complaint about the outcome in force, and the task that hears it.

    `body` is RFC 8785 of what was sent. It came from a service, or from a person on the item's page or by API.
    """

    uuid = models.UUIDField(unique=True)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="appeals")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    over = models.ForeignKey(Outcome, on_delete=models.PROTECT, related_name="+", db_index=False)
    task = models.OneToOneField(Task, on_delete=models.PROTECT, related_name="appeal")
    external_id = models.CharField(max_length=200, null=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    body = models.BinaryField(null=True)
    salt = models.BinaryField(null=True)
    commitment = models.BinaryField()
    erasure = models.ForeignKey(Erasure, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    received_at = models.DateTimeField()
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "external_id"], name="reviews_appeal_once"),
            erased_whole("reviews_appeal_erased_whole"),
        ]

    def __str__(self) -> str:
        return f"Appeal {self.uuid}"


class Involvement(models.Model):
    """A person had a part in an item outside its seats: an override put forward, signed or declined, an appeal raised.

    They sit in no apart task of it from then on. Whoever decided on an item, and took that back, is written here when
    an appeal opens.
    """

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "person"], name="reviews_involvement_once")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.item_id}"
