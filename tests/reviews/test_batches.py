"""Batches: several proposals on one screen, each with a claim, a presentation, an opening and a decision of its own."""

import datetime as dt
import json
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.actions import give_membership
from accounts.errors import Forbidden, NotFound
from accounts.models import Person
from accounts.reads import Actor, console
from audit.models import Event, Payload
from reviews.actions import (
    claim_batch,
    claim_next,
    decide_batch,
    give_back_batch,
    open_batch,
    open_claim,
    publish_rights,
    release,
    sweep,
    withdraw,
    withdraw_batch,
)
from reviews.errors import (
    AlreadyDecided,
    AnotherBatch,
    BadDecision,
    ClaimLost,
    InABatch,
    NoBatch,
    NotOpened,
    Released,
    VerdictNotAllowed,
)
from reviews.models import Batch, Claim, ClaimEnd, Decision, Item, Opening, Outcome, Presentation, Seat
from reviews.reads.batches import batch_lines, batch_row, grid
from reviews.reads.claims import replay
from reviews.wire import read_decision
from tests.guidelines.writing import GUIDELINE, SPLIT, copied, editor, published
from tests.invariants import breaches
from tests.town import RIGHTS, Town, build

pytestmark = pytest.mark.django_db
TOGETHER = RIGHTS | {"batch": {"queues": ["general"], "most": 50}}


def town_of(items: int, **changes: Any) -> Town:
    town = build(**{"rights": TOGETHER} | changes)
    for _ in range(items):
        town.send(0.5)
    return town


def body(verdict: str = "approve", label: str | None = None, **more: Any) -> Any:
    sent = {"verdict": verdict, "active_ms": 900, **more} | ({"output": {"labels": [label]}} if label else {})
    return read_decision(json.dumps(sent).encode())


def tiles(batch: Any, who: Actor, town: Town) -> list[Any]:
    found = grid(batch_row(batch), who.person_id, town.now)
    return found.tiles if found else []


def taken(town: Town, who: Actor | None = None) -> tuple[Any, list[Any]]:
    """Claim a batch and put all of it on screen."""
    who = who or town.people[0]
    batch = claim_batch(queue=town.queue(), by=who, at=town.now)
    shown = tiles(batch, who, town)
    open_batch(batch=batch, tokens=[tile.held.token for tile in shown], by=who, at=town.now)
    return batch, shown


def confirm(town: Town, batch: Any, shown: list[Any], left: list[Any] = (), sent: Any = None) -> list[Any]:
    told = [(tile.held.token, sent or body()) for tile in shown]
    leaving = [tile.held.token for tile in left]
    return decide_batch(batch=batch, sent=told, left=leaving, by=town.people[0], at=town.now)


def test_a_batch_is_confirmed_with_a_decision_a_presentation_and_an_event_for_each():
    town = town_of(5)
    batch, shown = taken(town)
    answers = confirm(town, batch, shown)
    assert [answer.decided.verdict for answer in answers] == ["approve"] * 5
    assert set(Decision.objects.values_list("mode", "verdict", "via")) == {("batch", "approve", "api")}
    assert Outcome.objects.count() == Opening.objects.count() == Presentation.objects.count() == 5
    said = [json.loads(bytes(one.body)) for one in Payload.objects.filter(section="decision")]
    assert [one["mode"] for one in said] == ["batch"] * 5
    assert Event.objects.filter(type="reviews.decision_submitted").count() == 5
    assert breaches() == []


def test_a_presentation_names_its_batch_its_place_and_what_the_grid_shows_of_it():
    town = town_of(3)
    batch, shown = taken(town)
    for place, one in enumerate(Presentation.objects.order_by("claim_id"), 1):
        manifest = json.loads(bytes(one.manifest))
        assert manifest["grid"] == {"batch": str(batch), "place": place, "recipe": "thumbnail"}
        assert len(bytes(one.manifest)) < 4096
    assert replay(shown[0].held.token, town.now).held.proposal == {"labels": ["cat"]}


def test_a_batch_takes_ordinary_work_of_normal_impact_with_a_proposal_and_nothing_else():
    high = {"high_impact": {"arm": "review", "queue": "general", "decisions": 1}}
    town = build(rights=TOGETHER | high)
    town.send(0.5)
    town.send(0.5, impact="high")
    town.send(None)
    town.send(0.7)  # accepted, and audited in the same queue
    assert Seat.objects.filter(state="open").count() == 4
    _batch, shown = taken(town)
    assert [tile.held.item.external_id for tile in shown] == ["item-1"]
    assert breaches() == []


