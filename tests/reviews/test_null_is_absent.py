"""What an item is sent with as null is the same as absent, on every page and path that reads it again."""

from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.reads import Actor
from reviews.actions import ask_rereview, claim_batch, release, rereview
from reviews.jobs import make_export
from reviews.models import Claim, Export, Item, Task
from reviews.reads.facts import data_of, facts_of
from tests.guidelines.writing import editor
from tests.invariants import breaches
from tests.reviews.caller import Caller, item
from tests.reviews.overriding import in_browser, put
from tests.reviews.past import operator, sharper, tried
from tests.town import RIGHTS, Town, build

pytestmark = pytest.mark.django_db
RIGHTS_HERE = RIGHTS | {
    "batch": {"queues": ["general"], "most": 50},
    "overrides": [{"name": "Adjudicators", "roles": ["adjudicator"]}],
    "release_after": "PT1S",
}
OPTIONAL = (
    "model", "prediction", "confidence", "scores", "data", "segments", "impact", "cost", "units", "occurred_at",
    "decide_by", "action_hash", "callback",
)  # fmt: skip
PROPOSED = {"model": {"name": "m", "version": "1"}, "prediction": {"labels": ["cat"]}, "confidence": 0.5}
SENT: dict[str, dict[str, Any]] = {
    "all null": dict.fromkeys(OPTIONAL),
    "all null but what is proposed": dict.fromkeys(OPTIONAL) | PROPOSED,
    "no segments": PROPOSED | {"data": {"text": "A cat?"}, "segments": None, "scores": None},
    "no prediction": {"prediction": None, "confidence": None, "data": {"text": "A cat?"}},
    "empty data": PROPOSED | {"data": {}, "segments": {}, "scores": {}},
    "nothing at all": {},
}
each = pytest.mark.parametrize("sent", SENT.values(), ids=SENT)


@pytest.fixture
def town() -> Town:
    return build(rights=RIGHTS_HERE)


def arrived(town: Town, sent: dict[str, Any]) -> Item:
    made = Caller(town.project).send({"external_id": "bare"} | sent)
    assert made.status_code == 201, made.content
    return Item.objects.select_related("project").get(external_id="bare")


def signed_in(who: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(person_id=who.person_id), "django.contrib.auth.backends.ModelBackend")
    return client


def answered(town: Town, row: Item) -> None:
    who = town.people[0]
    town.now = row.received_at
    town.wait(minutes=1)
    town.decide(who, town.take(who), "correct" if row.predictions.exists() else None, "dog")
    town.wait(minutes=1)
    release(at=town.now)


def pages(who: Actor, row: Item, *names: str) -> None:
    client = signed_in(who)
    for name in names:
        assert client.get(reverse(name, args=["cats", row.uuid])).status_code == 200, name


@each
def test_people_get_it_alone_and_in_a_batch_and_nobody_is_locked_out(town: Town, sent: dict[str, Any]) -> None:
    arrived(town, sent)
    Caller(town.project).send(item("another"))
    first, second, _ = (signed_in(one) for one in town.people)
    for client in (first, first, second):
        assert client.get(reverse("work", args=["cats", "general"])).status_code == 200
    assert signed_in(town.people[2]).get(reverse("batch", args=["cats", "general"])).status_code == 200


@each
def test_a_program_claims_it_and_gets_objects(town: Town, sent: dict[str, Any]) -> None:
    row = arrived(town, sent)
    told = Caller(town.project, who=town.people[0]).claim().told
    assert told["item"]["data"] == data_of(row) and isinstance(told["item"]["data"], dict)
    assert told["item"]["segments"] == {}


@each
def test_it_is_decided_overridden_and_looked_at_anew_and_each_page_of_it_opens(
    town: Town, sent: dict[str, Any]
) -> None:
    row, opal, edna = arrived(town, sent), editor(town, "opal", role="operations"), editor(town)
    compliance = editor(town, "cora", role="compliance")
    pages(opal, row, "item")
    answered(town, row)
    row.refresh_from_db()
    assert row.state == "decided"
    pages(opal, row, "item", "appeals")
    pages(compliance, row, "item")
    pages(edna, row, "item-example")
    signer = in_browser(town.adjudicators[0])
    pages(signer, row, "override")
    run = ask_rereview(project=town.project, labels=["dog"], segment="geography", value="DE", by=opal, at=town.now)
    rereview(rereview_id=run.pk, now=lambda: town.now)
    run.refresh_from_db()
    assert (run.state, run.scanned, run.affected) == ("found", 1, 0)
    put(town, row, signer)
    town.wait(minutes=1)
    release(at=town.now)
    pages(opal, row, "item")
    assert signed_in(opal).get(reverse("items", args=["cats"])).status_code == 200
    assert facts_of(row) is not None and not Task.objects.filter(state="open").exists()
    assert breaches() == []


@each
def test_rights_are_tried_on_it(town: Town, sent: dict[str, Any]) -> None:
    row = arrived(town, sent)
    answered(town, row)
    far = [{"field": "segments.geography", "op": "=", "value": "DE"}, {"field": "data.text", "op": "=", "value": "far"}]
    asks = {"name": "Far", "when": far, "then": {"arm": "review", "queue": "senior"}}
    document = sharper("0.80") | {"routing": [asks, *RIGHTS["routing"]]}
    assert tried(town, operator(town), document).state == "done"


@each
def test_it_is_exported(
    town: Town, sent: dict[str, Any], settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EXPORTS, settings.LEDGER_KEYS = tmp_path / "exports", tmp_path / "keys"
    settings.LEDGER_WITNESS = tmp_path / "witness.ndjson"
    monkeypatch.setattr(current_app._get_current_object(), "send_task", lambda name, args: None)
    arrived(town, sent)
    client = signed_in(editor(town, "cora", role="compliance"))
    assert client.post(reverse("exports", args=["cats"]), {"chosen": "item", "item": "bare"}).status_code == 302
    row = Export.objects.get()
    make_export(row.pk)
    row.refresh_from_db()
    assert (row.state, row.said) == ("done", "")


def test_a_batch_takes_an_item_whose_segments_are_null(town: Town) -> None:
    found = arrived(town, SENT["no segments"])
    batch = claim_batch(queue=town.queue(), by=town.people[0], at=town.now)
    assert batch is not None and Claim.objects.get().seat.item_id == found.pk
