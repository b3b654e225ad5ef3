"""Past outcomes looked at anew after labels changed: found, and put up for re-review, with progress."""

import uuid

from django.db import models

from accounts.models import Person, Project
from audit.models import Event
from guidelines.models import TaxonomyVersion
from reviews.models.items import Item
from reviews.models.lines import Queue
from reviews.models.runs import Run
from reviews.models.work import Task


class RereviewState(models.TextChoices):
    """How far a run is: looking through the past, found and to be confirmed, opening tasks, or at its end."""

    LOOKING = "looking"
    FOUND = "found"
    OPENING = "opening"
    DONE = "done"
    STOPPED = "stopped"
    DROPPED = "dropped"


GOING = (RereviewState.LOOKING, RereviewState.OPENING)
NOT_THROUGH = (*GOING, RereviewState.FOUND)


class Rereview(Run):
    """One run over a project's outcomes in force that a change of labels affects.

    `labels` are the codes looked for, `segment` and `value` narrow them where given, `since` leaves out what was
    settled before. Items up to the id `last` belong to it; `cursor` is the last one looked at, `scanned` of `total`
    were, in opening from none again. In looking, `affected` outcomes name one of the labels (`counts` by label), given
    by a taxonomy in which it meant something else than in `taxonomy`, or whichever where it did not change; the bodies
    of `gone` are gone. Not among the affected: `kept` by an override or an appeal, which no re-review changes, and
    `unreleased`, settled but not in force yet. In opening, `opened` tasks are open in `queue`, a `share` of what is
    affected, drawn by the seed of `month`, for a `reason`; `passed` were not drawn, or could not be opened. What is
    asked for never changes, nor does what is confirmed, which is None before; of a whole share, `month` stays None.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, db_index=False)
    taxonomy = models.ForeignKey(TaxonomyVersion, on_delete=models.PROTECT, db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    labels = models.JSONField()
    segment = models.CharField(max_length=64, blank=True)
    value = models.CharField(max_length=64, blank=True)
    since = models.DateTimeField(null=True)
    last = models.BigIntegerField()
    cursor = models.BigIntegerField(default=0)
    total = models.IntegerField(default=0)
    scanned = models.IntegerField(default=0)
    affected = models.IntegerField(default=0)
    gone = models.IntegerField(default=0)
    kept = models.IntegerField(default=0)
    unreleased = models.IntegerField(default=0)
    counts = models.JSONField(default=dict)
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, null=True, db_index=False)
    share = models.CharField(max_length=16, null=True)
    reason = models.TextField(null=True)
    month = models.CharField(max_length=7, null=True)
    opened = models.IntegerField(default=0)
    passed = models.IntegerField(default=0)
    event = models.OneToOneField(Event, on_delete=models.PROTECT, null=True)
    state = models.CharField(max_length=8, choices=RereviewState, default=RereviewState.LOOKING)
    said = models.CharField(max_length=255, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=RereviewState.values), name="reviews_rereview_state"),
            models.CheckConstraint(
                condition=models.Q(state__in=["looking", "found", "dropped", "stopped"])
                | models.Q(event__isnull=False, queue__isnull=False),
                name="reviews_rereview_opened_whole",
            ),
            models.UniqueConstraint(
                fields=["project"], condition=models.Q(state__in=NOT_THROUGH), name="reviews_rereview_one_at_a_time"
            ),
        ]
        indexes = [models.Index(fields=["project", "-id"], name="reviews_rereview_newest")]

    def __str__(self) -> str:
        return f"Re-review {self.uuid} in {self.project_id}"

    @property
    def percent(self) -> int:
        """Say how much is done of what it does now, from 0 to 100."""
        return min(100, 100 * self.scanned // self.total) if self.total else 100

    @property
    def moving(self) -> bool:
        """Tell whether a worker is at it, or will be."""
        return self.state in GOING

    @property
    def waits(self) -> bool:
        """Tell whether its next part waits for a worker."""
        return self.moving and not self.tries

    @property
    def runs(self) -> bool:
        """Tell whether a worker began its next part."""
        return self.moving and self.tries > 0


class RereviewPick(models.Model):
    """One item that a run put up: the task it opened, whose event tells the run."""

    run = models.ForeignKey(Rereview, on_delete=models.PROTECT, related_name="picks", db_index=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+", db_index=False)
    task = models.OneToOneField(Task, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "item"], name="reviews_rereviewpick_once")]

    def __str__(self) -> str:
        return f"{self.task_id} of {self.run_id}"
