"""Taking a decision back, until its outcome is released."""

import json

import pytest

from accounts.errors import NotFound
from audit.models import Event, Payload
from reviews.actions import claim_next, open_claim, release, withdraw
from reviews.errors import MovedOn, Released
from reviews.models import Decision, Item, Outcome, Seat, Task, Withdrawal
from tests.invariants import breaches
from tests.town import RIGHTS, build

pytestmark = pytest.mark.django_db


def test_a_withdrawn_decision_annuls_its_outcome_and_the_redo_takes_the_next_number():
    town = build()
    town.send(0.5)
    who = town.people[0]
    first = town.decide(who, town.take(who))
    held = withdraw(decision=first.uuid, by=who, at=town.now)
    assert (held.slot, Item.objects.get().state) == ("open", "open")
    assert Outcome.objects.get().annulled_at is not None
    open_claim(token=held.token, by=who, at=town.now)
    town.decide(who, held, "correct", "dog")
    town.wait(seconds=16)
    release(at=town.now)
    assert list(Outcome.objects.order_by("number").values_list("number", "position")) == [(1, None), (2, 1)]
    assert list(Decision.objects.order_by("pk").values_list("attempt", "prev_attempt")) == [(1, None), (2, 1)]
    assert breaches() == []


def test_after_release_a_decision_stands():
    town = build()
    town.send(0.5)
    who = town.people[0]
    decided = town.decide(who, town.take(who))
    town.wait(seconds=16)
    release(at=town.now)
    with pytest.raises(Released):
        withdraw(decision=decided.uuid, by=who, at=town.now)
    assert not Withdrawal.objects.exists() and breaches() == []


def test_nobody_withdraws_anothers_decision():
    town = build()
    town.send(0.5)
    decided = town.decide(town.people[0], town.take(town.people[0]))
    with pytest.raises(NotFound):
        withdraw(decision=decided.uuid, by=town.people[1], at=town.now)
    assert Outcome.objects.get().annulled_at is None


def test_a_prefetched_claim_is_given_back_and_an_open_one_set_aside():
    town = build()
    for _ in range(3):
        town.send(0.5)
    who = town.people[0]
    decided = town.decide(who, town.take(who))
    on_screen = town.take(who)
    claim_next(by=who, at=town.now)
    held = withdraw(decision=decided.uuid, by=who, at=town.now)
    slots = dict(Seat.objects.filter(state="leased").values_list("slot", "item__external_id"))
    assert slots == {"open": held.item.external_id, "prefetch": on_screen.item.external_id}
    open_claim(token=held.token, by=who, at=town.now)
    town.decide(who, held)
    again = claim_next(by=who, at=town.now)
    assert again.token == on_screen.token
    town.decide(who, open_claim(token=again.token, by=who, at=town.now))
    assert breaches() == []


def test_an_escalation_is_taken_back_while_nobody_has_touched_it():
    town = build()
    town.send(0.5)
    who = town.people[0]
    decided = town.decide(who, town.take(who), "escalate")
    held = withdraw(decision=decided.uuid, by=who, at=town.now)
    assert Task.objects.get(kind="escalation").state == "closed"
    town.decide(who, open_claim(token=held.token, by=who, at=town.now))
    assert Outcome.objects.get().source == "reviewer" and breaches() == []


def test_an_escalation_that_someone_has_taken_up_stands():
    town = build()
    town.send(0.5)
    who, other = town.people[:2]
    decided = town.decide(who, town.take(who), "escalate")
    assert claim_next(by=other, at=town.now)
    with pytest.raises(MovedOn):
        withdraw(decision=decided.uuid, by=who, at=town.now)
    assert breaches() == []


def test_a_skip_taken_back_closes_the_seat_it_asked_for():
    town = build()
    town.send(0.5)
    who = town.people[0]
    decided = town.decide(who, town.take(who), "skip")
    assert Seat.objects.filter(state="open").count() == 1
    held = withdraw(decision=decided.uuid, by=who, at=town.now)
    assert not Seat.objects.filter(state="open").exists()
    town.decide(who, open_claim(token=held.token, by=who, at=town.now))
    assert Outcome.objects.count() == 1 and breaches() == []


def test_a_disagreement_taken_back_needs_no_third_person():
    town = build()
    town.send(0.95, impact="high")
    one, two = town.people[:2]
    town.decide(one, town.take(one))
    decided = town.decide(two, town.take(two), "correct", "fox")
    assert Seat.objects.filter(state="open").count() == 1
    held = withdraw(decision=decided.uuid, by=two, at=town.now)
    town.decide(two, open_claim(token=held.token, by=two, at=town.now))
    assert Outcome.objects.get().source == "consensus"
    assert not Seat.objects.filter(state="open").exists() and breaches() == []


