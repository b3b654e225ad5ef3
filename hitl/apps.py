from django.apps import AppConfig


class HitlConfig(AppConfig):
    """The app in the installation."""

    name = "hitl"
