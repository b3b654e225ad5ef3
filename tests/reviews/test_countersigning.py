"""The second person of an override: who signs it, with what password, and what ends it otherwise."""

import hashlib
import json
from dataclasses import replace

import pytest
from django.conf import settings as django_settings
from django.http import HttpRequest

from accounts.actions import prove
from accounts.errors import Forbidden, TooManyTries, WrongPassword
from accounts.models import Signature, User
from audit.models import Event, Payload
from reviews.actions import countersign, decline, end_overrides, publish_rights, release, take_override_back
from reviews.errors import NothingInForce, OverrideOver, OverrideWaits, OwnWork, ReasonMissing, RecordDiffers
from reviews.models import Outcome, Override, OverrideEnd
from tests.guidelines.writing import GUIDELINE, SPLIT, copied, editor, published
from tests.invariants import breaches
from tests.reviews.overriding import ROW, decided, high, in_browser, in_force, one_more, proof_of, put, town_with
from tests.town import RIGHTS, Town

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return town_with()


@pytest.fixture
def proposed(town) -> Override:
    return put(town, high(town), town.adjudicators[0], signed=True)


def sign(town: Town, proposed: Override, who, **more):
    told = {"digest": proposed.digest} | more
    return countersign(override=proposed.uuid, proof=proof_of(who, town), by=who, at=town.now, **told)


def test_the_second_signature_puts_the_outcome_aside(town, proposed):
    end = sign(town, proposed, town.adjudicators[1])
    assert (end.how, end.person_id) == ("done", town.adjudicators[1].person_id)
    new = in_force(proposed.item)
    assert (new, new.supersedes, new.source) == (end.outcome, 1, "override")
    first, second = Signature.objects.order_by("pk")
    assert (first.meaning, second.meaning) == ("I propose this override", "I approve this override")
    assert first.digest == second.digest == hashlib.sha256(bytes(proposed.record)).hexdigest()
    assert (second.name, second.signed_at) == ("adjudicator 4", town.now)
    told = json.loads(bytes(Payload.objects.get(event=second.event, section="signature").body))
    assert told["digest"] == proposed.digest and told["meaning"] == second.meaning
    release(at=town.now)
    assert breaches() == []


def test_the_record_tells_by_commitments_what_was_put_forward(proposed):
    told = json.loads(bytes(proposed.record))
    assert told["after"] == bytes(proposed.commitment).hex() and told["before"] == bytes(proposed.over.commitment).hex()
    assert told["row"] == "Adjudicators" and told["rights"] == proposed.rights.digest and "fox" not in str(told)


def refused(kind, town, proposed, who, **more):
    count = Event.objects.count(), Signature.objects.count()
    with pytest.raises(kind):
        sign(town, proposed, who, **more)
    assert not OverrideEnd.objects.exists() and in_force(proposed.item).number == 1
    assert count == (Event.objects.count(), Signature.objects.count())


def test_nobody_signs_what_they_put_forward_themselves(town, proposed):
    refused(OwnWork, town, proposed, town.adjudicators[0])


def test_nobody_signs_who_decided_on_the_item_whether_it_stands_or_was_taken_back():
    from reviews.actions import give_back, withdraw

    town = town_with(ROW | {"roles": ["adjudicator", "reviewer"]}, people=4)
    who = town.people[2]
    item_id = town.send(0.5, impact="high")["id"]
    made = town.decide(who, town.take(who))
    redo = withdraw(decision=made.uuid, by=who, at=town.now)
    give_back(token=redo.token, by=who, at=town.now)
    for one in town.people[:2]:
        town.decide(one, town.take(one))
    town.wait(minutes=1)
    release(at=town.now)
    from reviews.models import Item

    item = Item.objects.select_related("project").get(uuid=item_id)
    proposed = put(town, item, town.adjudicators[0], signed=True)
    for one in (who, town.people[0]):
        refused(OwnWork, town, proposed, in_browser(one))
    assert sign(town, proposed, in_browser(town.people[3])).how == "done"


def test_nobody_signs_whom_the_rights_do_not_entitle(town, proposed):
    refused(Forbidden, town, proposed, one_more(town, "operations"))