def test_a_second_review_is_never_in_a_batch():
    routing = [{"name": "All", "when": [], "then": {"arm": "review", "queue": "general", "second_share": "1"}}]
    town = town_of(2, rights=TOGETHER | {"routing": routing})
    batch, shown = taken(town)
    confirm(town, batch, shown)
    town.wait(seconds=20)
    release(at=town.now)
    assert Seat.objects.filter(task__kind="second", state="open").count() == 2
    assert claim_batch(queue=town.queue(), by=town.people[1], at=town.now) is None


def test_a_project_that_hides_proposals_has_no_batches():
    town = town_of(2, show_prediction=False)
    with pytest.raises(NoBatch):
        claim_batch(queue=town.queue(), by=town.people[0], at=town.now)
    assert Claim.objects.count() == 0
    assert batch_lines(town.people[0].person_id, town.now) == set()


def test_without_a_word_in_the_decision_rights_there_are_no_batches():
    town = town_of(2, rights=RIGHTS)
    with pytest.raises(NoBatch):
        claim_batch(queue=town.queue(), by=town.people[0], at=town.now)
    assert Claim.objects.count() == 0


def test_where_an_approval_needs_a_reason_there_are_no_batches():
    rows = [{"queue": "general", "role": "reviewer", "allow": ["approve", "correct"], "reason_for": ["approve"]}]
    town = town_of(2, rights=TOGETHER | {"verdicts": rows})
    with pytest.raises(NoBatch):
        claim_batch(queue=town.queue(), by=town.people[0], at=town.now)


def test_who_decides_nothing_in_the_queue_gets_no_batch():
    town = town_of(2)
    for who in town.adjudicators:
        with pytest.raises(NoBatch):
            claim_batch(queue=town.queue(), by=who, at=town.now)
    with pytest.raises(Forbidden):
        claim_batch(queue=town.queue(), by=console(), at=town.now)
    assert Batch.objects.count() == 0


def test_a_batch_has_at_most_as_many_as_the_rights_say():
    town = town_of(5, rights=RIGHTS | {"batch": {"queues": ["general"], "most": 3}})
    _batch, shown = taken(town)
    assert len(shown) == 3
    assert Seat.objects.filter(state="open").count() == 2


def test_fifty_is_the_most_and_a_person_holds_two_claims_beside_them():
    town = town_of(60)
    who = town.people[0]
    held = town.take(who)
    after = claim_next(by=who, at=town.now)
    assert held.token != after.token
    _batch, shown = taken(town)
    assert [tile.place for tile in shown] == list(range(1, 51))
    assert Seat.objects.filter(state="leased", person_id=who.person_id).count() == 52
    assert breaches() == []


def test_the_same_batch_is_answered_while_anything_of_it_is_held():
    town = town_of(4)
    batch, shown = taken(town)
    confirm(town, batch, shown[:2])
    assert claim_batch(queue=town.queue(), by=town.people[0], at=town.now) == batch
    assert len(tiles(batch, town.people[0], town)) == 2
    confirm(town, batch, shown[2:])
    assert claim_batch(queue=town.queue(), by=town.people[0], at=town.now) is None


def test_the_workbench_does_not_take_from_a_batch():
    town = town_of(2)
    who = town.people[0]
    _batch, shown = taken(town)
    assert claim_next(by=who, at=town.now, resume=True) is None
    token = shown[0].held.token
    with pytest.raises(InABatch):
        open_claim(token=token, by=who, at=town.now)
    with pytest.raises(InABatch):
        town.decide(who, shown[0].held)
    assert Decision.objects.count() == 0


def test_what_was_never_on_screen_is_not_confirmed():
    town = town_of(3)
    who = town.people[0]
    batch = claim_batch(queue=town.queue(), by=who, at=town.now)
    shown = tiles(batch, who, town)
    open_batch(batch=batch, tokens=[shown[0].held.token], by=who, at=town.now)
    answers = confirm(town, batch, shown)
    assert [type(answer.refusal) for answer in answers] == [type(None), NotOpened, NotOpened]
    assert Decision.objects.count() == 1
    assert breaches() == []


