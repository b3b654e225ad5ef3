"""Appeals: how a complaint comes in, who hears it, and its two ends."""

import json

import pytest

from accounts.errors import Forbidden
from audit.models import Erasure, Event, Payload
from reviews.actions import claim_next, give_back, receive_appeal, release, withdraw
from reviews.errors import AppealDiffers, BadDecision, BadOutput, NothingInForce, VerdictNotAllowed
from reviews.models import Appeal, Involvement, Item, Outcome, Task
from reviews.reads.complaints import appeals_of
from reviews.reads.pane import pane
from reviews.wire import read_appeal
from tests.guidelines.writing import GUIDELINE, SPLIT, copied, editor, published
from tests.invariants import breaches
from tests.reviews.caller import Caller, problem
from tests.reviews.overriding import (
    ROW,
    accepted,
    decided,
    high,
    in_browser,
    in_force,
    one_more,
    proof_of,
    put,
    town_with,
)
from tests.town import Town

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return town_with()


def send(caller: Caller, external_id: str = "item-1", body=None, **more):
    told = {"grounds": "I am no cat", **more} if body is None else body
    return caller.call("POST", f"projects/cats/items/{external_id}/appeals/", told)


def raised(town: Town, item: Item) -> Appeal:
    by = one_more(town, "operations")
    sent = read_appeal(json.dumps({"grounds": f"Wrong {Appeal.objects.count()}"}).encode())
    return receive_appeal(item=item, sent=sent, by=by, at=town.now).appeal


def hear(town: Town, who, label: str | None, **more):
    held = town.take(who, "adjudication")
    assert held is not None and held.complaint is not None
    verdict = "correct" if label else more.pop("verdict")
    return town.decide(who, held, verdict, label, **{"rationale": "I looked", **more})


def test_a_complaint_opens_a_task_that_shows_it_and_earlier_decisions(town):
    item = decided(town, town.people[0])
    answer = send(Caller(town.project), external_id="item-1", **{"from": "Ms Miau"})
    assert answer.status_code == 201 and answer.told["state"] == "waiting" and answer.told["over"] == 1
    held = town.take(town.adjudicators[0], "adjudication")
    assert held.task.kind == "appeal" and held.complaint.grounds == "I am no cat"
    assert held.complaint.sender == "Ms Miau" and held.complaint.output == {"labels": ["cat"]}
    assert [one.verdict for one in held.prior] == ["approve"]
    shown = held.presentation["appeal"]
    assert shown["outcome"]["outcome"] == str(in_force(item).uuid) and "escalate" not in held.allowed
    assert set(held.reason_for) == set(held.allowed) and breaches() == []


def test_another_answer_overturns_the_outcome_and_both_sides_are_told(town):
    item = decided(town, town.people[0])
    caller = Caller(town.project)
    uuid = send(caller).told["id"]
    hear(town, town.adjudicators[0], "fox")
    new = in_force(item)
    assert (new.number, new.supersedes, new.source, new.task.kind) == (2, 1, "appeal", "appeal")
    (before,) = appeals_of(item.pk, town.now)
    assert before.state == "in_hearing" and before.reasons is None  # it can still be taken back
    town.wait(minutes=1)
    release(at=town.now)
    (told,) = appeals_of(item.pk, town.now)
    assert (told.state, told.outcome, told.reasons) == ("overturned", 2, "I looked")
    answer = caller.call("GET", f"projects/cats/items/item-1/appeals/{uuid}/").told
    assert (answer["state"], answer["outcome"], answer["reasons"]) == ("overturned", 2, "I looked")
    payload = json.loads(bytes(Payload.objects.get(event__type="reviews.appeal_heard", section="appeal").body))
    assert payload == {"appeal": uuid, "result": "overturned"} and breaches() == []


def test_the_answer_in_force_upholds_the_outcome_and_makes_no_other(town):
    item = decided(town, town.people[0])
    raised(town, item)
    hear(town, town.adjudicators[0], "cat")
    assert Outcome.objects.filter(item=item).count() == 1 and Task.objects.get(kind="appeal").state == "settled"
    assert appeals_of(item.pk, town.now)[0].state == "in_hearing"
    town.wait(minutes=1)
    (told,) = appeals_of(item.pk, town.now)
    assert (told.state, told.outcome, told.reasons) == ("upheld", None, "I looked")
    assert breaches() == []
    assert raised(town, item).task.state == "open"  # and another may follow


def cat_retired(town: Town) -> None:
    guideline = copied(GUIDELINE)
    guideline["sections"][1]["label"] = "kitten"
    for example in guideline["examples"]:
        example["label"] = "kitten"
    published(town, editor(town), guideline, SPLIT)


