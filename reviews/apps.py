from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    """The app in the installation."""

    name = "reviews"
