from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    """The loop."""

    name = "reviews"

    def ready(self) -> None:
        """Freeze what was said, and tell the ledger of the loop's events."""
        from accounts.actions import hear_of_memberships
        from audit.models import guard
        from audit.reads import learn
        from reviews.actions.lines import fill_project
        from reviews.models.guards import GUARDS
        from reviews.reads.kinds import KINDS

        guard(*GUARDS)
        learn(*KINDS)
        hear_of_memberships(fill_project)
