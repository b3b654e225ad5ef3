"""The shape of the decision rights, version 1: what one published document holds.

Numbers stand here as decimal text, durations as ISO 8601 text; `numbers` reads them. A document that came through
`read` has every default filled in and every fact checked, so whoever holds a `Rights` may rely on it.
"""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

import msgspec

from audit.reads.canonical import canonical
from reviews.wire.decisions import MOST_IN_A_BATCH

from .numbers import decimal, duration

VERDICTS = ("approve", "correct", "reject", "escalate", "skip")
ROLES = ("reviewer", "adjudicator", "operations", "guideline_editor", "compliance", "records_officer")
ADJUDICATION = "adjudication"


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One comparison of a field with a text, or with several for `in` and `not_in`."""

    field: str
    op: str
    value: str | tuple[str, ...] | None = None


class Arm(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where an item goes: accept, review or hold. None stands where a key does not belong to the arm."""

    arm: str
    audit_rate: str | None = None
    queue: str | None = None
    decisions: int | None = None
    second_share: str | None = None
    skills: tuple[str, ...] | None = None


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One routing rule: it decides when all its conditions hold; without any it always decides."""

    name: str
    when: tuple[Condition, ...]
    then: Arm


class Verdicts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The verdicts that a role may give in a queue, and those that need a rationale."""

    queue: str
    role: str
    allow: tuple[str, ...] = VERDICTS
    reason_for: tuple[str, ...] = ()


class Disagreement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When decisions agree, and what happens when they do not; `at_most` counts all decisions of a task.

    `match_at` is the overlap from which elements match, half of it where it is left out; for measures that match.
    """

    measure: str = "exact"
    agree_at: str = "1"
    then: str = "adjudicate"
    at_most: int = 3
    finally_: str = msgspec.field(default="adjudicate", name="finally")
    queue: str = ADJUDICATION
    match_at: str | None = None

    @property
    def threshold(self) -> Fraction:
        """Give the agreement from which two decisions agree, exactly."""
        return Fraction(self.agree_at)

    @property
    def overlap(self) -> Fraction:
        """Give the overlap from which two elements match, exactly."""
        return Fraction(self.match_at or "0.5")


class Override(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who may put a new outcome over an existing one, when, and when a second person must sign.

    Without conditions in `second_person_when` nobody else is asked. `max_age` is how long after its release an outcome
    may be put aside by this row; None: however old it is.
    """

    name: str
    roles: tuple[str, ...]
    when: tuple[Condition, ...] = ()
    reason: bool = True
    second_person_when: tuple[Condition, ...] = ()
    max_age: str | None = None


class EscalationTarget(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The queue an escalation goes to, its level, and the roles that are told."""

    level: int
    queue: str
    notify: tuple[str, ...] = ()


class EscalationRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When an item escalates, and where to.

    `labels` belong to `on` label, `count` to skips, `over` to cost, `after` to overdue; None with every other.
    """

    name: str
    on: str
    to: EscalationTarget
    after: str | None = None
    labels: tuple[str, ...] | None = None
    count: int | None = None
    over: str | None = None


class ServiceLevel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long after it opens a task of the queue is due."""

    queue: str
    due_after: str


class Audit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where audit tasks go, whether the model's answer is hidden there, and what a differing answer does."""

    queue: str = ""
    blind: bool = True
    correction: str = "supersede"


class Quality(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rates of gold, catch and blind work, and when a person is paused."""

    gold_rate: str = "0"
    catch_rate: str = "0"
    blind_rate: str = "0"
    pause: Any = None


class Sets(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rates at which items are drawn into the evaluation set and the fresh set."""

    evaluation_rate: str = "0"
    fresh_rate: str = "0"


class Batching(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The queues in which people may confirm several proposals at once, and how many at most."""

    queues: tuple[str, ...]
    most: int = MOST_IN_A_BATCH


class Appealing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The queue in which appeals are heard."""

    queue: str


class Rights(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """One published document: what the model may decide alone, when a person must, who may do what."""

    v: int
    routing: tuple[Rule, ...]
    otherwise: Arm
    no_confidence: Arm
    high_impact: Arm | None = None
    verdicts: tuple[Verdicts, ...] = ()
    disagreement: Disagreement = Disagreement()
    overrides: tuple[Override, ...] = ()
    escalation: tuple[EscalationRule, ...] = ()
    service_levels: tuple[ServiceLevel, ...] = ()
    on_deadline: str = "escalate"
    audit: Audit = Audit()
    quality: Quality = Quality()
    sets: Sets = Sets()
    release_after: str = "PT15S"
    lease: str = "PT15M"
    ladder: Any = None
    batch: Batching | None = None
    appeal: Appealing | None = None

    @cached_property
    def body(self) -> bytes:
        """The RFC 8785 bytes that are published and hashed; keys that came later are said only where they are used."""
        told = msgspec.to_builtins(self)
        later = [(told, ("batch", "appeal")), (told["disagreement"], ("match_at",))]
        later += [(row, ("labels", "count", "over")) for row in told["escalation"]]
        later += [(row, ("max_age",)) for row in told["overrides"]]
        for part, keys in later:
            for key in keys:
                if part[key] is None:
                    del part[key]
        return canonical(told)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the body, 64 hex digits."""
        return hashlib.sha256(self.body).hexdigest()

    @property
    def release_delay(self) -> timedelta:
        """From a settled outcome of people to its release."""
        return duration(self.release_after)

    @property
    def lease_length(self) -> timedelta:
        """From the opening of a claim to its lapse."""
        return duration(self.lease)

    def due_after(self, queue: str) -> timedelta | None:
        """Give the service level of a queue, None where it has none."""
        return next((duration(level.due_after) for level in self.service_levels if level.queue == queue), None)

    def most_in_a_batch(self, queue: str) -> int:
        """Give how many proposals of a queue may be confirmed at once, 0 where none."""
        return self.batch.most if self.batch is not None and queue in self.batch.queues else 0

    @property
    def appeal_queue(self) -> str:
        """The queue in which appeals are heard."""
        return self.appeal.queue if self.appeal is not None else ADJUDICATION

    def verdicts_of(self, queue: str, role: str) -> Verdicts | None:
        """Give the row that says what a role may decide in a queue, None when nothing."""
        return next((row for row in self.verdicts if row.queue == queue and row.role == role), None)

    def arms(self) -> Iterator[tuple[str, Arm]]:
        """Give every arm of the document with its path."""
        yield from ((f"routing[{place}].then", rule.then) for place, rule in enumerate(self.routing))
        yield "otherwise", self.otherwise
        yield "no_confidence", self.no_confidence
        if self.high_impact is not None:
            yield "high_impact", self.high_impact

    def set_rates(self) -> dict[str, Decimal]:
        """Give the rates of the evaluation and fresh draws, 0 to 1, by purpose."""
        rates = {"evaluation": self.sets.evaluation_rate, "fresh": self.sets.fresh_rate}
        return {purpose: decimal(text) or Decimal(0) for purpose, text in rates.items()}