def test_an_adjudication_nobody_touched_is_closed_by_a_withdrawal():
    rights = RIGHTS | {"disagreement": {"measure": "exact", "agree_at": "1", "then": "adjudicate", "at_most": 3}}
    town = build(rights=rights)
    town.send(0.95, impact="high")
    one, two = town.people[:2]
    town.decide(one, town.take(one))
    decided = town.decide(two, town.take(two), "correct", "fox")
    assert Task.objects.get(kind="adjudication").state == "open"
    held = withdraw(decision=decided.uuid, by=two, at=town.now)
    assert Task.objects.get(kind="adjudication").state == "closed"
    town.decide(two, open_claim(token=held.token, by=two, at=town.now))
    assert Outcome.objects.get().source == "consensus" and breaches() == []


def test_nobody_takes_back_an_escalation_that_somebody_else_asked_for():
    town = build(people=3)
    town.send(0.95, impact="high")
    first, second = town.people[:2]
    skipped = town.decide(first, town.take(first), "skip")
    town.decide(second, town.take(second), "escalate")
    with pytest.raises(MovedOn):
        withdraw(decision=skipped.uuid, by=first, at=town.now)
    assert Task.objects.get(kind="escalation").state == "open" and breaches() == []


def test_an_escalation_taken_back_gives_the_others_their_seats_again():
    town = build(people=3)
    town.send(0.95, impact="high")
    first, second = town.people[:2]
    decided = town.decide(first, town.take(first), "escalate")
    assert not Seat.objects.filter(task__kind="work", state="open").exists()
    held = withdraw(decision=decided.uuid, by=first, at=town.now)
    town.decide(first, open_claim(token=held.token, by=first, at=town.now))
    assert Item.objects.get().state == "open"
    town.decide(second, town.take(second))
    assert Outcome.objects.get().source == "consensus" and breaches() == []


def test_nobody_annuls_an_outcome_that_stands_without_their_decision():
    town = build()
    town.send(0.5)
    first, second = town.people[:2]
    skipped = town.decide(first, town.take(first), "skip")
    town.decide(second, town.take(second))
    with pytest.raises(MovedOn):
        withdraw(decision=skipped.uuid, by=first, at=town.now)
    assert Outcome.objects.get().annulled_at is None and breaches() == []


def test_the_outvoted_do_not_annul_a_consensus():
    town = build()
    town.send(0.95, impact="high")
    decided = [
        town.decide(who, town.take(who), "correct", label)
        for who, label in zip(town.people, ("dog", "fox", "fox"), strict=True)
    ]
    with pytest.raises(MovedOn):
        withdraw(decision=decided[0].uuid, by=town.people[0], at=town.now)
    assert Outcome.objects.get().annulled_at is None and breaches() == []


def test_a_withdrawal_said_twice_answers_the_same_redo():
    town = build()
    town.send(0.5)
    who = town.people[0]
    decided = town.decide(who, town.take(who))
    first = withdraw(decision=decided.uuid, by=who, at=town.now)
    assert withdraw(decision=decided.uuid, by=who, at=town.now).token == first.token
    assert Withdrawal.objects.count() == 1 and breaches() == []


def test_a_refused_withdrawal_gives_no_claim_back():
    town = build()
    for _ in range(2):
        town.send(0.5)
    who = town.people[0]
    decided = town.decide(who, town.take(who))
    claim_next(by=who, at=town.now)
    town.wait(seconds=16)
    release(at=town.now)
    with pytest.raises(Released):
        withdraw(decision=decided.uuid, by=who, at=town.now)
    assert Seat.objects.get(slot="prefetch").state == "leased" and breaches() == []


def findings(kind: str) -> list[dict[str, str]]:
    """Give what the events of a kind say of an audit, each with its own id, in order."""
    rows = Event.objects.filter(type=f"reviews.{kind}").order_by("sseq")
    return [
        {"id": str(row.event_id), **json.loads(bytes(Payload.objects.get(event=row, section="audit").body))}
        for row in rows
    ]


@pytest.mark.parametrize("correction", ["supersede", "record"])
def test_withdrawing_an_audit_annuls_what_it_found_by_name(correction):
    town = build(rights=RIGHTS | {"audit": {"correction": correction}})
    town.send(0.8)
    who = town.people[0]
    decided = town.decide(who, town.take(who), "correct", "fox")
    held = withdraw(decision=decided.uuid, by=who, at=town.now)
    open_claim(token=held.token, by=who, at=town.now)
    town.decide(who, held, None, "cat")
    first, second = findings("audit_recorded")
    assert (first["finding"], second["finding"]) == ("differs", "agrees")
    (annulled,) = findings("audit_annulled")
    assert (annulled["event"], annulled["finding"], annulled["task"]) == (first["id"], "differs", first["task"])
    assert breaches() == []


