"""A decision returned to its author: taken back by name, redone by its author, weighed again."""

import datetime as dt
import json
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.actions import end_membership, give_membership
from accounts.errors import NotFound
from accounts.models import Membership
from accounts.reads import console
from audit.models import Event, Payload
from reviews.actions import (
    claim_again,
    claim_batch,
    claim_next,
    climb,
    give_back,
    hold_stranded,
    open_claim,
    return_for_rework,
    withdraw,
)
from reviews.errors import AuthorGone, ClaimLost, MovedOn, NotOpened, NotReturnable, ReasonMissing
from reviews.models import Decision, Item, Onlooker, Outcome, Seat, Task, Withdrawal
from reviews.reads.claims import about
from reviews.reads.home import lines
from tests.invariants import breaches
from tests.town import RIGHTS, Town, build

pytestmark = pytest.mark.django_db

TWO = {"arm": "review", "queue": "general", "decisions": 2}
RULE = {"measure": "exact", "agree_at": "1", "then": "adjudicate", "at_most": 3}
NOTE = "Look at the ears again."


def at_odds(rule: dict[str, Any] = RULE, **more: Any) -> Town:
    """Let two people disagree, and an adjudicator open what is to be settled."""
    town = build(rights=RIGHTS | {"routing": [], "otherwise": TWO, "disagreement": rule}, **more)
    town.send(0.5)
    for who, label in zip(town.people[:2], ("dog", "fox"), strict=True):
        town.decide(who, town.take(who), "correct", label)
    return town


def returned(town: Town, number: int = 0, note: str = NOTE) -> Any:
    """Return the first, or another, decision to its author."""
    held = town.take(town.adjudicators[0])
    decision = Decision.objects.order_by("pk")[number]
    return_for_rework(token=held.token, decision=decision.uuid, note=note, by=town.adjudicators[0], at=town.now)
    return decision


def standing() -> set[str]:
    return {f"{seat.state} {seat.person_id or ''}".strip() for seat in Seat.objects.filter(task__kind="work")}


def test_a_returned_decision_stays_on_record_and_its_seat_waits_for_its_author() -> None:
    town = at_odds()
    decision = returned(town)
    row = Withdrawal.objects.get()
    assert (row.task_id, row.person_id, row.attempt) == (decision.task_id, decision.person_id, 1)
    assert row.returned_by_id == town.adjudicators[0].person_id
    assert row.event.type == "reviews.decision_returned" and row.event.actor == town.adjudicators[0].pseudonym
    said = json.loads(bytes(Payload.objects.get(event=row.event, section="rework").body))
    assert said["note"] == NOTE
    seat = Seat.objects.get(kept_for__isnull=False)
    assert (seat.state, seat.kept_for_id, seat.kept_until - town.now) == (
        "open", town.people[0].person_id, dt.timedelta(hours=24),
    )  # fmt: skip
    assert list(Task.objects.order_by("pk").values_list("kind", "state")) == [
        ("work", "open"), ("adjudication", "closed"),
    ]  # fmt: skip
    assert Event.objects.filter(type="reviews.adjudication_put_off").count() == 1
    assert Decision.objects.count() == 2
    assert breaches() == []


def test_the_redo_is_attempt_two_and_settles_where_it_agrees() -> None:
    town = at_odds()
    returned(town)
    held = town.take(town.people[0])
    assert held.prior == [] and about(held.task.uuid, town.people[0].person_id or 0).note == NOTE
    town.decide(town.people[0], held, "correct", "fox")
    redo = Decision.objects.latest("pk")
    assert (redo.attempt, redo.prev_attempt) == (2, 1)
    outcome = Outcome.objects.get()
    assert (outcome.source, json.loads(bytes(outcome.body))["output"]) == ("consensus", {"labels": ["fox"]})
    assert breaches() == []


def test_a_redo_that_still_differs_is_adjudicated_anew_by_the_same_adjudicator_if_need_be() -> None:
    town = at_odds(adjudicators=1)
    returned(town)
    town.decide(town.people[0], town.take(town.people[0]), "correct", "dog")
    assert Task.objects.filter(kind="adjudication", state="open").count() == 1
    held = town.take(town.adjudicators[0])
    assert [one.output["labels"] for one in held.prior] == [["fox"], ["dog"]]
    town.decide(town.adjudicators[0], held, "correct", "dog")
    assert Outcome.objects.get().source == "adjudicator"
    assert breaches() == []


def test_for_a_day_nobody_but_the_author_is_offered_the_seat_then_everybody_else_is() -> None:
    town = at_odds()
    returned(town)
    third, author = town.people[2], town.people[0]
    assert [line.waiting for line in lines(third.person_id or 0, town.now) if line.queue == "general"] == [0]
    assert [line.waiting for line in lines(author.person_id or 0, town.now) if line.queue == "general"] == [1]
    town.wait(hours=23, minutes=59)
    assert town.take(third) is None
    town.wait(minutes=1)
    assert [line.waiting for line in lines(third.person_id or 0, town.now) if line.queue == "general"] == [1]
    held = town.take(third)
    assert about(held.task.uuid, third.person_id or 0).note is None
    town.decide(third, held, "correct", "fox")
    assert Outcome.objects.get().source == "consensus"
    assert town.take(author) is None
    assert breaches() == []


