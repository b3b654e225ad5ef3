"""The installation and its projects."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.querysets import Projects
from audit.models import Log


class TaskType(models.TextChoices):
    """The shape of a project's output."""

    CLASSIFICATION = "classification", _("Classification")
    DETECTION = "detection", _("Detection")
    SEGMENTATION = "segmentation", _("Segmentation")
    TRANSCRIPT = "transcript", _("Transcript")
    EVENTS = "events", _("Events")
    REDACTION = "redaction", _("Redaction")
    FIELDS = "fields", _("Fields")
    SPANS = "spans", _("Spans")
    FORM = "form", _("Form")


class Installation(models.Model):
    """This installation: its id, and the pseudonym of its clock. There is one row."""

    id = models.IntegerField(primary_key=True, default=1)
    uuid = models.UUIDField(default=uuid.uuid4)
    clock = models.CharField(max_length=64)
    sseq = models.IntegerField(default=0)
    head = models.BinaryField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="accounts_installation_is_one")]

    def __str__(self) -> str:
        return str(self.uuid)


class Project(models.Model):
    """One use of a model under oversight, with its task type and its log."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    slug = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=100)
    task_type = models.CharField(max_length=16, choices=TaskType)
    log = models.ForeignKey(Log, on_delete=models.PROTECT)
    time_zone = models.CharField(max_length=64, default="UTC")
    currency = models.CharField(max_length=3, default="EUR")
    language = models.CharField(max_length=16, default="en")
    created_at = models.DateTimeField()
    sseq = models.IntegerField(default=0)
    head = models.BinaryField(null=True)

    objects = Projects.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(task_type__in=TaskType.values), name="accounts_project_task_type")
        ]

    def __str__(self) -> str:
        return self.name
