"""Decision rights tried on the past."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, Project
from audit.models import Event
from reviews.models.runs import Run
from reviews.models.standing import RightsVersion


class ReplayState(models.TextChoices):
    """How far a replay is."""

    WAITING = "waiting", _("waiting to begin")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    CANCELLED = "cancelled", _("cancelled")
    FAILED = "failed", _("failed")


TO_COME = (ReplayState.WAITING, ReplayState.RUNNING)


class Replay(Run):
    """One document of decision rights tried on a project's past, and what came of it.

    `body` is the document as it would be published, `digest` its SHA-256, `base` the version in force when it was
    asked for, `number` that of the document where it is a published one. Items received from `since_at` on (None: all)
    with ids up to `last` are read, the newest first; those from `cursor` on are counted in `tally`. `done` of `total`
    say how far that is. `result` is JSON, its SHA-256 is in the ledger; `said` is the English sentence of a refusal.
    `segment` is the key that it is told apart by.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, db_index=False)
    asked_at = models.DateTimeField()
    base = models.ForeignKey(RightsVersion, on_delete=models.PROTECT, db_index=False)
    body = models.BinaryField()
    digest = models.CharField(max_length=64)
    number = models.IntegerField(null=True)
    segment = models.CharField(max_length=64, blank=True)
    since_at = models.DateTimeField(null=True)
    last = models.BigIntegerField()
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=ReplayState, default=ReplayState.WAITING)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    cursor = models.BigIntegerField(null=True)
    tally = models.TextField(default="{}")
    said = models.CharField(max_length=255, blank=True)
    result = models.TextField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=ReplayState.values), name="reviews_replay_state"),
            models.UniqueConstraint(
                fields=["project", "person"],
                condition=models.Q(state__in=TO_COME),
                name="reviews_replay_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(state=ReplayState.DONE, result__isnull=False, finished_at__isnull=False)
                | (~models.Q(state=ReplayState.DONE) & models.Q(result__isnull=True, finished_at__isnull=True)),
                name="reviews_replay_done_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["project", "-id"], name="reviews_replay_newest"),
            models.Index(
                fields=["project", "digest"], condition=models.Q(state="done"), name="reviews_replay_of_digest"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.digest[:8]} on the past of {self.project_id}"

    @property
    def percent(self) -> int:
        """Say how much of the past is read, from 0 to 99."""
        return min(99, 100 * self.done // self.total) if self.total else 0

    @property
    def to_come(self) -> bool:
        """Tell whether it waits for a worker or is running."""
        return self.state in TO_COME
