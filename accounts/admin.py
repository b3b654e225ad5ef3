"""Lists for owners: people, their sign-ins and roles, projects, tokens. Verbs change them, not these pages."""

from typing import TYPE_CHECKING

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from accounts.models import Membership, Person, Project, Service, Token, User

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[models.Model]
else:
    ModelAdmin = admin.ModelAdmin


class Shown(ModelAdmin):
    """A list and its rows, to be read. `actions` is emptied, or Django would offer to delete."""

    actions = None
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Refuse."""
        return False


@admin.register(Person)
class PersonAdmin(Shown):
    """People."""

    list_display = ("name", "pseudonym", "is_owner", "created_at")
    list_filter = ("is_owner",)
    search_fields = ("name", "pseudonym", "users__email")
    ordering = ("name", "pk")
    exclude = ("head", "sseq")


@admin.register(User)
class UserAdmin(Shown):
    """Sign-ins."""

    list_display = ("email", "person", "is_active", "last_login")
    list_filter = ("is_active",)
    search_fields = ("email", "person__name")
    ordering = ("email",)
    exclude = ("password",)


@admin.register(Membership)
class MembershipAdmin(Shown):
    """Who is what where, and since when."""

    list_display = ("person", "project", "role", "team", "grade", "skills", "from_at", "until_at")
    list_filter = ("role", "project")
    list_select_related = ("person", "project")
    search_fields = ("person__name", "team")
    ordering = ("project__slug", "role", "person__name", "pk")


@admin.register(Project)
class ProjectAdmin(Shown):
    """Projects."""

    list_display = ("name", "slug", "task_type", "time_zone", "currency", "language", "created_at")
    list_filter = ("task_type",)
    search_fields = ("name", "slug")
    ordering = ("name",)
    exclude = ("head", "sseq")


@admin.register(Service)
class ServiceAdmin(Shown):
    """Programs with a name of their own."""

    list_display = ("name", "pseudonym", "created_at")
    search_fields = ("name", "pseudonym")
    ordering = ("name",)


@admin.register(Token)
class TokenAdmin(Shown):
    """Keys to the API; their text is nowhere."""

    list_display = ("uuid", "person", "service", "scopes", "created_at", "until_at", "ended_at")
    list_select_related = ("person", "service")
    list_filter = ("projects",)
    ordering = ("-created_at",)
    exclude = ("digest",)
