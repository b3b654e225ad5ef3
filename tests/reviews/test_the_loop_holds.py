"""The loop under random work on two real connections: after every step all invariants hold."""

import datetime as dt
import tempfile
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from django.test.utils import override_settings
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from accounts.reads import clock, console
from audit.actions import seal
from audit.errors import Refusal
from reviews.actions import (
    acknowledge,
    claim_batch,
    claim_next,
    climb,
    decide_batch,
    give_back,
    give_back_batch,
    hold_stranded,
    meet_deadlines,
    open_batch,
    open_claim,
    prolong,
    release,
    return_for_rework,
    route_again,
    sweep,
    withdraw,
    withdraw_batch,
    withdraw_item,
)
from reviews.models import Decision, Item, Task
from reviews.reads.answers import rfc3339
from reviews.reads.batches import batch_row, grid
from reviews.wire import read_decision
from tests.arena import Worker, fresh_database
from tests.charting import drawn, happened, watch
from tests.guidelines.writing import editor
from tests.invariants import breaches, stuck
from tests.reviews.contesting import OVERRIDES, Contested
from tests.reviews.guiding import Guided
from tests.reviews.upsetting import Upset
from tests.town import RIGHTS, below, build
from tests.verifying import ledger_verifies

LABELS = ["cat", "dog", "fox"]
HELD = st.integers(0, 4)
VERDICT = st.sampled_from(["approve", "approve", "correct", "correct", "reject", "escalate", "skip", "return"])
LABEL = st.sampled_from(LABELS)

QUEUES = [
    {"slug": "general", "name": "General"},
    {"slug": "senior", "name": "Senior", "level": 1},
    {"slug": "head", "name": "Head", "level": 2},
]


def up(on: str, level: int, **more: Any) -> dict[str, Any]:
    """Give a rule of escalation."""
    return {"name": f"{on} {level}", "on": on, "to": {"level": level, "queue": QUEUES[level]["slug"]}, **more}


LEVELS = {
    "escalation": [
        up("asked", 1),
        up("overdue", 1, after="PT1M"),
        up("overdue", 2, after="PT5M"),
        up("label", 2, labels=["fox"]),
        up("skips", 1, count=2),
        up("impact", 1),
    ],
    "service_levels": [{"queue": "general", "due_after": "PT2M"}],
}
SECOND = {"arm": "review", "queue": "general", "second_share": "1"}
VARIANTS: list[dict[str, Any]] = [
    {},
    {"routing": [{"name": "Unsure", "when": [below("0.60")], "then": SECOND}]},
    {"audit": {"correction": "record"}},
    {"disagreement": {"measure": "exact", "agree_at": "1", "then": "adjudicate", "at_most": 3}},
    LEVELS,
    LEVELS | {"on_deadline": "withdraw"},
    LEVELS | {"on_deadline": "hold", "escalation": [*LEVELS["escalation"], up("disagreement", 2)]},
]


