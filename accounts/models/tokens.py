"""What lets a program in."""

import uuid

from django.db import models

from accounts.models.people import Person
from accounts.models.places import Project


class Scope(models.TextChoices):
    """What a token may be used for."""

    ITEMS_WRITE = "items:write"
    ITEMS_READ = "items:read"
    OUTCOMES_READ = "outcomes:read"
    ASSETS_WRITE = "assets:write"
    PREDICTIONS_WRITE = "predictions:write"
    AUDIT_READ = "audit:read"
    DECISIONS_WRITE = "decisions:write"


class Service(models.Model):
    """A program that has a name of its own: the model's system."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    pseudonym = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=100)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name"], name="accounts_service_name_once")]

    def __str__(self) -> str:
        return self.name


class Token(models.Model):
    """A key to the API, of a service or of a person, stored as its SHA-256; shown once."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    digest = models.BinaryField(unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="tokens")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, null=True, related_name="tokens")
    projects = models.ManyToManyField(Project, related_name="tokens")
    scopes = models.JSONField()
    writes_decisions = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    until_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(person__isnull=False, service__isnull=True)
                | models.Q(person__isnull=True, service__isnull=False),
                name="accounts_token_one_bearer",
            ),
            models.CheckConstraint(
                condition=models.Q(writes_decisions=False) | models.Q(person__isnull=False),
                name="accounts_token_only_people_decide",
            ),
        ]

    def __str__(self) -> str:
        return str(self.uuid)
