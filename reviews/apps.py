from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    """The loop."""

    name = "reviews"

    def ready(self) -> None:
        """Freeze what was said, and tell the ledger of the loop's events."""
        from accounts.actions import hear_of_memberships
        from audit.models import Frozen, Refers, guard
        from audit.reads import learn
        from reviews import models as m
        from reviews.actions.lines import fill_project
        from reviews.reads.kinds import KINDS

        stream = ("state", "sseq", "head")
        guard(
            Frozen(m.RightsVersion),
            Frozen(m.SwitchChange),
            Frozen(m.Seed, once=("seed", "revealed_at", "reveal_event_id")),
            Frozen(m.Item, free=stream, erasable=True),
            Frozen(m.Prediction, erasable=True),
            Frozen(m.Route),
            Frozen(m.Task, free=stream),
            Frozen(m.Claim),
            Frozen(m.Presentation),
            Frozen(m.Opening),
            Frozen(m.ClaimEnd),
            Frozen(m.Decision, erasable=True),
            Frozen(m.Withdrawal),
            Frozen(m.Outcome, once=("position", "released_at", "annulled_at"), erasable=True),
            Refers(
                "reviews_decision_after_withdrawal",
                m.Decision,
                ("task_id", "person_id", "prev_attempt"),
                m.Withdrawal,
                ("task_id", "person_id", "attempt"),
            ),
            Refers(
                "reviews_withdrawal_of_decision",
                m.Withdrawal,
                ("task_id", "person_id", "attempt"),
                m.Decision,
                ("task_id", "person_id", "attempt"),
            ),
            Refers(
                "reviews_outcome_of_task",
                m.Outcome,
                ("task_id", "task_kind", "item_id"),
                m.Task,
                ("id", "kind", "item_id"),
            ),
        )
        learn(*KINDS)
        hear_of_memberships(fill_project)
