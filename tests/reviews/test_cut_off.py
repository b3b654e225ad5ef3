"""A connection that breaks before any one statement of a verb: nothing is half-written, and it is done again."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from accounts.actions import end_membership
from accounts.models import Membership
from accounts.reads import console
from reviews.actions import (
    answer_question,
    end_consent,
    give_consent,
    hold_stranded,
    receive_appeal,
    return_for_rework,
    take_override_back,
)
from reviews.models import (
    Appeal,
    Consent,
    Decision,
    Item,
    ItemExample,
    Override,
    OverrideEnd,
    Question,
    QuestionEnd,
    Withdrawal,
)
from reviews.wire import read_appeal
from tests.arena import Worker
from tests.guidelines.writing import editor
from tests.invariants import breaches
from tests.reviews.asking import asked, asking_town, exemplified
from tests.reviews.overriding import decided, high, put, town_with
from tests.reviews.test_rework import at_odds, returned
from tests.reviews.upsetting import cut_at

WANTED = uuid4()
Case = tuple[Callable[[], Any], Callable[[], bool]]


def an_override_is_taken_back() -> Case:
    town = town_with()
    proposed = put(town, high(town), town.adjudicators[0], signed=True)
    by = town.adjudicators[0]
    back = lambda: take_override_back(override=proposed.uuid, by=by, at=town.now)  # noqa: E731
    return back, lambda: OverrideEnd.objects.filter(override=Override.objects.get(), how="taken_back").exists()


def a_rework_that_nobody_can_do_is_held() -> Case:
    town = at_odds(people=2)
    returned(town)
    member = Membership.objects.get(person_id=town.people[0].person_id)
    end_membership(membership=member, by=console(), at=town.now)
    town.wait(hours=25)
    return lambda: hold_stranded(at=town.now), lambda: Item.objects.get().state == "held"


def a_decision_is_returned() -> Case:
    town = at_odds()
    held, first = town.take(town.adjudicators[0]), Decision.objects.earliest("pk").uuid
    told = {"token": held.token, "decision": first, "note": "So", "by": town.adjudicators[0], "at": town.now}
    return lambda: return_for_rework(**told), lambda: Withdrawal.objects.exists()


def an_appeal_comes_in() -> Case:
    town = town_with()
    item = decided(town, town.people[0])
    told = {"sent": read_appeal(b'{"grounds":"No"}'), "by": console(), "at": town.now}
    return (
        lambda: receive_appeal(item=Item.objects.select_related("project").get(pk=item.pk), **told),
        lambda: Appeal.objects.exists(),
    )


def a_question_is_asked() -> Case:
    town, _edna = asking_town()
    held = town.take(town.people[0])
    return lambda: asked(town, claim=held.token, wanted=WANTED), lambda: Question.objects.exists()


def a_question_is_answered() -> Case:
    town, edna = asking_town()
    told = {"question": asked(town), "text": "So.", "by": edna, "at": town.now}
    return lambda: answer_question(**told), lambda: QuestionEnd.objects.exists()


def an_item_becomes_an_example() -> Case:
    town, edna = asking_town()
    give_consent(consent=exemplified(town, edna).consent, by=editor(town, "carl", "compliance"), at=town.now)
    return lambda: exemplified(town, edna), lambda: ItemExample.objects.exists()


def a_consent_is_withdrawn() -> Case:
    town, edna = asking_town()
    carl = editor(town, "carl", "compliance")
    told = {"consent": exemplified(town, edna).consent, "by": carl, "at": town.now}
    give_consent(**told)
    return lambda: end_consent(**told, reason="No."), lambda: Consent.objects.filter(ended_at__isnull=False).exists()


@pytest.mark.parametrize(
    "case",
    [
        a_question_is_asked,
        a_question_is_answered,
        an_item_becomes_an_example,
        a_consent_is_withdrawn,
        an_override_is_taken_back,
        a_rework_that_nobody_can_do_is_held,
        a_decision_is_returned,
        an_appeal_comes_in,
    ],
)
def test_a_verb_cut_off_at_any_statement_leaves_nothing_and_is_done_again(arena: str, case: Callable[[], Case]) -> None:
    verb, is_done = case()
    worker = Worker()
    try:
        for step in range(1, 100):
            was_cut = worker.begin(cut_at(step, verb)).result(60)
            assert breaches() == []
            assert is_done() is not was_cut, step
            if not was_cut:
                break
        else:
            raise AssertionError("it never came to its end")
        assert step > 8
    finally:
        worker.end()
