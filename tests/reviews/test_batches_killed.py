"""A server killed while it confirms a batch: each decision stands whole or not at all; the same call finishes it."""

import pytest

from reviews.models import Decision, Outcome
from tests.invariants import breaches
from tests.killing import killed_at
from tests.reviews.test_batches import confirm, taken, town_of
from tests.verifying import ledger_verifies


def test_a_batch_killed_at_each_statement_loses_and_doubles_no_decision(arena: str) -> None:
    town = town_of(6)
    batch, shown = taken(town)
    step, reached = 1, True
    while reached:
        reached = killed_at(step, lambda: confirm(town, batch, shown[:5], shown[5:]))
        assert breaches() == []
        assert Decision.objects.count() == Outcome.objects.count()
        step += 1
    assert step > 10
    answers = confirm(town, batch, shown[:5])
    assert [answer.decided.verdict for answer in answers] == ["approve"] * 5
    assert Decision.objects.count() == Outcome.objects.count() == 5
    assert breaches() == []
    ledger_verifies()


@pytest.mark.parametrize("step", [1, 9])
def test_a_batch_whose_answer_was_lost_is_answered_again(arena: str, step: int) -> None:
    town = town_of(3)
    batch, shown = taken(town)
    killed_at(step, lambda: confirm(town, batch, shown))
    first = [answer.decided.uuid for answer in confirm(town, batch, shown)]
    assert [answer.decided.uuid for answer in confirm(town, batch, shown)] == first
    assert Decision.objects.count() == 3 and breaches() == []
    ledger_verifies()
