from django.apps import AppConfig


class AssetsConfig(AppConfig):
    """The app in the installation."""

    name = "assets"
