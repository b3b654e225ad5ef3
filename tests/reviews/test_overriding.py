"""Putting an outcome aside: who may, over what, and what comes of it."""

import json

import pytest

from accounts.errors import Forbidden
from audit.models import Event, Payload
from reviews.actions import release
from reviews.errors import (
    BadDecision,
    BadOutput,
    InWork,
    NothingInForce,
    OwnWork,
    ReasonMissing,
    RecordDiffers,
)
from reviews.models import Involvement, Outcome, Override, OverrideEnd
from reviews.reads.answers import answers
from reviews.reads.feed import feed
from tests.invariants import breaches
from tests.reviews.overriding import ROW, accepted, decided, high, in_force, one_more, put, town_with
from tests.town import Town

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return town_with()


def nothing_happened() -> bool:
    return not Override.objects.exists() and not OverrideEnd.objects.exists() and not Involvement.objects.exists()


def test_a_new_answer_supersedes_the_released_one_and_is_released_in_its_turn(town):
    item = accepted(town)
    release(at=town.now)
    put(town, item, town.adjudicators[0])
    new = in_force(item)
    assert (new.number, new.supersedes, new.source, new.task_id, new.released_at) == (2, 1, "override", None, None)
    release(at=town.now)
    told = answers(town.project.pk, "uuid", [item.uuid])[item.uuid]
    assert told["state"] == "decided" and told["outcome"]["output"] == {"labels": ["fox"]}
    assert (told["outcome"]["source"], told["outcome"]["supersedes"]) == ("override", 1)
    assert [(one["number"], one["supersedes"]) for one in feed(town.project.pk, after=0, limit=10)] == [
        (1, None),
        (2, 1),
    ]
    assert breaches() == []


def test_the_ledger_tells_the_row_the_reason_and_what_stood_before_and_after(town):
    item = accepted(town)
    before = in_force(item)
    made = put(town, item, town.adjudicators[0], reason="  The tail is a fox's ")
    event = Event.objects.get(type="reviews.override_made")
    told = json.loads(bytes(Payload.objects.get(event=event, section="override").body))
    assert (told["row"], told["reason"], told["over"]) == ("Adjudicators", "The tail is a fox's", 1)
    assert told["before"] == bytes(before.commitment).hex() and told["after"] == bytes(made.commitment).hex()
    assert json.loads(event.leaf)["role"] == "adjudicator" and event.actor == town.adjudicators[0].pseudonym
    assert OverrideEnd.objects.get().outcome == in_force(item)


def refused(kind: type[Exception], town: Town, *args, **more) -> None:
    count = Outcome.objects.count(), Event.objects.count()
    with pytest.raises(kind):
        put(town, *args, **more)
    assert nothing_happened() and count == (Outcome.objects.count(), Event.objects.count())


@pytest.mark.parametrize("role", ["reviewer", "operations", "guideline_editor", "compliance", "records_officer"])
def test_a_role_that_no_row_names_puts_nothing_aside(town, role):
    refused(Forbidden, town, accepted(town), one_more(town, role))


def test_no_token_puts_an_outcome_aside_not_even_a_persons_own(town):
    from dataclasses import replace

    from accounts.reads import Actor

    item, who = accepted(town), town.adjudicators[0]
    refused(Forbidden, town, item, replace(who, via="api", token_id=1))
    refused(Forbidden, town, item, replace(who, via="api"))
    refused(Forbidden, town, item, Actor("s_1", "api", service_id=1, token_id=1))


def test_an_answer_has_to_fit_and_to_change_something_and_to_have_its_reason(town):
    item, who = accepted(town), town.adjudicators[0]
    refused(BadOutput, town, item, who, label="owl")
    refused(BadOutput, town, item, who, output={"boxes": []})
    refused(BadDecision, town, item, who, label="cat")
    refused(BadDecision, town, item, who, output=None)
    refused(ReasonMissing, town, item, who, reason="  ")


def test_a_row_that_asks_for_no_reason_takes_none():
    town = town_with(ROW | {"reason": False})
    assert put(town, accepted(town), town.adjudicators[0], reason="").row == "Adjudicators"


def test_nobody_puts_an_answer_aside_while_people_work_on_the_item(town):
    from reviews.actions import receive_appeal
    from reviews.wire import read_appeal

    done = accepted(town)
    receive_appeal(item=done, sent=read_appeal(b'{"grounds": "No"}'), by=one_more(town, "operations"), at=town.now)
    with pytest.raises(InWork):
        put(town, done, town.adjudicators[0])
    assert Outcome.objects.filter(item=done).count() == 1


def test_nothing_is_put_aside_before_it_is_released(town):
    item = decided(town)  # nobody has decided it
    from uuid import uuid4

    from reviews.actions import put_aside

    with pytest.raises(NothingInForce):
        put_aside(item=item, over=uuid4(), output={"labels": ["fox"]}, reason="x", by=town.adjudicators[0], at=town.now)
    town.decide(town.people[0], town.take(town.people[0]))
    refused(NothingInForce, town, item, town.adjudicators[0])