class Loop(Contested, RuleBasedStateMachine):
    """Verbs in any order, one by one or two at once, each on one of two connections."""

    @initialize(rights=st.sampled_from(VARIANTS), shown=st.booleans())
    def found(self, rights: dict[str, Any], shown: bool) -> None:
        self.database = fresh_database()
        self.database.__enter__()
        watch()
        self.keys = tempfile.TemporaryDirectory()
        self.settled = override_settings(
            LEDGER_KEYS=Path(self.keys.name), LEDGER_WITNESS=Path(self.keys.name) / "witness.ndjson"
        )
        self.settled.enable()
        self.workers = [Worker(), Worker()]
        together = RIGHTS | {"batch": {"queues": ["general"], "most": 3}, "overrides": OVERRIDES}
        self.documents = [together | one for one in VARIANTS]
        self.town = build(people=3, adjudicators=2, rights=together | rights, show_prediction=shown, queues=QUEUES)
        self.everyone = [*self.town.people, *self.town.adjudicators]
        self.editor = editor(self.town)
        self.claims: dict[int, Any] = {}
        self.batches: dict[int, tuple[Any, list[Any]]] = {}
        for confidence, impact in ((0.5, "normal"), (0.7, "normal"), (0.5, "high"), (0.95, "high"), (None, "normal")):
            self.town.send(confidence, impact=impact)

    def teardown(self) -> None:
        if hasattr(self, "workers"):
            for worker in self.workers:
                worker.end()
            try:
                assert happened() <= drawn()
                ledger_verifies()
            finally:
                self.settled.disable()
                self.keys.cleanup()
                self.database.__exit__(None, None, None)

    def both(self, *calls: Any) -> list[Any]:
        """Run calls at once, each on its own connection; a refusal is an answer, anything else is a defect."""
        begun: list[Future[Any]] = [worker.begin(call) for worker, call in zip(self.workers, calls, strict=False)]
        answers = []
        for future in begun:
            try:
                answers.append(future.result(60))
            except Refusal as refusal:
                answers.append(refusal)
        return answers

    @rule(
        confidence=st.sampled_from([0.2, 0.5, 0.7, 0.95, None]),
        high=st.booleans(),
        label=st.sampled_from([*LABELS, "owl"]),
        soon=st.sampled_from([None, 20, 300]),
    )
    def arrive(self, confidence: float | None, high: bool, label: str, soon: int | None) -> None:
        more = {"decide_by": rfc3339(self.town.now + dt.timedelta(seconds=soon))} if soon else {}
        self.both(lambda: self.town.send(confidence, label, impact="high" if high else "normal", **more))

    def take(self, who: int) -> Any:
        """Claim and open; remember the claim."""
        held = claim_next(by=self.everyone[who], at=self.town.now, resume=True)
        if held is not None:
            self.claims[who] = open_claim(token=held.token, by=self.everyone[who], at=self.town.now)

    def submit(self, who: int, verdict: str, label: str) -> Any:
        """Decide the remembered claim, whatever has become of it."""
        held = self.claims.get(who)
        if held is None:
            return None
        if verdict in {"approve", "correct"} and (held.proposal is None or verdict == "correct"):
            said = None if held.proposal is None else "correct"
            return self.town.decide(self.everyone[who], held, said, label, rationale="So")
        return self.town.decide(self.everyone[who], held, verdict, rationale="So")

    @rule(who=HELD, other=HELD)
    def claim(self, who: int, other: int) -> None:
        self.both(lambda: self.take(who), lambda: self.take(other))

    @rule(who=HELD, verdict=VERDICT, label=LABEL, twice=st.booleans(), other=HELD, second=VERDICT)
    def decide(self, who: int, verdict: str, label: str, twice: bool, other: int, second: str) -> None:
        other, second = (who, verdict) if twice else (other, second)
        self.both(lambda: self.submit(who, verdict, label), lambda: self.submit(other, second, label))

    @rule(jobs=st.lists(st.tuples(HELD, VERDICT, LABEL), min_size=4, max_size=10))
    def work(self, jobs: list[tuple[int, str, str]]) -> None:
        def one(who: int, verdict: str, label: str) -> None:
            self.take(who)
            self.submit(who, verdict, label)

        for first, second in zip(jobs[::2], jobs[1::2], strict=False):
            self.both(lambda job=first: one(*job), lambda job=second: one(*job))
            assert breaches() == []

    def together(self, who: int) -> None:
        """Take a batch and put most of it on screen."""
        actor = self.everyone[who]
        batch = claim_batch(queue=self.town.queue(), by=actor, at=self.town.now)
        shown = grid(batch_row(batch), actor.person_id, self.town.now) if batch else None
        if shown is not None:
            tokens = [tile.held.token for tile in shown.tiles]
            open_batch(batch=batch, tokens=tokens[:2], by=actor, at=self.town.now)
            self.batches[who] = (batch, tokens)

    def confirm(self, who: int, corrected: bool, left: int) -> list[Any]:
        """Decide the remembered batch, whatever has become of it."""
        batch, tokens = self.batches.get(who, (None, []))
        said = b'{"verdict":"correct","output":{"labels":["fox"]}}' if corrected else b'{"verdict":"approve"}'
        told = [(token, read_decision(said)) for token in tokens[left:]]
        return (
            decide_batch(batch=batch, sent=told, left=tokens[:left], by=self.everyone[who], at=self.town.now)
            if batch
            else []
        )

    @rule(who=HELD, other=HELD)
    def claim_together(self, who: int, other: int) -> None:
        self.both(lambda: self.together(who), lambda: self.together(other))

    @rule(who=HELD, other=HELD)
    def claim_one_against_a_batch(self, who: int, other: int) -> None:
        self.both(lambda: self.take(who), lambda: self.together(other))

    @rule(who=HELD, other=HELD, corrected=st.booleans(), left=st.integers(0, 1), verdict=VERDICT)
    def decide_together(self, who: int, other: int, corrected: bool, left: int, verdict: str) -> None:
        self.both(lambda: self.confirm(who, corrected, left), lambda: self.submit(other, verdict, "dog"))

    @rule(who=HELD, other=HELD, back=st.booleans())
    def confirm_against_a_confirmation(self, who: int, other: int, back: bool) -> None:
        batch = self.batches.get(other, (None, []))[0]

        def give() -> Any:
            return batch and give_back_batch(batch=batch, by=self.everyone[other], at=self.town.now)

        self.both(lambda: self.confirm(who, False, 0), give if back else lambda: self.confirm(other, True, 0))

    @rule(who=HELD)
    def take_a_batch_back(self, who: int) -> None:
        batch = self.batches.get(who, (None, []))[0]
        made = list(Decision.objects.filter(claim__batch__uuid=batch).values_list("uuid", flat=True)) if batch else []
        if made:

            def undo() -> Any:
                return withdraw_batch(batch=batch, decisions=made, by=self.everyone[who], at=self.town.now)

            self.both(undo, lambda: release(at=self.town.now))

    @rule(who=HELD, back=st.booleans())
    def leave(self, who: int, back: bool) -> None:
        held = self.claims.get(who)
        if held is not None:
            verb = give_back if back else prolong
            self.both(lambda: verb(token=held.token, by=self.everyone[who], at=self.town.now))

    @rule(pick=st.integers(0, 30), pick2=st.integers(0, 30))
    def take_back(self, pick: int, pick2: int) -> None:
        rows = list(Decision.objects.order_by("pk").values_list("uuid", "person_id"))
        if not rows:
            return

        def undo(number: int) -> Any:
            decision, person = rows[-1 - number % len(rows)]
            who = next(index for index, actor in enumerate(self.everyone) if actor.person_id == person)
            held = withdraw(decision=decision, by=self.everyone[who], at=self.town.now)
            return (who, open_claim(token=held.token, by=self.everyone[who], at=self.town.now))

        for answer in self.both(lambda: undo(pick), lambda: undo(pick2)):
            if isinstance(answer, tuple):
                self.claims[answer[0]] = answer[1]

    @rule(who=HELD)
    def release_against_a_withdrawal(self, who: int) -> None:
        last = Decision.objects.order_by("-pk").first()
        if last is None:
            return
        actor = next(actor for actor in self.everyone if actor.person_id == last.person_id)
        self.both(lambda: release(at=self.town.now), lambda: withdraw(decision=last.uuid, by=actor, at=self.town.now))

    @rule()
    def route_the_held_again(self) -> None:
        item = Item.objects.filter(state="held").first()
        if item is not None:
            self.both(lambda: route_again(item=item, by=console(), at=self.town.now))

    @rule(pick=st.integers(0, 30), who=HELD, verdict=VERDICT)
    def call_an_item_off_against_a_decision(self, pick: int, who: int, verdict: str) -> None:
        self.both(lambda: called_off(self.town, pick), lambda: self.submit(who, verdict, "dog"))

    @rule()
    def seal_twice_at_once(self) -> None:
        self.both(*[lambda: seal(by=clock(), at=self.town.now)] * 2)

    @invariant()
    def all_holds(self) -> None:
        if hasattr(self, "town"):
            assert breaches() == [] and stuck(self.town.now) == []


