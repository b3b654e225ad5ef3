"""What people said, what they took back, and the answers that came of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, Project
from audit.models import Erasure, Event
from reviews.models.items import Item, erased_whole
from reviews.models.work import Claim, Seat, Task


class Verdict(models.TextChoices):
    """What a person said of a proposal."""

    APPROVE = "approve", _("Approve")
    CORRECT = "correct", _("Correct")
    REJECT = "reject", _("Reject")
    ESCALATE = "escalate", _("Escalate")
    SKIP = "skip", _("Skip")
    RETURN = "return", _("Return")


class Decision(models.Model):
    """One person's submitted judgement, attempt n on a task.

    `body` is RFC 8785 {"sent": as it came, "output": what it amounts to, "differences": from the proposal}; an
    approval's output is the proposal's, a rejection's is null. An escalated task alone is returned, to the level below.
    """

    uuid = models.UUIDField(unique=True)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="decisions", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, db_index=False)
    attempt = models.IntegerField()
    prev_attempt = models.IntegerField(null=True)
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, db_index=False)
    claim = models.OneToOneField(Claim, on_delete=models.PROTECT)
    verdict = models.CharField(max_length=8, choices=Verdict)
    body = models.BinaryField(null=True)
    salt = models.BinaryField(null=True)
    commitment = models.BinaryField()
    erasure = models.ForeignKey(Erasure, on_delete=models.PROTECT, null=True, db_index=False)
    active_ms = models.IntegerField(null=True)
    mode = models.CharField(max_length=8, default="single")
    via = models.CharField(max_length=8)
    decided_at = models.DateTimeField()
    event = models.OneToOneField(Event, on_delete=models.PROTECT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "person", "attempt"], name="reviews_decision_attempt"),
            models.CheckConstraint(
                condition=models.Q(attempt=1, prev_attempt__isnull=True)
                | models.Q(attempt__gt=1, prev_attempt=models.F("attempt") - 1),
                name="reviews_decision_follows",
            ),
            models.CheckConstraint(condition=models.Q(verdict__in=Verdict.values), name="reviews_decision_verdict"),
            models.CheckConstraint(condition=models.Q(mode__in=["single", "batch"]), name="reviews_decision_mode"),
            erased_whole("reviews_decision_erased_whole"),
        ]
        indexes = [models.Index(fields=["person", "id"], name="reviews_decision_mine")]

    def __str__(self) -> str:
        return f"{self.verdict} {self.uuid}"


class Withdrawal(models.Model):
    """A decision taken back before its outcome was released.

    Its own author did it, or an adjudicator who returned it to them for rework: then `returned_by` is that person.
    """

    task = models.ForeignKey(Task, on_delete=models.PROTECT, db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, db_index=False)
    attempt = models.IntegerField()
    withdrawn_at = models.DateTimeField()
    returned_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    event = models.OneToOneField(Event, on_delete=models.PROTECT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "person", "attempt"], name="reviews_withdrawal_once"),
            models.CheckConstraint(
                condition=models.Q(returned_by__isnull=True) | ~models.Q(returned_by=models.F("person")),
                name="reviews_withdrawal_returned_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} on {self.task_id}"


class Feed(models.Model):
    """The counter of a project's released outcomes, and the end of its ledger stream; locked last."""

    project = models.OneToOneField(Project, on_delete=models.PROTECT, primary_key=True)
    next_position = models.BigIntegerField(default=1)
    sseq = models.IntegerField(default=0)
    head = models.BinaryField(null=True)

    def __str__(self) -> str:
        return str(self.project_id)


class Source(models.TextChoices):
    """Where an outcome came from."""

    MODEL = "model", _("Model")
    REVIEWER = "reviewer", _("Reviewer")
    CONSENSUS = "consensus", _("Consensus")
    ADJUDICATOR = "adjudicator", _("Adjudicator")
    AUDIT = "audit", _("Audit")
    OVERRIDE = "override", _("Override")
    APPEAL = "appeal", _("Appeal")


MADE_BY = {
    "work": ["reviewer", "consensus"],
    "learning": ["reviewer", "consensus"],
    "adjudication": ["adjudicator"],
    "escalation": ["adjudicator"],
    "audit": ["audit"],
    "second": ["audit"],
    "rereview": ["audit"],
    "appeal": ["appeal"],
}


def _sources() -> models.Q:
    allowed = models.Q(task__isnull=True, task_kind__isnull=True, source__in=["model", "override"])
    for kind, sources in MADE_BY.items():
        allowed |= models.Q(task__isnull=False, task_kind=kind, source__in=sources)
    return allowed


class Outcome(models.Model):
    """The answer for an item: numbered, settled, then released with a place in the feed, or annulled.

    `body` is RFC 8785 {"output": ...}. `task` and `task_kind` are given together; (task, task_kind, item) is a task's
    own (id, kind, item), and only settling kinds make outcomes.
    """

    uuid = models.UUIDField(unique=True)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="outcomes", db_index=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, db_index=False)
    number = models.IntegerField()
    supersedes = models.IntegerField(null=True)
    source = models.CharField(max_length=16, choices=Source)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, null=True)
    task_kind = models.CharField(max_length=16, null=True)
    body = models.BinaryField(null=True)
    salt = models.BinaryField(null=True)
    commitment = models.BinaryField()
    erasure = models.ForeignKey(Erasure, on_delete=models.PROTECT, null=True, db_index=False)
    settled_at = models.DateTimeField()
    release_at = models.DateTimeField()
    event = models.ForeignKey(Event, on_delete=models.PROTECT, db_index=False)
    position = models.BigIntegerField(null=True)
    released_at = models.DateTimeField(null=True)
    annulled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="reviews_outcome_number"),
            models.UniqueConstraint(fields=["project", "position"], name="reviews_outcome_position"),
            models.UniqueConstraint(
                fields=["task"],
                condition=models.Q(annulled_at__isnull=True, task__isnull=False),
                name="reviews_outcome_one_a_task",
            ),
            models.CheckConstraint(
                condition=models.Q(position__isnull=True) | models.Q(released_at__isnull=False),
                name="reviews_outcome_released_in_order",
            ),
            models.CheckConstraint(
                condition=models.Q(released_at__isnull=True) | models.Q(annulled_at__isnull=True),
                name="reviews_outcome_released_or_annulled",
            ),
            models.CheckConstraint(condition=_sources(), name="reviews_outcome_source_of_kind"),
            erased_whole("reviews_outcome_erased_whole"),
        ]
        indexes = [
            models.Index(
                fields=["project", "release_at", "id"],
                condition=models.Q(position__isnull=True, annulled_at__isnull=True),
                name="reviews_outcome_due",
            )
        ]

    def __str__(self) -> str:
        return f"Outcome {self.number} of {self.item_id}"