def test_an_author_who_gives_the_redo_back_or_lets_it_lapse_keeps_the_seat() -> None:
    town = at_odds()
    returned(town)
    held = town.take(town.people[0])
    give_back(token=held.token, by=town.people[0], at=town.now)
    assert town.take(town.people[2]) is None
    held = town.take(town.people[0])
    town.wait(minutes=30)
    assert town.take(town.people[2]) is None
    assert claim_again(token=held.token, by=town.people[0], at=town.now).task.uuid == held.task.uuid
    assert breaches() == []


def test_whoever_was_shown_the_decisions_sits_on_no_seat_of_the_task_again() -> None:
    town = at_odds()
    for actor in town.adjudicators:
        give_membership(person=_person(actor), project=town.project, role="reviewer", by=console(), at=town.now)
    held = town.take(town.adjudicators[1])
    give_back(token=held.token, by=town.adjudicators[1], at=town.now)
    returned(town)
    assert {row.person_id for row in Onlooker.objects.all()} == {one.person_id for one in town.adjudicators}
    town.wait(hours=25)
    assert [town.take(actor) for actor in town.adjudicators] == [None, None]
    assert town.take(town.people[2]) is not None
    assert breaches() == []


def test_of_three_answers_a_disagreement_waits_for_the_redo() -> None:
    town = at_odds(RULE | {"then": "another"})
    town.decide(town.people[2], town.take(town.people[2]))
    returned(town)
    withdrawn = withdraw(decision=Decision.objects.order_by("pk")[1].uuid, by=town.people[1], at=town.now)
    held = open_claim(token=withdrawn.token, by=town.people[1], at=town.now)
    town.decide(town.people[1], held, "correct", "fox")
    assert Task.objects.filter(kind="adjudication", state="open").count() == 0
    assert Seat.objects.filter(task__kind="work").count() == 3
    town.decide(town.people[0], town.take(town.people[0]), "correct", "dog")
    assert Task.objects.filter(kind="adjudication", state="open").count() == 1
    assert breaches() == []


def test_a_returned_seat_comes_in_no_batch() -> None:
    town = at_odds(slug="birds")
    returned(town)
    assert claim_next(by=town.people[0], at=town.now) is not None
    town = build(
        rights=RIGHTS
        | {"routing": [], "otherwise": TWO, "disagreement": RULE, "batch": {"queues": ["general"], "most": 3}}
    )
    town.send(0.5)
    for who, label in zip(town.people[:2], ("dog", "fox"), strict=True):
        town.decide(who, town.take(who), "correct", label)
    held = town.take(town.adjudicators[0])
    last = Decision.objects.latest("pk")
    return_for_rework(token=held.token, decision=last.uuid, note=NOTE, by=town.adjudicators[0], at=town.now)
    assert claim_batch(queue=town.queue(), by=town.people[1], at=town.now) is None
    assert town.take(town.people[1]) is not None


@pytest.mark.parametrize("note", ["", "  \n", "x" * 2001])
def test_a_return_says_what_to_look_at_again(note: str) -> None:
    town = at_odds()
    with pytest.raises(ReasonMissing):
        returned(town, note=note)
    assert Withdrawal.objects.count() == 0 and breaches() == []


def test_only_an_open_adjudication_returns_and_only_what_it_shows() -> None:
    town = at_odds()
    town.send(0.5)
    other = town.take(town.people[0])
    decision = Decision.objects.order_by("pk")[0]

    def back(who: Any, held: Any, which: Any = decision.uuid, note: str = NOTE) -> Any:
        return return_for_rework(token=held.token, decision=which, note=note, by=who, at=town.now)

    with pytest.raises(NotFound):  # nothing is shown beside ordinary work
        back(town.people[0], other)
    judge = town.adjudicators[0]
    unopened = claim_next(by=judge, at=town.now)
    with pytest.raises(NotOpened):
        back(judge, unopened)
    held = town.take(judge)
    with pytest.raises(NotFound):  # somebody else's claim
        back(town.adjudicators[1], held)
    with pytest.raises(NotFound):
        back(judge, held, other.task.uuid)
    town.wait(hours=1)
    with pytest.raises(ClaimLost):
        back(judge, held)
    held = town.take(judge)
    first = back(judge, held)
    town.wait(minutes=1)
    assert (back(judge, held).kept_until, back(judge, held).new, first.new) == (first.kept_until, False, True)
    with pytest.raises(ClaimLost):
        back(judge, held, note="Something else")
    assert Withdrawal.objects.count() == 1 and breaches() == []


