from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    """The loop."""

    name = "reviews"

    def ready(self) -> None:
        """Freeze what was said, and tell the ledger of the loop's events, bodies and decisions."""
        from accounts.actions import hear_of_memberships
        from audit.models import guard
        from audit.reads import learn
        from audit.reads.telling import learn_bodies, learn_counts, learn_records
        from guidelines.actions import hear_of_versions
        from guidelines.reads import learn_objections
        from reviews.actions.gating import gate_project
        from reviews.actions.lines import fill_project
        from reviews.models.guards import GUARDS
        from reviews.reads.consents import objections
        from reviews.reads.kinds import KINDS
        from reviews.reads.records import RECORDS
        from reviews.reads.stored import COUNTED, STORED

        guard(*GUARDS)
        learn(*KINDS)
        learn_bodies(*STORED)
        learn_records(RECORDS)
        learn_counts(**COUNTED)
        hear_of_memberships(fill_project)
        hear_of_versions(gate_project)
        learn_objections(objections)
