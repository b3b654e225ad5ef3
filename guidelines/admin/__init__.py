"""Guidelines in the Django admin: written, compared, published and ended."""

from typing import TYPE_CHECKING

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import URLPattern

from accounts.entrance import View, guarded
from guidelines.admin import cards, drafts, examples, importing, labelling, moving, places, publishing, sections
from guidelines.models import GuidelineVersion

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[models.Model]
else:
    ModelAdmin = admin.ModelAdmin

CARD = "<slug:project>/cards/<int:model>/"
DRAFT = "<slug:project>/draft/<str:language>/"
PAGES: list[tuple[str, View, str]] = [
    ("<slug:project>/", places.project, ""),
    ("<slug:project>/second-editor/", places.second, "-second"),
    ("<slug:project>/versions/<int:number>/", places.version, "-version"),
    ("<slug:project>/versions/<int:number>/ending/", places.ending, "-ending"),
    ("<slug:project>/drafts/", drafts.drafts, "-drafts"),
    ("<slug:project>/cards/", cards.cards, "-cards"),
    (CARD, cards.card, "-card"),
    (f"{CARD}draft/", cards.draft, "-card-draft"),
    (f"{CARD}draft/preview/", cards.preview, "-card-preview"),
    (f"{CARD}draft/publishing/", cards.publishing, "-card-publishing"),
    (f"{CARD}draft/discarding/", cards.discarding, "-card-discarding"),
    (f"{CARD}retiring/", cards.retiring, "-card-retiring"),
    ("<slug:project>/importing/", importing.importing, "-importing"),
    (DRAFT, drafts.draft, "-draft"),
    (f"{DRAFT}facts/", drafts.facts, "-facts"),
    (f"{DRAFT}source/", drafts.source, "-source"),
    (f"{DRAFT}acts/", moving.acts, "-acts"),
    (f"{DRAFT}discarding/", drafts.discarding, "-discarding"),
    (f"{DRAFT}rebasing/", drafts.rebasing, "-rebasing"),
    (f"{DRAFT}preview/", sections.preview, "-preview"),
    (f"{DRAFT}sections/", sections.sections, "-sections"),
    (f"{DRAFT}sections/<path:part>/", sections.section, "-section"),
    (f"{DRAFT}labels/", labelling.labels, "-labels"),
    (f"{DRAFT}labels/mapping/", labelling.mapping, "-mapping"),
    (f"{DRAFT}labels/<str:code>/steps/<slug:act>/", labelling.step, "-step"),
    (f"{DRAFT}terms/<slug:what>/", labelling.terms, "-terms"),
    (f"{DRAFT}terms/<slug:what>/<path:code>/", labelling.term, "-term"),
    (f"{DRAFT}examples/", examples.examples, "-examples"),
    (f"{DRAFT}examples/<path:part>/", examples.example, "-example"),
    (f"{DRAFT}publishing/", publishing.publishing, "-publishing"),
    (f"{DRAFT}proposal/", publishing.proposal, "-proposal"),
    (f"{DRAFT}answer/", publishing.answer, "-answer"),
]


@admin.register(GuidelineVersion)
class GuidelinesAdmin(ModelAdmin):
    """Guidelines: the rows are only read here, and the pages beside them call verbs."""

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
        pages = [guarded(site, route, view, f"guidelines{name}") for route, view, name in PAGES]
        return [guarded(site, "", places.projects, "guidelines_guidelineversion_changelist"), *pages]