def test_another_record_than_the_shown_one_is_not_signed(town, proposed):
    refused(RecordDiffers, town, proposed, town.adjudicators[1], digest="0" * 64)


def test_a_proof_is_of_one_person_and_one_moment(town, proposed):
    proof = proof_of(town.adjudicators[1], town)
    with pytest.raises(Forbidden):
        countersign(override=proposed.uuid, digest=proposed.digest, proof=proof, by=town.adjudicators[2], at=town.now)
    town.wait(seconds=1)
    with pytest.raises(Forbidden):
        countersign(override=proposed.uuid, digest=proposed.digest, proof=proof, by=town.adjudicators[1], at=town.now)
    assert not OverrideEnd.objects.exists()


def test_a_wrong_password_signs_nothing_and_counts_to_the_same_lock_as_at_the_door(town, proposed, client):
    who = town.adjudicators[1]
    for _ in range(django_settings.AXES_FAILURE_LIMIT - 1):
        with pytest.raises(WrongPassword):
            proof_of(who, town, password="wrong")
    with pytest.raises(TooManyTries):
        proof_of(who, town, password="wrong")
    with pytest.raises(TooManyTries):
        proof_of(who, town)
    email = User.objects.get(person_id=who.person_id).email
    assert client.post("/sign-in/", {"username": email, "password": "wrong"}).status_code == 429


def test_somebody_elses_password_is_wrong(town):
    request = HttpRequest()
    request.META = {"REMOTE_ADDR": "127.0.0.1"}
    user = User.objects.get(person_id=town.people[0].person_id)
    user.set_password("another long password of theirs")
    user.save()
    with pytest.raises(WrongPassword):
        prove(request=request, user=user, password="a long and quiet password", at=town.now)


def test_one_waits_at_a_time(town, proposed):
    with pytest.raises(OverrideWaits):
        put(town, proposed.item, town.adjudicators[1], signed=True, label="dog")
    assert Override.objects.count() == 1


def test_a_second_person_declines_with_a_reason_and_another_may_be_put_forward(town, proposed):
    who = town.adjudicators[1]
    with pytest.raises(ReasonMissing):
        decline(override=proposed.uuid, reason=" ", by=who, at=town.now)
    with pytest.raises(OwnWork):
        decline(override=proposed.uuid, reason="No", by=town.adjudicators[0], at=town.now)
    end = decline(override=proposed.uuid, reason="It is a cat", by=who, at=town.now)
    assert (end.how, end.person_id, end.outcome_id) == ("declined", who.person_id, None)
    with pytest.raises(OverrideOver):
        sign(town, proposed, town.adjudicators[2])
    again = put(town, proposed.item, town.adjudicators[0], signed=True, label="dog")
    assert sign(town, again, who).how == "done"


def test_whoever_put_it_forward_takes_it_back_and_another_may_be_put_forward(town, proposed):
    first, second, third = town.adjudicators
    for who in (second, one_more(town, "operations"), town.people[0], replace(first, via="api")):
        with pytest.raises(Forbidden):
            take_override_back(override=proposed.uuid, by=who, at=town.now)
    assert not OverrideEnd.objects.exists() and not Event.objects.filter(type__endswith="taken_back").exists()
    end = take_override_back(override=proposed.uuid, by=first, at=town.now)
    assert (end.how, end.person_id, end.outcome_id) == ("taken_back", first.person_id, None)
    assert (end.event.type, end.event.actor) == ("reviews.override_taken_back", first.pseudonym)
    assert in_force(proposed.item).number == 1
    with pytest.raises(OverrideOver):
        take_override_back(override=proposed.uuid, by=first, at=town.now)
    with pytest.raises(OverrideOver):
        sign(town, proposed, second)
    again = put(town, proposed.item, third, signed=True, label="dog")
    assert sign(town, again, second).how == "done" and breaches() == []


def test_nothing_is_taken_back_once_it_is_signed_or_its_week_is_over(town, proposed):
    sign(town, proposed, town.adjudicators[1])
    with pytest.raises(OverrideOver):
        take_override_back(override=proposed.uuid, by=town.adjudicators[0], at=town.now)
    other = put(town, high(town), town.adjudicators[0], signed=True)
    town.wait(days=7)
    with pytest.raises(OverrideOver):
        take_override_back(override=other.uuid, by=town.adjudicators[0], at=town.now)
    assert OverrideEnd.objects.get().how == "done" and breaches() == []


