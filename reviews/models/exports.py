"""Exports that compliance asked for on a page."""

import datetime as dt
import uuid
from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, Project
from reviews.models.runs import Run


class Chosen(models.TextChoices):
    """What of a project is disclosed."""

    WHOLE = "whole", _("The whole project")
    DATES = "dates", _("What happened on some days")
    ITEM = "item", _("What happened to one item")


class ExportState(models.TextChoices):
    """How far an export is; `gone` is one whose file was removed when its time was over."""

    WAITING = "waiting", _("waiting to be written")
    RUNNING = "running", _("being written")
    DONE = "done", _("ready")
    FAILED = "failed", _("failed")
    GONE = "gone", _("file removed")


UNFINISHED = (ExportState.WAITING, ExportState.RUNNING)


class Export(Run):
    """What one person asked to have exported of a project, and what became of it; the row outlives its file.

    `since_at` and `until_at` bound the days (`until_at` itself not included), `item` is the item's id and `external_id`
    its name. `done` of `total` count what is written, in entries times files. Once it is done: entries [begin, end)
    against a tree of `size`, `manifest` the SHA-256 of manifest.note, `bytes` of the zip file, kept until `kept_until`.
    `said` is the English sentence of a refusal.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    asked_at = models.DateTimeField()
    chosen = models.CharField(max_length=8, choices=Chosen)
    since_at = models.DateTimeField(null=True)
    until_at = models.DateTimeField(null=True)
    item = models.UUIDField(null=True)
    external_id = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=8, choices=ExportState, default=ExportState.WAITING)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    begin = models.BigIntegerField(null=True)
    end = models.BigIntegerField(null=True)
    size = models.BigIntegerField(null=True)
    manifest = models.CharField(max_length=64, blank=True)
    bytes = models.BigIntegerField(null=True)
    kept_until = models.DateTimeField(null=True)
    said = models.CharField(max_length=255, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=ExportState.values), name="reviews_export_state"),
            models.UniqueConstraint(
                fields=["project", "person"],
                condition=models.Q(state__in=UNFINISHED),
                name="reviews_export_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["done", "gone"])
                | models.Q(bytes__isnull=False, kept_until__isnull=False, end__gt=models.F("begin")),
                name="reviews_export_done_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["project", "-id"], name="reviews_export_newest"),
            models.Index(fields=["kept_until"], condition=models.Q(state="done"), name="reviews_export_due"),
        ]

    def __str__(self) -> str:
        return f"{self.chosen} of {self.project_id}"

    @property
    def path(self) -> Path:
        """Say where its file is, or would be."""
        return Path(settings.EXPORTS) / f"{self.uuid}.zip"

    @property
    def percent(self) -> int:
        """Say how much of it is written, from 0 to 99: what comes after the last entry is not counted."""
        return min(99, 100 * self.done // self.total) if self.total else 0

    @property
    def last(self) -> int | None:
        """Give the index of its last entry."""
        return None if self.end is None else self.end - 1

    @property
    def last_at(self) -> dt.datetime | None:
        """Give an instant of the last day that it tells of."""
        return self.until_at and self.until_at - dt.timedelta(seconds=1)

    @property
    def one_day(self) -> bool:
        """Tell whether it tells of a single day, which has 23 to 25 hours."""
        if self.since_at is None or self.until_at is None:
            return False
        return self.until_at - self.since_at <= dt.timedelta(hours=25)

    @property
    def unfinished(self) -> bool:
        """Tell whether it waits for a worker or is being written."""
        return self.state in UNFINISHED
