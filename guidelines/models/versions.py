"""What decisions are judged by: model versions, taxonomy versions, guideline versions."""

import uuid

from django.db import models

from accounts.models import Person, Project
from audit.models import Event


class ModelVersion(models.Model):
    """One version of a model in a project, from when it was first seen."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="model_versions", db_index=False)
    name = models.CharField(max_length=100)
    version = models.CharField(max_length=100)
    first_seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "name", "version"], name="guidelines_modelversion_once")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class TaxonomyVersion(models.Model):
    """A published set of labels, error categories and attributes, or a form's schema; never changed.

    `body` is RFC 8785, as `guidelines.content.taxonomy_body` gives it; `digest` is its SHA-256 in hex. `edited` tells
    that it came out of an editor's draft, not out of a project's file.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="taxonomies", db_index=False)
    number = models.IntegerField()
    body = models.BinaryField()
    digest = models.CharField(max_length=64)
    edited = models.BooleanField(default=False)
    published_at = models.DateTimeField()
    event = models.OneToOneField(Event, on_delete=models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="guidelines_taxonomyversion_number")]

    def __str__(self) -> str:
        return f"Taxonomy {self.number} of {self.project_id}"


class GuidelineVersion(models.Model):
    """A published guideline in one language, on one taxonomy version; never changed.

    `body` is RFC 8785: {"language", "taxonomy": digest, "sections", "examples", "acknowledge"?} as
    `guidelines.content.guideline_body` gives it, or, from a project's file, {"language", "taxonomy", "text": Markdown};
    `digest` is its SHA-256 in hex. `summary` says what changed and why. `agreed_by` is the second editor, where one
    read it. `to_acknowledge` repeats from the body that whoever claims acknowledges it first.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="guidelines", db_index=False)
    number = models.IntegerField()
    taxonomy = models.ForeignKey(TaxonomyVersion, on_delete=models.PROTECT)
    body = models.BinaryField()
    digest = models.CharField(max_length=64)
    edited = models.BooleanField(default=False)
    summary = models.TextField(blank=True, default="")
    to_acknowledge = models.BooleanField(default=False)
    published_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    agreed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    published_at = models.DateTimeField()
    event = models.OneToOneField(Event, on_delete=models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="guidelines_guidelineversion_number")]

    def __str__(self) -> str:
        return f"Guideline {self.number} of {self.project_id}"
