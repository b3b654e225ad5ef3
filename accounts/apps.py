from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The app in the installation."""

    name = "accounts"
