from django.apps import AppConfig


class AssetsConfig(AppConfig):
    """Files people look at."""

    name = "assets"

    def ready(self) -> None:
        """Freeze what was made of files, and tell the ledger of their events."""
        from django.utils.translation import gettext_lazy as _

        from assets.models import Rendition
        from audit.models import Frozen, guard
        from audit.reads import EventKind, learn

        guard(Frozen(Rendition))
        learn(EventKind("assets.asset_granted", _("The project was given the file {asset}")))