def test_one_refused_item_holds_up_no_other():
    rows = [{"queue": "general", "role": "reviewer", "allow": ["approve"]}]
    town = town_of(3, rights=TOGETHER | {"verdicts": rows})
    batch, shown = taken(town)
    told = [
        (shown[0].held.token, body()),
        (shown[1].held.token, body("correct", "dog")),
        (shown[2].held.token, body("skip")),
    ]
    answers = decide_batch(batch=batch, sent=told, by=town.people[0], at=town.now)
    assert [type(answer.refusal) for answer in answers] == [type(None), VerdictNotAllowed, BadDecision]
    assert len(tiles(batch, town.people[0], town)) == 2
    assert breaches() == []


def test_a_correction_needs_its_reason_where_the_rights_ask_for_one():
    rows = [{"queue": "general", "role": "reviewer", "allow": ["approve", "correct"], "reason_for": ["correct"]}]
    town = town_of(1, rights=TOGETHER | {"verdicts": rows})
    batch, shown = taken(town)
    answer = confirm(town, batch, shown, sent=body("correct", "dog"))[0]
    assert isinstance(answer.refusal, BadDecision)
    assert confirm(town, batch, shown, sent=body("correct", "dog", rationale="A bark."))[0].decided.verdict == "correct"


def test_another_label_given_in_a_batch_is_a_correction():
    town = town_of(2)
    batch, shown = taken(town)
    told = [(shown[0].held.token, body()), (shown[1].held.token, body("correct", "dog"))]
    decide_batch(batch=batch, sent=told, by=town.people[0], at=town.now)
    outputs = [json.loads(bytes(one.body))["output"]["labels"] for one in Outcome.objects.order_by("id")]
    assert sorted(outputs) == [["cat"], ["dog"]]


def test_the_same_body_again_answers_the_same_decision_and_another_is_refused():
    town = town_of(2)
    batch, shown = taken(town)
    first = confirm(town, batch, shown)
    again = confirm(town, batch, shown)
    assert [one.decided.uuid for one in first] == [one.decided.uuid for one in again]
    assert [one.decided.new for one in again] == [False, False]
    other = confirm(town, batch, shown, sent=body("correct", "dog"))
    assert {type(one.refusal) for one in other} == {AlreadyDecided}
    assert Decision.objects.count() == 2


def test_an_exception_goes_back_for_single_review_and_into_no_batch_again():
    town = town_of(3)
    who = town.people[0]
    batch, shown = taken(town)
    confirm(town, batch, shown[1:], left=shown[:1])
    assert ClaimEnd.objects.get().reason == "left"
    assert Event.objects.filter(type="reviews.claim_left").count() == 1
    for person in town.people:
        assert claim_batch(queue=town.queue(), by=person, at=town.now) is None
    assert claim_next(by=who, at=town.now).item.external_id == shown[0].held.item.external_id
    assert breaches() == []


def test_an_exception_left_twice_is_left_once_and_a_lapsed_one_is_said():
    town = town_of(2)
    batch, shown = taken(town)
    for _ in range(2):
        assert confirm(town, batch, [], left=shown[:1])[0].refusal is None
    town.wait(minutes=16)
    assert isinstance(confirm(town, batch, [], left=shown[1:])[0].refusal, ClaimLost)
    assert ClaimEnd.objects.count() == 1
    assert Seat.objects.filter(single=True).count() == 1
    assert breaches() == []


def test_a_seat_asked_for_by_a_disagreement_is_in_no_batch():
    routing = [{"name": "All", "when": [], "then": {"arm": "review", "queue": "general", "decisions": 2}}]
    town = town_of(2, rights=TOGETHER | {"routing": routing})
    for who, label in ((town.people[0], None), (town.people[1], "dog")):
        batch, shown = taken(town, who)
        assert len(shown) == 2
        told = [(tile.held.token, body("correct", label) if label else body()) for tile in shown]
        decide_batch(batch=batch, sent=told, by=who, at=town.now)
    assert Seat.objects.filter(number=3, state="open").count() == 2
    assert claim_batch(queue=town.queue(), by=town.people[2], at=town.now) is None
    assert claim_next(by=town.people[2], at=town.now) is not None
    assert breaches() == []


