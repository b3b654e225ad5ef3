"""What long runs have in common: exports, replays, reroutings, re-reviews."""

from datetime import datetime
from typing import Any

from django.db import models


class Run(models.Model):
    """Work that somebody asked for and a worker does; `moved_at` is when it last went on, `tries` how often one began.

    A kind of run whose `state` tells more than waiting and running says by `waits` and `runs` what a worker finds.
    """

    moved_at = models.DateTimeField()
    tries = models.IntegerField(default=0)
    state: Any

    class Meta:
        abstract = True

    @property
    def waits(self) -> bool:
        """Tell whether no worker has begun it."""
        return bool(self.state == "waiting")

    @property
    def runs(self) -> bool:
        """Tell whether a worker began it and it has not ended."""
        return bool(self.state == "running")

    def take_up(self, at: datetime) -> None:
        """Note that a worker begins."""
        if self.state == "waiting":
            self.state = "running"
        self.moved_at, self.tries = at, self.tries + 1
