from django.apps import AppConfig


class AssetsConfig(AppConfig):
    """Files people look at."""

    name = "assets"

    def ready(self) -> None:
        """Tell the ledger of files' events."""
        from django.utils.translation import gettext_lazy as _

        from audit.reads import EventKind, learn

        learn(EventKind("assets.asset_granted", _("The project was given the file {asset}")))