def test_a_decision_taken_back_meanwhile_is_not_returned() -> None:
    town = at_odds()
    give_back(token=town.take(town.adjudicators[0]).token, by=town.adjudicators[0], at=town.now)
    with pytest.raises(MovedOn):
        withdraw(decision=Decision.objects.earliest("pk").uuid, by=town.people[0], at=town.now)
    returned(town, 1)
    with pytest.raises(MovedOn):
        withdraw(decision=Decision.objects.order_by("pk")[1].uuid, by=town.people[1], at=town.now)


def test_an_author_who_left_is_returned_nothing() -> None:
    town = at_odds()
    member = Membership.objects.get(person_id=town.people[0].person_id, project=town.project)
    end_membership(membership=member, by=console(), at=town.now)
    with pytest.raises(AuthorGone):
        returned(town)
    assert Withdrawal.objects.count() == 0 and breaches() == []


def _leaves(town: Town, who: Any) -> None:
    member = Membership.objects.get(person_id=who.person_id, project=town.project, until_at=None)
    end_membership(membership=member, by=console(), at=town.now)


@pytest.mark.parametrize("late", [False, True])
def test_a_rework_that_nobody_is_left_to_do_is_held_when_its_time_is_over(late: bool) -> None:
    town = at_odds(people=2)
    returned(town)
    if not late:
        _leaves(town, town.people[0])
    town.wait(hours=23, minutes=59)
    assert hold_stranded(at=town.now) == 0
    town.wait(minutes=1)
    assert hold_stranded(at=town.now) == (not late)
    if late:  # its author still works here, and may come to it
        town.wait(days=3)
        _leaves(town, town.people[0])
        assert hold_stranded(at=town.now) == 1
    assert hold_stranded(at=town.now) == 0
    event = Event.objects.get(type="reviews.item_held")
    said = json.loads(bytes(Payload.objects.get(event=event, section="held").body))
    assert (Item.objects.get().state, said["reason"]) == ("held", "nobody_left")
    assert not Seat.objects.filter(state="open").exists() and breaches() == []


def test_a_rework_waits_for_whoever_may_still_do_it() -> None:
    town = at_odds()
    returned(town)
    _leaves(town, town.people[0])
    town.wait(hours=25)
    assert hold_stranded(at=town.now) == 0
    held = town.take(town.people[2])
    _leaves(town, town.people[2])
    assert hold_stranded(at=town.now) == 0  # who has it before them may decide it
    give_back(token=held.token, by=town.people[2], at=town.now)
    assert hold_stranded(at=town.now) == 1 and breaches() == []


def test_a_rework_waits_for_whoever_decides_beside_it() -> None:
    town = at_odds(people=2)
    returned(town)
    _leaves(town, town.people[0])
    town.wait(hours=25)
    other = town.people[1]
    held = withdraw(decision=Decision.objects.order_by("pk")[1].uuid, by=other, at=town.now)
    assert hold_stranded(at=town.now) == 0
    open_claim(token=held.token, by=other, at=town.now)
    town.decide(other, held, "correct", "fox")
    assert hold_stranded(at=town.now) == 1 and breaches() == []


def test_a_rework_that_the_clock_passes_on_is_left_to_the_clock() -> None:
    late = {"name": "Late", "on": "overdue", "after": "PT1H", "to": {"level": 1, "queue": "senior"}}
    town = build(
        people=2,
        rights=RIGHTS
        | {"routing": [], "otherwise": TWO, "disagreement": RULE, "escalation": [late]}
        | {"service_levels": [{"queue": "general", "due_after": "PT2H"}]},
    )
    town.send(0.5)
    for who, label in zip(town.people, ("dog", "fox"), strict=True):
        town.decide(who, town.take(who), "correct", label)
    returned(town)
    _leaves(town, town.people[0])
    town.wait(hours=24)
    assert hold_stranded(at=town.now) == 0
    town.wait(hours=1)
    assert climb(at=town.now) == 1
    assert Item.objects.get().state == "held" and breaches() == []  # nobody is left above either


def test_an_escalation_returns_nothing() -> None:
    town = build(rights=RIGHTS | {"routing": [], "otherwise": TWO, "escalation": []})
    town.send(0.5)
    town.decide(town.people[0], town.take(town.people[0]))
    town.decide(town.people[1], town.take(town.people[1]), "escalate")
    with pytest.raises(NotReturnable):
        returned(town)


def test_the_database_knows_no_return_of_ones_own_decision() -> None:
    town = at_odds()
    decision = Decision.objects.earliest("pk")
    event = Event.objects.filter(type="reviews.opened").earliest("pk")
    row = Withdrawal(
        task=decision.task, person_id=decision.person_id, attempt=1, withdrawn_at=town.now,
        returned_by_id=decision.person_id, event=event,
    )  # fmt: skip
    with pytest.raises(IntegrityError, match="returned_by_another"), transaction.atomic():
        row.save()
    row.returned_by_id = town.adjudicators[0].person_id
    row.save()


def _person(actor: Any) -> Any:
    from accounts.models import Person

    return Person.objects.get(pk=actor.person_id)
