"""What people are told outside the pages: each thing once, gathered in a postbox until an e-mail takes it along."""

from django.db import models

from accounts.models import Person, Project
from audit.models import Event, Log
from reviews.models.items import Item
from reviews.models.lines import Queue
from reviews.models.overriding import Override
from reviews.models.questions import Question
from reviews.models.work import Task


class Why(models.TextChoices):
    """Why somebody is told: their role is, of what was escalated, held or asked; or it waits for exactly them.

    `answered` is for whoever asked a question that has its end now.
    """

    ESCALATED = "escalated"
    HELD = "held"
    RETURNED = "returned"
    SIGNATURE = "signature"
    QUESTION = "question"
    ANSWERED = "answered"


class NoticeState(models.TextChoices):
    """How far a notice is; dropped is what was settled, or no longer theirs, before it was sent."""

    WAITING = "waiting"
    MAILED = "mailed"
    DROPPED = "dropped"


class Notice(models.Model):
    """One thing that one person is told, because of one event.

    `roles` are those that are told of it, one of which they have; [] where they are told for what they did themselves.
    It is about an item, or about a question on the guideline.
    `ended_at` is when it was mailed or dropped.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+", db_index=False)
    why = models.CharField(max_length=9, choices=Why)
    roles = models.JSONField(default=list)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    question = models.ForeignKey(Question, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    override = models.ForeignKey(Override, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    happened_at = models.DateTimeField()
    noted_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=NoticeState, default=NoticeState.WAITING)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "event"], name="reviews_notice_once_an_event"),
            models.CheckConstraint(condition=models.Q(why__in=Why.values), name="reviews_notice_why"),
            models.CheckConstraint(
                condition=models.Q(state="waiting", ended_at__isnull=True)
                | models.Q(state__in=["mailed", "dropped"], ended_at__isnull=False),
                name="reviews_notice_ended",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    why__in=["escalated", "returned"], item__isnull=False, task__isnull=False, queue__isnull=False
                )
                | models.Q(why="held", item__isnull=False, queue__isnull=False)
                | models.Q(why="signature", item__isnull=False, override__isnull=False)
                | models.Q(why__in=["question", "answered"], item__isnull=True, question__isnull=False),
                name="reviews_notice_of_a_fact",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "id"], condition=models.Q(state="waiting"), name="reviews_notice_waiting"),
            models.Index(fields=["ended_at"], condition=models.Q(ended_at__isnull=False), name="reviews_notice_over"),
        ]

    def __str__(self) -> str:
        return f"{self.why} to {self.person_id}"

    @property
    def project(self) -> Project:
        """Give the project that it is of."""
        about = self.item or self.question
        assert about is not None
        return about.project


class NoticeWalk(models.Model):
    """How far a log has been read for what people are told of: entries below `log_index` are done."""

    log = models.OneToOneField(Log, on_delete=models.PROTECT, primary_key=True)
    log_index = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.log_id}/{self.log_index}"


class Postbox(models.Model):
    """What one person's notices wait in.

    It is looked at again at `next_at` (None: nothing waits), but not before `rests_until`, after `tries` in vain, the
    last at `tried_at`; `said` is what went wrong, in the words of the mail server or of whoever called it.
    `sending_until` is the lease of the worker that has it. `sent_at` is when a mail server last took an e-mail.
    """

    person = models.OneToOneField(Person, on_delete=models.PROTECT, primary_key=True, related_name="postbox")
    next_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    sending_until = models.DateTimeField(null=True)
    tries = models.IntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    rests_until = models.DateTimeField(null=True)
    said = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "postboxes"
        indexes = [
            models.Index(fields=["next_at"], condition=models.Q(next_at__isnull=False), name="reviews_postbox_due"),
        ]

    def __str__(self) -> str:
        return f"of {self.person_id}"
