"""The humans, their sign-ins, and their roles in projects."""

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models.places import Project
from accounts.querysets import Memberships


class Role(models.TextChoices):
    """What a person may be in a project; the same codes stand in the decision rights."""

    REVIEWER = "reviewer", _("Reviewer")
    ADJUDICATOR = "adjudicator", _("Adjudicator")
    OPERATIONS = "operations", _("Operations")
    GUIDELINE_EDITOR = "guideline_editor", _("Guideline editor")
    COMPLIANCE = "compliance", _("Compliance")
    RECORDS_OFFICER = "records_officer", _("Records officer")


class Person(models.Model):
    """One human; every rule that asks for a different person means another row of this table."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    pseudonym = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=100)
    is_owner = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    sseq = models.IntegerField(default=0)
    head = models.BinaryField(null=True)

    def __str__(self) -> str:
        return self.name


class Users(BaseUserManager["User"]):
    """Looks users up by e-mail, whatever the case of its letters, each with their person and what they prefer."""

    def get_queryset(self) -> models.QuerySet["User"]:
        """Give users with their person and preference at hand."""
        return super().get_queryset().select_related("person", "person__preference")

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find the user whose e-mail this is."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """One sign-in of a person."""

    email = models.EmailField(unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="users")
    is_active = models.BooleanField(default=True)

    objects: ClassVar[Users] = Users()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="accounts_user_email_once")]

    def __str__(self) -> str:
        return self.email

    @property
    def is_staff(self) -> bool:
        """Tell the Django admin who may enter: owners of the installation."""
        return self.is_active and self.person.is_owner

    is_superuser = is_staff

    def has_perm(self, perm: str, obj: object | None = None) -> bool:
        """Let an owner see every page of the admin."""
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        """Let an owner see every app of the admin."""
        return self.is_staff


class Membership(models.Model):
    """A person's role in a project, from one instant until another; ended, never deleted."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=32, choices=Role)
    team = models.CharField(max_length=100, blank=True)
    grade = models.CharField(max_length=50, blank=True)
    skills = models.JSONField(default=list)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)

    objects = Memberships.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "project", "role"],
                condition=models.Q(until_at__isnull=True),
                name="accounts_membership_one_standing",
            ),
            models.CheckConstraint(
                condition=models.Q(until_at__isnull=True) | models.Q(until_at__gte=models.F("from_at")),
                name="accounts_membership_ends_after_start",
            ),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="accounts_membership_role"),
        ]

    def __str__(self) -> str:
        return f"{self.person} is {self.role} in {self.project}"