@pytest.mark.parametrize("verdict", ["approve", "correct"])
def test_an_outcome_stands_on_appeal_though_its_label_was_retired_since(town, verdict):
    item = decided(town, town.people[0])
    raised(town, item)
    cat_retired(town)
    held = town.take(town.adjudicators[0], "adjudication")
    assert "approve" in held.allowed
    (cat,) = [one for one in pane(held).choices if one.code == "cat"]
    assert (cat.name, cat.key) == ("Cat (now Kitten or Grown cat)", "")
    label = "cat" if verdict == "correct" else None
    town.decide(town.adjudicators[0], held, verdict, label, rationale="It was one")
    town.wait(minutes=5)
    assert [one.state for one in appeals_of(item.pk, town.now)] == ["upheld"]
    assert in_force(item).number == 1 and breaches() == []


def test_no_other_retired_label_is_said_on_appeal(town):
    item = decided(town, town.people[0], label="fox")
    raised(town, item)
    cat_retired(town)
    held = town.take(town.adjudicators[0], "adjudication")
    assert "approve" not in held.allowed and "cat" not in {one.code for one in pane(held).choices}
    with pytest.raises(BadOutput):
        town.decide(town.adjudicators[0], held, "correct", "cat", rationale="It is one")
    with pytest.raises(BadDecision):
        town.decide(town.adjudicators[0], held, "approve", rationale="It is one")
    assert Appeal.objects.get().task.state == "open" and in_force(item).number == 1


def test_a_rejection_that_is_appealed_is_upheld_by_a_rejection(town):
    item = accepted(town)
    raised(town, item)
    hear(town, town.adjudicators[0], None, verdict="reject")
    assert in_force(item).source == "appeal"
    town.wait(minutes=1)
    release(at=town.now)
    raised(town, item)
    hear(town, town.adjudicators[1], None, verdict="reject")
    assert in_force(item).number == 2


def test_an_appeal_ends_with_grounds_and_with_whoever_hears_it(town):
    raised(town, accepted(town))
    held = town.take(town.adjudicators[0], "adjudication")
    for verdict in ("approve", "reject", "skip"):
        with pytest.raises(BadDecision):
            town.decide(town.adjudicators[0], held, verdict)
    with pytest.raises(VerdictNotAllowed):
        town.decide(town.adjudicators[0], held, "escalate", rationale="Too hard")
    town.decide(town.adjudicators[0], held, "skip", rationale="I know them")
    assert town.take(town.adjudicators[0], "adjudication") is None
    assert town.take(town.adjudicators[1], "adjudication").task.kind == "appeal"


def test_the_hearing_can_be_taken_back_until_it_is_final(town):
    item = accepted(town)
    raised(town, item)
    made = hear(town, town.adjudicators[0], "cat")
    redo = withdraw(decision=made.uuid, by=town.adjudicators[0], at=town.now)
    assert appeals_of(item.pk, town.now)[0].state == "in_hearing" and redo.complaint is not None
    assert Payload.objects.filter(event__type="reviews.appeal_reopened").exists()
    give_back(token=redo.token, by=town.adjudicators[0], at=town.now)
    hear(town, town.adjudicators[1], "dog")
    town.wait(minutes=1)
    release(at=town.now)
    assert appeals_of(item.pk, town.now)[0].state == "overturned" and breaches() == []


def everyone_with_a_part(town: Town) -> tuple[Item, list]:
    """Give an item, and everybody who had a part in it: deciders, first and second, a decliner, a sender, a redo."""
    withdrawn, *deciders = [in_browser(one) for one in town.people[:3]]
    uuid = town.send(0.5, impact="high")["id"]
    made = town.decide(withdrawn, town.take(withdrawn))
    give_back(token=withdraw(decision=made.uuid, by=withdrawn, at=town.now).token, by=withdrawn, at=town.now)
    for one in deciders:
        town.decide(one, town.take(one))
    town.wait(minutes=1)
    release(at=town.now)
    item = Item.objects.select_related("project").get(uuid=uuid)
    from reviews.actions import countersign, decline

    first, second, decliner, sender = town.adjudicators[:4]
    decline(override=put(town, item, first, signed=True).uuid, reason="No", by=decliner, at=town.now)
    proposed = put(town, item, first, signed=True)
    countersign(override=proposed.uuid, digest=proposed.digest, proof=proof_of(second, town), by=second, at=town.now)
    release(at=town.now)
    from dataclasses import replace

    by = replace(sender, via="api", token_id=None)
    receive_appeal(item=item, sent=read_appeal(b'{"grounds": "Wrong"}'), by=by, at=town.now)
    return item, [withdrawn, *deciders, first, second, decliner, sender]


