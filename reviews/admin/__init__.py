"""The loop in the Django admin: decision rights, written and published."""

from typing import TYPE_CHECKING

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import URLPattern

from accounts.entrance import guarded
from reviews.admin.drafts import discarding, draft, drafts
from reviews.admin.places import project, projects, publishers, version
from reviews.admin.publishing import proposal, publishing, withdrawal
from reviews.models import RightsVersion

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[models.Model]
else:
    ModelAdmin = admin.ModelAdmin


@admin.register(RightsVersion)
class RightsAdmin(ModelAdmin):
    """Decision rights: the rows are only read here, and the pages beside them call verbs."""

    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Refuse."""
        return False

    def get_urls(self) -> list[URLPattern]:
        """Give our own pages in the place of Django's: no address here writes a row by itself."""
        site = self.admin_site
        return [
            guarded(site, "", projects, "reviews_rightsversion_changelist"),
            guarded(site, "<slug:project>/", project, "rights"),
            guarded(site, "<slug:project>/publishers/", publishers, "rights-publishers"),
            guarded(site, "<slug:project>/versions/<int:number>/", version, "rights-version"),
            guarded(site, "<slug:project>/drafts/", drafts, "rights-drafts"),
            guarded(site, "<slug:project>/draft/", draft, "rights-draft"),
            guarded(site, "<slug:project>/draft/discarding/", discarding, "rights-discarding"),
            guarded(site, "<slug:project>/draft/publishing/", publishing, "rights-publishing"),
            guarded(site, "<slug:project>/draft/proposal/", proposal, "rights-proposal"),
            guarded(site, "<slug:project>/draft/proposal/withdrawal/", withdrawal, "rights-proposal-withdrawal"),
        ]