def test_nobody_signs_after_a_week_and_the_clock_ends_it(town, proposed):
    town.wait(days=7)
    refused(OverrideOver, town, proposed, town.adjudicators[1])
    assert end_overrides(at=town.now) == 1 and end_overrides(at=town.now) == 0
    assert OverrideEnd.objects.get().how == "lapsed" and breaches() == []
    assert put(town, proposed.item, town.adjudicators[0], signed=True).second


def test_the_clock_leaves_what_may_still_be_signed(town, proposed):
    assert end_overrides(at=town.now) == 0 and not OverrideEnd.objects.exists()


def test_rights_that_no_longer_let_the_first_make_it_fall(town, proposed):
    from accounts.actions import end_membership, give_membership
    from accounts.models import Membership, Person
    from accounts.reads import console

    first = Person.objects.get(pk=town.adjudicators[0].person_id)
    end_membership(membership=Membership.objects.get(person=first), by=console(), at=town.now)
    end = sign(town, proposed, town.adjudicators[1])
    assert end.how == "fell" and in_force(proposed.item).number == 1 and Signature.objects.count() == 1
    told = json.loads(bytes(Payload.objects.get(event=end.event, section="override").body))
    assert told["why"] == "rights_changed"
    assert give_membership is not None


def test_an_answer_whose_label_was_retired_meanwhile_falls():
    town = town_with(ROW | {"second_person_when": [{"field": "impact", "op": "exists"}]})
    item = decided(town, town.people[0], label="fox")
    proposed = put(town, item, town.adjudicators[0], label="cat", signed=True)
    guideline = copied(GUIDELINE)
    guideline["sections"][1]["label"] = "kitten"
    for example in guideline["examples"]:
        example["label"] = "kitten"
    published(town, editor(town), guideline, SPLIT)
    end = sign(town, proposed, town.adjudicators[1])
    assert end.how == "fell" and in_force(item).number == 1 and Signature.objects.count() == 1
    told = json.loads(bytes(Payload.objects.get(event=end.event, section="override").body))
    assert told["why"] == "taxonomy_changed" and breaches() == []


def test_the_rights_in_force_at_the_signature_say_who_signs(town, proposed):
    from accounts.reads import console

    publish_rights(
        project=town.project, document=RIGHTS | {"overrides": [ROW | {"roles": ["operations"]}]}, reason="Other",
        by=console(), at=town.now,
    )  # fmt: skip
    refused(Forbidden, town, proposed, town.adjudicators[1])
    assert sign(town, proposed, one_more(town, "operations")).how == "fell"


def test_a_proposal_over_an_outcome_that_was_superseded_falls():
    town = town_with(ROW | {"second_person_when": [{"field": "impact", "op": "exists"}]})
    from reviews.models import Item

    item = Item.objects.select_related("project").get(uuid=town.send(0.7)["id"])  # drawn for an audit
    proposed = put(town, item, town.adjudicators[0], signed=True)
    town.decide(town.people[0], town.take(town.people[0]), None, "dog")
    with pytest.raises(NothingInForce):  # the audit's answer is on its way out, and may still be taken back
        sign(town, proposed, town.adjudicators[1])
    town.wait(minutes=1)
    release(at=town.now)
    assert sign(town, proposed, town.adjudicators[1]).how == "fell" and in_force(item).source == "audit"
    other = Item.objects.select_related("project").get(uuid=town.send(0.7)["id"])
    put(town, other, town.adjudicators[0], signed=True)
    town.decide(town.people[0], town.take(town.people[0]), None, "dog")
    town.wait(minutes=1)
    release(at=town.now)
    assert end_overrides(at=town.now) == 1 and OverrideEnd.objects.filter(how="fell").count() == 2
    assert Outcome.objects.filter(source="override").count() == 0 and breaches() == []


def test_a_signature_is_frozen(proposed):
    from django.db import DatabaseError, transaction

    for change in ({"name": "Another"}, {"digest": "0" * 64}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Signature.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Signature.objects.all().delete()
