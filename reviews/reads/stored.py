"""Where the bodies lie that the loop's events commit to, told to the ledger for its exports."""

from django.utils.translation import gettext_lazy as _

from audit.reads.telling import Bodies, Counts
from reviews.models import Source, Verdict

COLUMNS = "SELECT c.event_id, c.i, '{section}' AS section, x.commitment, x.salt, x.body, x.erasure_id FROM chosen c "
ITEM = "JOIN reviews_item i ON i.uuid = {uuid} "
RECEIVES = frozenset({"reviews.item_received"})
SETTLES = frozenset({"reviews.item_received", "reviews.item_routed_again", "reviews.outcome_settled"})
PREDICTS = frozenset({"reviews.prediction_received"})
DECIDES = frozenset({"reviews.decision_submitted"})
RECEIVED = "WHERE c.type = 'reviews.item_received'"
SETTLING = "WHERE c.type IN ('reviews.item_received', 'reviews.item_routed_again', 'reviews.outcome_settled')"
PROPOSES, DECLINES, APPEALS = (
    frozenset({"reviews.override_made", "reviews.override_proposed"}),
    frozenset({"reviews.override_declined"}),
    frozenset({"reviews.appeal_received"}),
)
ASKS, ANSWERS = frozenset({"reviews.question_asked"}), frozenset({"reviews.question_ended"})
PROPOSED = "WHERE c.type IN ('reviews.override_made', 'reviews.override_proposed')"
DECLINED = "WHERE c.type = 'reviews.override_declined'"
APPEALED = "WHERE c.type = 'reviews.appeal_received'"


SOURCES = """
SELECT x.source AS code, count(*) AS number FROM chosen c {item}
JOIN reviews_outcome x ON x.item_id = i.id AND x.event_id = c.event_id {settling} GROUP BY x.source
"""


def _of_stream(on_postgres: bool) -> str:
    """Give the id of the item that an event's stream is of, as the engine keeps it."""
    return "substr(c.stream, 6)::uuid" if on_postgres else "replace(substr(c.stream, 6), '-', '')"


def _of_items(on_postgres: bool) -> str:
    return COLUMNS.format(section="received") + f"JOIN reviews_item x ON x.uuid = {_of_stream(on_postgres)} " + RECEIVED


def _of_predictions(on_postgres: bool) -> str:
    return (
        COLUMNS.format(section="received")
        + ITEM.format(uuid=_of_stream(on_postgres))
        + "JOIN reviews_prediction x ON x.item_id = i.id AND x.purpose = 'route' "
        + RECEIVED
    )


def _of_further_predictions(on_postgres: bool) -> str:
    return (
        COLUMNS.format(section="prediction")
        + "JOIN reviews_prediction x ON x.event_id = c.event_id WHERE c.type = 'reviews.prediction_received'"
    )


def _of_outcomes(on_postgres: bool) -> str:
    return (
        COLUMNS.format(section="outcome")
        + ITEM.format(uuid=_of_stream(on_postgres))
        + "JOIN reviews_outcome x ON x.item_id = i.id AND x.event_id = c.event_id "
        + SETTLING
    )


def _of_decisions(on_postgres: bool) -> str:
    return (
        COLUMNS.format(section="decision")
        + "JOIN reviews_decision x ON x.event_id = c.event_id WHERE c.type = 'reviews.decision_submitted'"
    )


def _of_overrides(on_postgres: bool) -> str:
    return COLUMNS.format(section="override") + "JOIN reviews_override x ON x.event_id = c.event_id " + PROPOSED


def _of_declines(on_postgres: bool) -> str:
    return COLUMNS.format(section="override") + "JOIN reviews_overrideend x ON x.event_id = c.event_id " + DECLINED


def _of_appeals(on_postgres: bool) -> str:
    return COLUMNS.format(section="appeal") + "JOIN reviews_appeal x ON x.event_id = c.event_id " + APPEALED


def _of_questions(on_postgres: bool) -> str:
    return (
        COLUMNS.format(section="question")
        + "JOIN reviews_question x ON x.event_id = c.event_id WHERE c.type = 'reviews.question_asked'"
    )


def _of_answers(on_postgres: bool) -> str:
    return (
        COLUMNS.format(section="question")
        + "JOIN reviews_questionend x ON x.event_id = c.event_id WHERE c.type = 'reviews.question_ended'"
    )


STORED = (
    Bodies("reviews.item", RECEIVES, _of_items),
    Bodies("reviews.prediction", RECEIVES, _of_predictions),
    Bodies("reviews.further_prediction", PREDICTS, _of_further_predictions),
    Bodies("reviews.outcome", SETTLES, _of_outcomes),
    Bodies("reviews.decision", DECIDES, _of_decisions),
    Bodies("reviews.override", PROPOSES, _of_overrides),
    Bodies("reviews.override_decline", DECLINES, _of_declines),
    Bodies("reviews.appeal", APPEALS, _of_appeals),
    Bodies("reviews.question", ASKS, _of_questions),
    Bodies("reviews.question_end", ANSWERS, _of_answers),
)


def _verdicts(on_postgres: bool) -> str:
    return (
        "SELECT x.verdict AS code, count(*) AS number FROM chosen c JOIN reviews_decision x ON x.event_id = c.event_id "
        "WHERE c.type = 'reviews.decision_submitted' GROUP BY x.verdict"
    )


def _sources(on_postgres: bool) -> str:
    return SOURCES.format(item=ITEM.format(uuid=_of_stream(on_postgres)), settling=SETTLING)


COUNTED = {
    "verdicts": Counts(_("Decisions, by verdict"), DECIDES, _verdicts, dict(Verdict.choices)),
    "sources": Counts(_("Outcomes, by where they came from"), SETTLES, _sources, dict(Source.choices)),
}