def test_an_audit_withdrawn_twice_annuls_each_finding_once():
    town = build()
    town.send(0.8)
    who = town.people[0]
    decided = town.decide(who, town.take(who), "correct", "fox")
    for label in ("dog", "cat"):
        held = withdraw(decision=decided.uuid, by=who, at=town.now)
        open_claim(token=held.token, by=who, at=town.now)
        decided = town.decide(who, held, None, label)
    found = [one["id"] for one in findings("audit_recorded")]
    assert [one["event"] for one in findings("audit_annulled")] == found[:2] and len(found) == 3
    assert breaches() == []


def test_a_late_answer_to_a_settled_audit_is_not_taken_back_over_what_it_found():
    town = build()
    town.send(0.8)
    first, second = town.people[:2]
    skipped = town.decide(first, town.take(first), "skip")
    late = town.take(second)
    held = withdraw(decision=skipped.uuid, by=first, at=town.now)
    open_claim(token=held.token, by=first, at=town.now)
    town.decide(first, held, None, "cat")
    decided = town.decide(second, late, None, "fox")
    with pytest.raises(MovedOn):
        withdraw(decision=decided.uuid, by=second, at=town.now)
    assert Task.objects.get().state == "settled" and len(findings("audit_recorded")) == 1 and breaches() == []


def three_at_work(answers: tuple[str, str], **rights):
    """Three people sit on one high-impact item of two wanted answers; two have answered, the third sits still."""
    town = build(rights=RIGHTS | rights)
    town.send(0.95, impact="high", label="dog")
    first, second, third = town.people
    skipped = town.decide(first, town.take(first), "skip")
    held = {who.person_id: town.take(who) for who in (second, third)}
    again = withdraw(decision=skipped.uuid, by=first, at=town.now)
    open_claim(token=again.token, by=first, at=town.now)
    made = [
        town.decide(who, claim, "correct", label)
        for who, claim, label in zip((first, second), (again, held[second.person_id]), answers, strict=True)
    ]
    return town, made, held[third.person_id]


def test_a_late_answer_that_differs_does_not_hold_a_settled_one_in_place():
    town, made, late = three_at_work(("fox", "fox"))
    town.decide(town.people[2], late, "correct", "cat")
    held = withdraw(decision=made[0].uuid, by=town.people[0], at=town.now)
    assert Outcome.objects.get().annulled_at is not None and Item.objects.get().state == "open"
    open_claim(token=held.token, by=town.people[0], at=town.now)
    town.decide(town.people[0], held, "correct", "fox")
    assert Outcome.objects.filter(annulled_at=None).count() == 1 and breaches() == []


def test_a_late_answer_alone_settles_nothing_and_holds_nothing_in_place():
    town = build()
    town.send(0.5, label="dog")
    first, second = town.people[:2]
    skipped = town.decide(first, town.take(first), "skip")
    late = town.take(second)
    again = withdraw(decision=skipped.uuid, by=first, at=town.now)
    open_claim(token=again.token, by=first, at=town.now)
    made = town.decide(first, again, "correct", "fox")
    answered = town.decide(second, late, "correct", "cat")
    with pytest.raises(MovedOn):
        withdraw(decision=answered.uuid, by=second, at=town.now)
    withdraw(decision=made.uuid, by=first, at=town.now)
    assert Outcome.objects.get().annulled_at is not None and breaches() == []


def test_a_late_answer_taken_back_does_not_close_the_adjudication_that_others_led_to():
    town, made, late = three_at_work(("fox", "cat"), disagreement={**RIGHTS["disagreement"], "then": "adjudicate"})
    decided = town.decide(town.people[2], late, "correct", "fox")
    with pytest.raises(MovedOn):
        withdraw(decision=decided.uuid, by=town.people[2], at=town.now)
    assert Task.objects.get(kind="adjudication").state == "open" and Withdrawal.objects.count() == 1
    withdraw(decision=made[0].uuid, by=town.people[0], at=town.now)
    assert Task.objects.get(kind="adjudication").state == "closed" and breaches() == []


def test_the_closing_of_an_adjudication_is_tagged_as_its_opening_was():
    town, made, _late = three_at_work(("fox", "cat"), disagreement={**RIGHTS["disagreement"], "then": "adjudicate"})
    withdraw(decision=made[0].uuid, by=town.people[0], at=town.now)
    opened, closed = (
        json.loads(bytes(Event.objects.get(type=f"reviews.task_{what}").leaf))["tags"] for what in ("opened", "closed")
    )
    assert opened == closed and opened["kind"] == "adjudication"
