"""Adjectives of projects and memberships; each takes the clock."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.apps import apps
from django.db.models import Exists, OuterRef, Q, QuerySet

if TYPE_CHECKING:
    from accounts.models import Membership, Project  # noqa: F401 - named in strings


class Projects(QuerySet["Project"]):
    """Projects, narrowed."""

    def visible_to(self, person_id: int, at: datetime) -> "Projects":
        """Keep those that a person has a standing role in; an owner of the installation sees all."""
        memberships: Memberships = apps.get_model("accounts", "Membership").objects.all()
        standing = memberships.standing(at).filter(person_id=person_id, project_id=OuterRef("pk"))
        owner = apps.get_model("accounts", "Person").objects.filter(pk=person_id, is_owner=True)
        return self.filter(Exists(standing) | Exists(owner))


class Memberships(QuerySet["Membership"]):
    """Memberships, narrowed."""

    def standing(self, at: datetime) -> "Memberships":
        """Keep those that have begun and not ended at this instant; the instant of the end is outside."""
        return self.filter(Q(until_at__isnull=True) | Q(until_at__gt=at), from_at__lte=at)
