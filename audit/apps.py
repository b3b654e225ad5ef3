from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The app in the installation."""

    name = "audit"