def test_a_lapsed_batch_is_swept_and_says_so_for_each_item():
    town = town_of(3)
    batch, shown = taken(town)
    town.wait(minutes=16)
    assert sweep(at=town.now) == 3
    answers = confirm(town, batch, shown)
    assert {type(answer.refusal) for answer in answers} == {ClaimLost}
    assert Decision.objects.count() == 0
    assert set(ClaimEnd.objects.values_list("reason", flat=True)) == {"lapsed"}
    with pytest.raises(ClaimLost):
        open_batch(batch=batch, tokens=[], by=town.people[0], at=town.now)
    assert len(taken(town)[1]) == 3
    assert breaches() == []


def test_a_batch_that_lapsed_unswept_makes_room_for_the_next():
    town = town_of(3)
    batch, _shown = taken(town)
    town.wait(minutes=16)
    other, shown = taken(town)
    assert other != batch
    assert len(shown) == 3
    assert breaches() == []


def test_a_prefetched_batch_lapses_early_and_an_opened_one_is_prolonged_by_work():
    town = town_of(2)
    who = town.people[0]
    batch = claim_batch(queue=town.queue(), by=who, at=town.now)
    assert {seat.lease_until - town.now for seat in Seat.objects.all()} == {dt.timedelta(minutes=2)}
    shown = tiles(batch, who, town)
    open_batch(batch=batch, tokens=[shown[0].held.token], by=who, at=town.now)
    town.wait(minutes=10)
    assert open_batch(batch=batch, tokens=[], by=who, at=town.now) - town.now == dt.timedelta(minutes=15)
    assert {seat.lease_until - town.now for seat in Seat.objects.all()} == {dt.timedelta(minutes=15)}
    assert Opening.objects.count() == 1


def test_a_batch_is_given_back_whole():
    town = town_of(3)
    batch, shown = taken(town)
    confirm(town, batch, shown[:1])
    assert give_back_batch(batch=batch, by=town.people[0], at=town.now) == 2
    assert set(ClaimEnd.objects.values_list("reason", flat=True)) == {"returned"}
    assert len(taken(town, town.people[1])[1]) == 2
    assert breaches() == []


def test_a_batch_is_nobody_elses():
    town = town_of(2)
    batch, shown = taken(town)
    other = town.people[1]
    token = shown[0].held.token
    calls = [
        lambda: open_batch(batch=batch, tokens=[token], by=other, at=town.now),
        lambda: give_back_batch(batch=batch, by=other, at=town.now),
        lambda: decide_batch(batch=batch, sent=[(token, body())], by=other, at=town.now),
        lambda: withdraw_batch(batch=batch, decisions=[], by=other, at=town.now),
    ]
    for call in calls:
        with pytest.raises(NotFound):
            call()
    assert Seat.objects.filter(state="leased", person_id=town.people[0].person_id).count() == 2


def test_rights_that_end_batches_are_heeded_before_the_next_decision():
    town = town_of(2)
    batch, shown = taken(town)
    publish_rights(project=town.project, document=RIGHTS, reason="One by one.", by=console(), at=town.now)
    with pytest.raises(NoBatch):
        confirm(town, batch, shown)
    assert Decision.objects.count() == 0
    assert give_back_batch(batch=batch, by=town.people[0], at=town.now) == 2


def test_the_decisions_of_a_batch_are_taken_back_into_their_places_until_release():
    town = town_of(3)
    batch, shown = taken(town)
    made = [answer.decided.uuid for answer in confirm(town, batch, shown)]
    assert set(withdraw_batch(batch=batch, decisions=made, by=town.people[0], at=town.now).values()) == {None}
    assert Outcome.objects.filter(annulled_at__isnull=True).count() == 0
    again = tiles(batch, town.people[0], town)
    assert [tile.held.item.external_id for tile in again] == [tile.held.item.external_id for tile in shown]
    assert not any(tile.held.opened for tile in again)
    assert breaches() == []
    open_batch(batch=batch, tokens=[tile.held.token for tile in again], by=town.people[0], at=town.now)
    assert all(answer.decided.new for answer in confirm(town, batch, again))
    assert Outcome.objects.filter(annulled_at__isnull=True, number=2).count() == 3
    assert breaches() == []


def test_a_released_decision_stands_and_holds_up_no_other_withdrawal():
    town = town_of(2)
    batch, shown = taken(town)
    first = confirm(town, batch, shown[:1])[0].decided.uuid
    town.wait(seconds=14)
    second = confirm(town, batch, shown[1:])[0].decided.uuid
    town.wait(seconds=5)
    release(at=town.now)
    answers = withdraw_batch(batch=batch, decisions=[first, second], by=town.people[0], at=town.now)
    assert isinstance(answers[first], Released)
    assert answers[second] is None
    assert breaches() == []