def test_an_audit_that_waits_keeps_nobody_from_it_and_then_only_records_what_it_finds(town):
    item_id = town.send(0.7)["id"]  # accepted and drawn for an audit
    item = accepted(town).__class__.objects.select_related("project").get(uuid=item_id)
    put(town, item, town.adjudicators[0])
    town.decide(town.people[0], town.take(town.people[0]), None, "dog")
    found = json.loads(bytes(Payload.objects.get(event__type="reviews.audit_recorded", section="audit").body))
    assert found["finding"] == "differs"  # from what the model said, which it measures
    assert in_force(item).source == "override" and breaches() == []


def test_whoever_decided_on_an_item_does_not_put_its_outcome_aside():
    town = town_with({"name": "All", "roles": ["reviewer", "adjudicator"]})
    from tests.reviews.overriding import in_browser

    who = town.people[0]
    item = decided(town, who)
    refused(OwnWork, town, item, in_browser(who))
    put(town, item, in_browser(town.people[1]))
    release(at=town.now)
    with pytest.raises(OwnWork):  # nor whoever has put one aside the new one
        put(town, item, in_browser(town.people[1]), label="dog")


def test_what_the_person_was_not_shown_is_not_put_aside(town):
    item = accepted(town)
    shown = in_force(item).uuid
    put(town, item, town.adjudicators[0])
    release(at=town.now)
    with pytest.raises(RecordDiffers):
        put(town, item, town.adjudicators[1], label="dog", over=shown)
    assert Outcome.objects.filter(item=item).count() == 2


def test_after_its_age_only_the_row_without_one_lets():
    young = {"name": "Young", "roles": ["adjudicator"], "max_age": "P30D"}
    town = town_with(young, {"name": "Old", "roles": ["operations"]})
    item = accepted(town)
    town.wait(days=30, seconds=1)
    refused(Forbidden, town, item, town.adjudicators[0])
    assert put(town, item, one_more(town, "operations")).row == "Old"
    other = accepted(town)
    assert put(town, other, town.adjudicators[0]).row == "Young"


def test_the_rights_in_force_now_say_who_may_not_those_of_the_route(town):
    from accounts.reads import console
    from reviews.actions import publish_rights
    from tests.town import RIGHTS

    item = accepted(town)
    publish_rights(project=town.project, document=RIGHTS, reason="None", by=console(), at=town.now)
    refused(Forbidden, town, item, town.adjudicators[0])


@pytest.mark.parametrize(
    ("condition", "lets"),
    [
        ({"field": "segments.country", "op": "=", "value": "DE"}, True),
        ({"field": "segments.country", "op": "=", "value": "FR"}, False),
        ({"field": "segments.city", "op": "!=", "value": "Bonn"}, False),  # absent
        ({"field": "data.text", "op": "<", "value": "3"}, False),  # cannot be compared
    ],
)
def test_a_row_lets_only_where_its_conditions_hold(condition, lets):
    town = town_with({"name": "Some", "roles": ["adjudicator"], "when": [condition]})
    item = accepted(town, segments={"country": "DE"})
    if lets:
        assert put(town, item, town.adjudicators[0]).row == "Some"
    else:
        refused(Forbidden, town, item, town.adjudicators[0])


def test_overriding_keeps_the_old_bytes_of_rights_that_do_not_use_what_is_new():
    from reviews.rights import load, read
    from tests.town import RIGHTS

    queues = {"general": 0, "senior": 1, "adjudication": 1}
    old = read(RIGHTS | {"overrides": [ROW]}, queues=queues)
    assert b"max_age" not in old.body and b"appeal" not in old.body and load(old.body).body == old.body
    new = read(RIGHTS | {"overrides": [ROW | {"max_age": "P1D"}], "appeal": {"queue": "senior"}}, queues=queues)
    assert b'"max_age":"P1D"' in new.body and load(new.body).appeal_queue == "senior"


def test_high_impact_needs_a_second_person(town):
    item = high(town)
    refused(Forbidden, town, item, town.adjudicators[0])
    assert in_force(item).number == 1
    put(town, item, town.adjudicators[0], signed=True)
    assert in_force(item).number == 1 and not OverrideEnd.objects.exists()


@pytest.mark.parametrize("model", [Override, OverrideEnd, Involvement])
def test_what_was_put_aside_is_frozen(town, model):
    from django.db import DatabaseError, transaction

    put(town, accepted(town), town.adjudicators[0])
    row = model.objects.get()
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.filter(pk=row.pk).delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.filter(pk=row.pk).update(event_id=Event.objects.order_by("pk")[0].pk)
