"""What the loop's rows resist: said and published ones never change, and refer to what they say they do."""

from audit.models import Frozen, Refers
from reviews.models.calling import Callback
from reviews.models.items import Item, Prediction, Route
from reviews.models.judgements import Decision, Outcome, Withdrawal
from reviews.models.overriding import Appeal, Involvement, Override, OverrideEnd
from reviews.models.questions import Consent, ItemExample, Question, QuestionEnd
from reviews.models.replays import Replay
from reviews.models.rereviews import Rereview, RereviewPick
from reviews.models.standing import RightsVersion, Seed, SwitchChange
from reviews.models.work import Acknowledgement, Batch, Claim, ClaimEnd, Onlooker, Opening, Presentation, Task

STREAM = ("state", "sseq", "head")
MOVES = ("state", "moved_at", "tries", "done", "total", "cursor", "tally", "said")
GETS_ON = (
    "state", "moved_at", "tries", "cursor", "scanned", "affected", "gone", "kept", "unreleased", "counts", "opened",
    "passed", "said",
)  # fmt: skip
ANSWERED = (
    "given_by_id", "given_at", "give_event_id", "ended_by_id", "ended_at", "ended_reason", "end_event_id",
)  # fmt: skip
GUARDS = (
    Frozen(RightsVersion),
    Frozen(SwitchChange),
    Frozen(Seed, once=("seed", "revealed_at", "reveal_event_id")),
    Frozen(Replay, free=MOVES, once=("result", "finished_at")),
    Frozen(Rereview, free=GETS_ON, once=("queue_id", "share", "reason", "month", "event_id")),
    Frozen(RereviewPick),
    Frozen(Item, free=(*STREAM, "deadline_at"), erasable=True),
    Frozen(Prediction, erasable=True),
    Frozen(Callback),
    Frozen(Route),
    Frozen(Task, free=(*STREAM, "climb_at")),
    Frozen(Acknowledgement),
    Frozen(Onlooker),
    Frozen(Batch),
    Frozen(Claim),
    Frozen(Presentation),
    Frozen(Opening),
    Frozen(ClaimEnd),
    Frozen(Decision, erasable=True),
    Frozen(Withdrawal),
    Frozen(Outcome, once=("position", "released_at", "annulled_at"), erasable=True),
    Frozen(Override, erasable=True),
    Frozen(OverrideEnd, erasable=True),
    Frozen(Appeal, erasable=True),
    Frozen(Involvement),
    Frozen(Question, erasable=True),
    Frozen(QuestionEnd, erasable=True),
    Frozen(Consent, once=ANSWERED),
    Frozen(ItemExample),
    Refers(
        "reviews_decision_after_withdrawal",
        Decision,
        ("task_id", "person_id", "prev_attempt"),
        Withdrawal,
        ("task_id", "person_id", "attempt"),
    ),
    Refers(
        "reviews_withdrawal_of_decision",
        Withdrawal,
        ("task_id", "person_id", "attempt"),
        Decision,
        ("task_id", "person_id", "attempt"),
    ),
    Refers(
        "reviews_outcome_of_task",
        Outcome,
        ("task_id", "task_kind", "item_id"),
        Task,
        ("id", "kind", "item_id"),
    ),
)
