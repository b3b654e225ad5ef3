from django.apps import AppConfig
from django.contrib.admin import apps as admin


class HitlConfig(AppConfig):
    """The app in the installation."""

    name = "hitl"


class OwnersAdmin(admin.AdminConfig):
    """The Django admin behind the house's own door."""

    default = False
    default_site = "hitl.sites.OwnersSite"
