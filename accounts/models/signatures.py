"""What people signed."""

from django.db import models

from accounts.models.people import Person
from audit.models import Event


class Signature(models.Model):
    """One person's signature: who, by what name they signed, when, what it means, and the record it is bound to.

    `digest` is the SHA-256 of the record's RFC 8785 bytes, 64 hex digits. The password was checked right before.
    """

    uuid = models.UUIDField(unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="signatures")
    name = models.CharField(max_length=100)
    meaning = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    signed_at = models.DateTimeField()
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "digest"], name="accounts_signature_once")]

    def __str__(self) -> str:
        return f"{self.name}: {self.meaning}"
