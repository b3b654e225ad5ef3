from django.apps import AppConfig


class GuidelinesConfig(AppConfig):
    """What decisions are judged by."""

    name = "guidelines"

    def ready(self) -> None:
        """Freeze published versions and tell the ledger of their events."""
        from django.utils.translation import gettext_lazy as _

        from audit.models import Frozen, guard
        from audit.reads import EventKind, learn
        from guidelines import models

        guard(
            Frozen(models.ModelVersion),
            Frozen(models.TaxonomyVersion),
            Frozen(models.GuidelineVersion),
        )
        learn(
            EventKind("guidelines.taxonomy_published", _("Taxonomy {number} was published")),
            EventKind("guidelines.guideline_published", _("Guideline {number} was published")),
        )
