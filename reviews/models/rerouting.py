"""Held items routed again all together, once the switch that held them is turned back."""

import uuid

from django.db import models

from accounts.models import Person, Project
from reviews.models.runs import Run


class ReroutingState(models.TextChoices):
    """How far it is; `stopped` is one that could not go on."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


UNDONE = (ReroutingState.WAITING, ReroutingState.RUNNING)


class Rerouting(Run):
    """One run over a project's items that a switch held: `done` of `total` are routed again, `left` could not be.

    `person` is who asked (None: a command on the installation's machine), `said` the English sentence of why it
    stopped.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, db_index=False)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=ReroutingState, default=ReroutingState.WAITING)
    total = models.IntegerField(default=0)
    done = models.IntegerField(default=0)
    left = models.IntegerField(default=0)
    said = models.CharField(max_length=255, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=ReroutingState.values), name="reviews_rerouting_state"),
            models.UniqueConstraint(
                fields=["project"], condition=models.Q(state__in=UNDONE), name="reviews_rerouting_one_at_a_time"
            ),
        ]
        indexes = [models.Index(fields=["project", "-id"], name="reviews_rerouting_newest")]

    def __str__(self) -> str:
        return f"{self.done} of {self.total} in {self.project_id}"

    @property
    def percent(self) -> int:
        """Say how much of it is done, from 0 to 100."""
        return 100 * (self.done + self.left) // self.total if self.total else 100

    @property
    def undone(self) -> bool:
        """Tell whether it waits for a worker or goes on."""
        return self.state in UNDONE