def test_nobody_who_had_any_part_hears_an_appeal_and_whoever_had_none_does():
    from django.utils import timezone

    from accounts.actions import give_membership
    from accounts.models import Person
    from accounts.reads import console

    town = town_with(ROW, adjudicators=5)
    item, parts = everyone_with_a_part(town)
    for one in parts:
        person = Person.objects.get(pk=one.person_id)
        if one.person_id in {who.person_id for who in town.people}:
            give_membership(person=person, project=town.project, role="adjudicator", by=console(), at=timezone.now())
    path = "projects/cats/queues/adjudication/claims/"
    for one in parts:
        assert claim_next(by=one, at=town.now, queue=town.queue("adjudication")) is None
        assert Caller(town.project, who=one).call("POST", path).status_code == 204
    assert Involvement.objects.filter(item=item).count() == 7
    assert hear(town, town.adjudicators[4], "dog") and breaches() == []


def test_whoever_heard_an_appeal_neither_hears_the_next_nor_puts_its_outcome_aside(town):
    from reviews.errors import OwnWork

    item = accepted(town)
    raised(town, item)
    hear(town, town.adjudicators[0], "dog")
    town.wait(minutes=1)
    release(at=town.now)
    with pytest.raises(OwnWork):
        put(town, item, town.adjudicators[0])
    raised(town, item)
    assert town.take(town.adjudicators[0], "adjudication") is None


def test_an_appeal_goes_to_the_queue_that_the_rights_name():
    town = town_with(rights={"appeal": {"queue": "senior"}})
    assert raised(town, accepted(town)).task.queue.slug == "senior"


def test_the_same_complaint_again_is_the_same_appeal_and_another_body_is_refused(town):
    accepted(town)
    caller = Caller(town.project)
    first = send(caller, external_id="item-1", body={"grounds": "No", "external_id": "c-1"})
    again = send(caller, external_id="item-1", body={"external_id": "c-1", "grounds": "No", "from": None})
    assert (first.status_code, again.status_code) == (201, 200) and first.told == again.told
    assert problem(send(caller, body={"grounds": "Other", "external_id": "c-1"})) == (409, "appeal_differs")
    assert problem(send(caller, body={"grounds": "Other", "external_id": "c-2"})) == (409, "appeal_waits")
    assert Appeal.objects.count() == 1
    unnamed = accepted(town)
    told = [send(caller, external_id=unnamed.external_id) for _ in range(2)]
    assert [one.status_code for one in told] == [201, 200] and told[0].told["id"] == told[1].told["id"]


@pytest.mark.parametrize(
    "body",
    [{}, {"grounds": ""}, {"grounds": " "}, {"grounds": 1}, {"grounds": "x", "from": ""},
     {"grounds": "x", "from_": "y"},     {"grounds": "x", "external_id": "é"}, {"grounds": "x", "more": 1}, []],
)  # fmt: skip
def test_a_complaint_that_does_not_read_is_refused_with_its_place(town, body):
    accepted(town)
    answer = send(Caller(town.project), body=body)
    assert problem(answer) == (422, "bad_body") and not Appeal.objects.exists()


def test_there_is_nothing_to_appeal_against_before_an_outcome_is_released(town):
    waiting = decided(town)
    with pytest.raises(NothingInForce):
        raised(town, waiting)
    assert not Appeal.objects.exists()


def test_only_operations_raise_an_appeal_on_an_items_page(town):
    item = accepted(town)
    sent = read_appeal(b'{"grounds": "Wrong"}')
    for role in ("reviewer", "adjudicator", "guideline_editor", "compliance", "records_officer"):
        with pytest.raises(Forbidden):
            receive_appeal(item=item, sent=sent, by=one_more(town, role), at=town.now)
    assert not Appeal.objects.exists()


def test_an_erased_complaint_is_no_match_for_another(town):
    item = accepted(town)
    sent = read_appeal(b'{"grounds": "Wrong", "external_id": "c-1"}')
    by = one_more(town, "operations")
    receive_appeal(item=item, sent=sent, by=by, at=town.now)
    erasure = Erasure.objects.create(event=Event.objects.order_by("pk")[0], kind="request")
    Appeal.objects.update(body=None, salt=None, erasure=erasure)
    assert appeals_of(item.pk, town.now)[0].grounds is None
    assert town.take(town.adjudicators[0], "adjudication").complaint.grounds is None
    with pytest.raises(AppealDiffers):
        receive_appeal(item=item, sent=read_appeal(b'{"grounds": "Wrong", "external_id": "c-1"}'), by=by, at=town.now)


def test_an_appeal_is_frozen(town):
    from django.db import DatabaseError, transaction

    raised(town, high(town))
    for change in ({"external_id": "x"}, {"body": b"{}"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Appeal.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Involvement.objects.all().delete()
