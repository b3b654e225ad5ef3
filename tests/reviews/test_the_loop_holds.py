"""The loop under random work on two real connections: after every step all invariants hold."""

import datetime as dt
from concurrent.futures import Future
from typing import Any

import pytest
from audit.errors import Refusal
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from reviews.actions import claim_next, give_back, open_claim, prolong, release, route_again, sweep, withdraw
from reviews.models import Decision, Item

from tests.arena import Worker, fresh_database
from tests.invariants import breaches
from tests.town import build

LABELS = ["cat", "dog", "fox"]
HELD = st.integers(0, 4)


class Loop(RuleBasedStateMachine):
    """Verbs in any order, one by one or two at once, each on one of two connections."""

    @initialize()
    def found(self) -> None:
        self.database = fresh_database()
        self.database.__enter__()
        self.workers = [Worker(), Worker()]
        self.town = build(people=3, adjudicators=2)
        self.everyone = [*self.town.people, *self.town.adjudicators]
        self.claims: dict[int, Any] = {}
        self.count = 0

    def teardown(self) -> None:
        if hasattr(self, "workers"):
            for worker in self.workers:
                worker.end()
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

    @rule(confidence=st.sampled_from([0.2, 0.5, 0.7, 0.95, None]), high=st.booleans(), label=st.sampled_from([*LABELS, "owl"]))
    def arrive(self, confidence: float | None, high: bool, label: str) -> None:
        impact = "high" if high else "normal"
        self.both(lambda: self.town.send(confidence, label, impact=impact))

    @rule(who=HELD, other=HELD)
    def claim(self, who: int, other: int) -> None:
        def take(number: int) -> Any:
            held = claim_next(by=self.everyone[number], at=self.town.now, resume=True)
            return (number, held and open_claim(token=held.token, by=self.everyone[number], at=self.town.now))

        for answer in self.both(lambda: take(who), lambda: take(other)):
            if isinstance(answer, tuple) and answer[1]:
                self.claims[answer[0]] = answer[1]

    @rule(who=HELD, verdict=st.sampled_from(["approve", "correct", "reject", "escalate", "skip"]), label=st.sampled_from(LABELS), twice=st.booleans(), other=HELD)
    def decide(self, who: int, verdict: str, label: str, twice: bool, other: int) -> None:
        def submit(number: int) -> Any:
            held = self.claims.get(number)
            if held is None:
                return None
            if held.proposal is None and verdict in {"approve", "correct"}:
                return self.town.decide(self.everyone[number], held, None, label)
            made = label if verdict == "correct" else None
            return self.town.decide(self.everyone[number], held, verdict, made)

        self.both(lambda: submit(who), lambda: submit(who if twice else other))

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

    @rule(seconds=st.sampled_from([1, 16, 200, 1000]))
    def wait(self, seconds: int) -> None:
        self.town.now += dt.timedelta(seconds=seconds)

    @rule()
    def clock(self) -> None:
        self.both(lambda: release(at=self.town.now), lambda: sweep(at=self.town.now))

    @rule(who=HELD)
    def release_against_a_withdrawal(self, who: int) -> None:
        last = Decision.objects.order_by("-pk").first()
        if last is None:
            return
        actor = next(actor for actor in self.everyone if actor.person_id == last.person_id)
        self.both(
            lambda: release(at=self.town.now), lambda: withdraw(decision=last.uuid, by=actor, at=self.town.now)
        )

    @rule()
    def route_the_held_again(self) -> None:
        from accounts.reads import console

        item = Item.objects.filter(state="held").first()
        if item is not None:
            self.both(lambda: route_again(item=item, by=console(), at=self.town.now))

    @invariant()
    def all_holds(self) -> None:
        if hasattr(self, "town"):
            assert breaches() == []


def _walk(django_db_blocker: Any, examples: int, steps: int) -> None:
    config = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck), derandomize=False
    )
    with django_db_blocker.unblock():
        run_state_machine_as_test(Loop, settings=config)


def test_the_loop_holds_whatever_happens(django_db_setup: None, django_db_blocker: Any) -> None:
    _walk(django_db_blocker, examples=60, steps=50)


@pytest.mark.long
def test_the_loop_holds_for_a_long_time(django_db_setup: None, django_db_blocker: Any) -> None:
    _walk(django_db_blocker, examples=200, steps=60)
