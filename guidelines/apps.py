from django.apps import AppConfig


class GuidelinesConfig(AppConfig):
    """The app in the installation."""

    name = "guidelines"
