from django.apps import AppConfig
from django.contrib.admin import apps as admin


class HitlConfig(AppConfig):
    """The app in the installation."""

    name = "hitl"

    def ready(self) -> None:
        """Have `check --deploy` look at the ledger's guards and at the database's roles."""
        from django.core.checks import register

        from hitl.checks import guards_stand, roles_are_apart

        register(guards_stand, "ledger", deploy=True)
        register(roles_are_apart, "ledger", deploy=True)


class OwnersAdmin(admin.AdminConfig):
    """The Django admin behind the house's own door."""

    default = False
    default_site = "hitl.sites.OwnersSite"
