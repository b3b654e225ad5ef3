"""What audits found of models' answers, counted for whoever reads a confidence."""

from django.db import models

from audit.models import Log
from guidelines.models import ModelVersion
from reviews.models.work import Task


class AuditWalk(models.Model):
    """How far a log has been read for what audits found: entries below `log_index` are done."""

    log = models.OneToOneField(Log, on_delete=models.PROTECT, primary_key=True)
    log_index = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.log_id}/{self.log_index}"


class AuditFinding(models.Model):
    """What one audit found of an answer that a model had given and nobody had looked at; drawn by chance at rate `pi`.

    `task` settled it. `label` is what the model had said ("" where its answers have no labels, or its words are gone),
    `band` the place of its confidence among `reviews.rights.changed.EDGES`. `changed` tells that people answered
    otherwise. It counts from `counts_at` on: until then it can be taken back. Worked out from the ledger.
    """

    task = models.OneToOneField(Task, on_delete=models.PROTECT, primary_key=True)
    model = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    label = models.CharField(max_length=200)
    band = models.SmallIntegerField()
    pi = models.CharField(max_length=40)
    changed = models.BooleanField()
    counts_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["model", "counts_at"], name="reviews_auditfinding_of")]

    def __str__(self) -> str:
        return f"{self.task_id}: {'changed' if self.changed else 'as it was'}"


class Audited(models.Model):
    """How often people changed what a model version had answered, by label and confidence, as last counted.

    `body` is RFC 8785, as `reviews.rights.changed.Sheet` reads it; `digest` is its SHA-256 in hex. `counted_at` is None
    where findings came or went since.
    """

    model = models.OneToOneField(ModelVersion, on_delete=models.PROTECT, primary_key=True, related_name="+")
    body = models.BinaryField()
    digest = models.CharField(max_length=64)
    counted_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "audited"

    def __str__(self) -> str:
        return f"Audits of {self.model_id}"