def called_off(town: Any, pick: int) -> Any:
    """Withdraw one of the town's items, whatever has become of it."""
    names = list(Item.objects.order_by("pk").values_list("external_id", flat=True))
    return withdraw_item(project=town.project, external_id=names[-1 - pick % len(names)], by=console(), at=town.now)


class LoopInTime(Loop):
    """The loop, and what the clock does to it."""

    @rule(seconds=st.sampled_from([1, 16, 200, 1000, 90_000, 8 * 86_400]))
    def wait(self, seconds: int) -> None:
        self.town.now += dt.timedelta(seconds=seconds)

    @rule()
    def clock(self) -> None:
        self.both(lambda: release(at=self.town.now), lambda: sweep(at=self.town.now))
        self.both(lambda: hold_stranded(at=self.town.now))

    @rule(who=HELD, verdict=VERDICT)
    def the_clock_against_a_decision(self, who: int, verdict: str) -> None:
        self.both(lambda: climb(at=self.town.now), lambda: self.submit(who, verdict, "dog"))

    @rule()
    def the_clock_twice_at_once(self) -> None:
        self.both(lambda: climb(at=self.town.now), lambda: meet_deadlines(at=self.town.now))
        self.both(*[lambda: meet_deadlines(at=self.town.now)] * 2)

    @rule(who=HELD, other=HELD)
    def acknowledge_twice_at_once(self, who: int, other: int) -> None:
        task = Task.objects.filter(kind="escalation", state="open").first()
        if task is not None:
            place = {"project": self.town.project, "task": task.uuid, "at": self.town.now}
            self.both(*[lambda one=one: acknowledge(**place, by=self.everyone[one]) for one in (who, other)])