def test_one_decision_of_a_batch_is_taken_back_to_the_workbench_like_any_other():
    town = town_of(2)
    batch, shown = taken(town)
    made = confirm(town, batch, shown)
    held = withdraw(decision=made[0].decided.uuid, by=town.people[0], at=town.now)
    assert held.slot == "open"
    open_claim(token=held.token, by=town.people[0], at=town.now)
    town.decide(town.people[0], held, "correct", "dog")
    assert Decision.objects.order_by("-pk").first().mode == "single"
    assert breaches() == []


def test_nothing_is_taken_back_into_a_batch_while_another_is_open():
    town = town_of(3, rights=RIGHTS | {"batch": {"queues": ["general"], "most": 2}})
    batch, shown = taken(town)
    made = [answer.decided.uuid for answer in confirm(town, batch, shown)]
    taken(town)
    with pytest.raises(AnotherBatch):
        withdraw_batch(batch=batch, decisions=made, by=town.people[0], at=town.now)
    assert Outcome.objects.filter(annulled_at__isnull=True).count() == 2


def broken(change: Any) -> str:
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        change()
    return str(caught.value)


def test_the_database_holds_one_seat_a_place_and_no_place_outside_a_batch():
    town = town_of(3)
    taken(town)
    first, second, _third = Seat.objects.order_by("place")
    assert "place" in broken(lambda: Seat.objects.filter(pk=second.pk).update(place=first.place))
    assert "place_in_a_batch" in broken(lambda: Seat.objects.filter(pk=first.pk).update(place=51))
    assert "place_in_a_batch" in broken(lambda: Seat.objects.filter(pk=first.pk).update(place=None))
    assert "place_in_a_batch" in broken(lambda: Seat.objects.filter(pk=first.pk).update(slot="open"))


def statements(call: Any) -> int:
    with CaptureQueriesContext(connection) as captured:
        call()
    said = [one["sql"] for one in captured.captured_queries]
    return len([sql for sql in said if not sql.startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))])


def test_a_batch_of_fifty_costs_about_as_many_statements_as_one():
    town = town_of(50)
    who = town.people[0]
    counts: dict[str, int] = {}
    claim: list[Any] = []
    counts["claim"] = statements(lambda: claim.append(claim_batch(queue=town.queue(), by=who, at=town.now)))
    shown = tiles(claim[0], who, town)
    tokens = [tile.held.token for tile in shown]
    counts["open"] = statements(lambda: open_batch(batch=claim[0], tokens=tokens, by=who, at=town.now))
    counts["decide"] = statements(lambda: confirm(town, claim[0], shown[:45], left=shown[45:48]))
    assert len(shown) == 50
    most = {"claim": 16, "open": 10, "decide": 24}
    assert {name: max(count, most[name]) for name, count in counts.items()} == most, counts


def test_a_person_of_two_roles_acts_in_the_one_that_may():
    town = town_of(1)
    who = town.adjudicators[0]
    person = Person.objects.get(pk=who.person_id)
    give_membership(person=person, project=town.project, role="reviewer", by=console(), at=town.now)
    batch = claim_batch(queue=town.queue(), by=who, at=town.now)
    assert len(tiles(batch, who, town)) == 1
    assert json.loads(bytes(Event.objects.filter(type="reviews.claimed").get().leaf))["role"] == "reviewer"
    assert Item.objects.count() == 1


@pytest.mark.parametrize("most", [2, 4])
def test_what_waits_behind_proposals_of_a_retired_label_is_taken(most):
    town = town_of(0, rights=RIGHTS | {"batch": {"queues": ["general"], "most": most}})
    for _ in range(6):
        town.send(0.1, "cat")
    for _ in range(3):
        town.send(0.5, "dog")
    guideline = copied(GUIDELINE)
    guideline["sections"][1]["label"] = "kitten"
    for example in guideline["examples"]:
        example["label"] = "kitten"
    published(town, editor(town), guideline, SPLIT)
    _batch, shown = taken(town)
    assert [tile.labels for tile in shown] == [["dog"]] * min(most, 3)
    assert {tile.held.item.external_id for tile in shown} <= {"item-7", "item-8", "item-9"} and breaches() == []