class Reworked(Guided, Upset, LoopInTime):
    """The same, with decisions returned, other rights and guidelines, a switch, and verbs cut off midway."""

    @rule(judge=st.integers(3, 4), pick=st.integers(0, 3), other=HELD, verdict=VERDICT)
    def return_a_decision(self, judge: int, pick: int, other: int, verdict: str) -> None:
        """Return what an adjudication shows, or any decision at all, while somebody else decides."""
        self.both(lambda: self.take(judge))
        held, rows = self.claims.get(judge), list(Decision.objects.order_by("-pk")[:4])
        shown = [one.uuid for one in held.prior] if held is not None and held.prior else [one.uuid for one in rows]
        if held is None or not shown:
            return

        def back() -> Any:
            which = shown[pick % len(shown)]
            actor = self.everyone[judge]
            return return_for_rework(token=held.token, decision=which, note="Again.", by=actor, at=self.town.now)

        self.both(back, lambda: self.submit(other, verdict, "dog"))

    @rule(pick=st.integers(0, 3), verdict=VERDICT, label=LABEL, judge=st.integers(3, 4))
    def disagree_and_return(self, pick: int, verdict: str, label: str, judge: int) -> None:
        """Bring an item to an adjudication, return a decision, and let people go on."""
        self.both(lambda: self.town.send(None, impact="high"))
        for who in (0, 1):
            self.both(lambda who=who: self.take(who))
            self.both(lambda who=who: self.submit(who, "correct", LABELS[who]))
        self.return_a_decision(judge, pick, 0, verdict)
        self.both(lambda: self.take(0), lambda: self.take(1))
        self.both(lambda: self.submit(0, verdict, label), lambda: self.submit(1, verdict, label))


def _walk(django_db_blocker: Any, examples: int, steps: int) -> None:
    config = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],  # two connections at once: a failure need not come again, so it is shown as it came
        report_multiple_bugs=False,
        database=None,
    )
    with django_db_blocker.unblock():
        run_state_machine_as_test(Reworked, settings=config)


def test_the_loop_holds_whatever_happens(django_db_setup: None, django_db_blocker: Any) -> None:
    _walk(django_db_blocker, examples=30, steps=30)


@pytest.mark.long
def test_the_loop_holds_for_a_long_time(django_db_setup: None, django_db_blocker: Any) -> None:
    _walk(django_db_blocker, examples=200, steps=60)
