"""What the workbench's script asks of the server: the item after this one, and a decision behind the next item."""

import datetime as dt
import json
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actions import give_membership
from accounts.models import Person
from accounts.reads import console
from reviews.models import Claim, Decision, Opening, Seat
from tests.invariants import breaches
from tests.reviews.test_pages import SIGN_IN, bench, decide, signed_in, statements, token_of, town  # noqa: F401

pytestmark = pytest.mark.django_db


def ahead(client: Client, queue: str = "general"):
    return client.post(reverse("claims", args=["cats", queue]))


def decide_behind(client: Client, token: uuid.UUID, following: uuid.UUID):
    body = {"body": json.dumps({"verdict": "approve"}), "next": str(following)}
    return client.post(reverse("decision", args=[token]), body, headers={"HX-Request": "true"})


@pytest.fixture
def client(town) -> Client:  # noqa: F811
    for _ in range(4):
        town.send(0.5)
    return signed_in(town.people[0])


def test_the_item_ahead_is_claimed_and_not_opened(client):
    first = token_of(bench(client))
    answer = ahead(client)
    assert answer.status_code == 201 and "item-2" in answer.content.decode()
    assert token_of(answer) != first
    assert (Claim.objects.count(), Opening.objects.count()) == (2, 1)
    assert token_of(ahead(client)) == token_of(answer)
    assert Claim.objects.count() == 2


def test_nothing_ahead_is_no_content(town):  # noqa: F811
    town.send(0.5)
    client = signed_in(town.people[0])
    bench(client)
    assert ahead(client).status_code == 204
    assert Claim.objects.count() == 1


def test_a_decision_behind_the_next_item_opens_that_and_claims_the_one_after(client):
    first = token_of(bench(client))
    second = token_of(ahead(client))
    answer = decide_behind(client, first, second)
    text = answer.content.decode()
    assert "data-flow" in text and "item-3" in text and "item-1" in text
    assert Decision.objects.get().claim.token == first
    assert set(Opening.objects.values_list("claim__token", flat=True)) == {first, second}
    assert Seat.objects.get(claim__token=second).slot == "open"
    assert breaches() == []


def test_a_next_item_that_went_back_is_replaced_by_the_next_pane(client):
    first = token_of(bench(client))
    second = token_of(ahead(client))
    Seat.objects.filter(claim__token=second).update(lease_until=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    answer = decide_behind(client, first, second)
    text = answer.content.decode()
    assert "data-flow" not in text and 'id="task-pane"' in text
    assert Decision.objects.count() == 1
    assert token_of(answer) not in {first, second}


@pytest.mark.parametrize("following", ["nonsense", str(uuid.UUID(int=5))])
def test_a_next_item_that_is_none_of_mine_is_replaced_too(client, following):
    first = token_of(bench(client))
    body = {"body": json.dumps({"verdict": "approve"}), "next": following}
    answer = client.post(reverse("decision", args=[first]), body, headers={"HX-Request": "true"})
    assert answer.status_code == 200 and 'id="task-pane"' in answer.content.decode()


def test_a_refused_decision_opens_nothing(client):
    first = token_of(bench(client))
    second = token_of(ahead(client))
    decide(client, first, verdict="approve")
    body = {"body": json.dumps({"verdict": "reject"}), "next": str(second)}
    before = Opening.objects.count()
    answer = client.post(reverse("decision", args=[first]), body, headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert Opening.objects.count() == before


def test_deciding_opening_and_claiming_ahead_take_few_statements(client, engine):
    first = token_of(bench(client))
    second = token_of(ahead(client))
    url = reverse("decision", args=[first])
    body = {"body": json.dumps({"verdict": "approve"}), "next": str(second)}
    most = 20 if engine == "postgres" else 36
    assert statements(client, url, body, method="post", headers={"HX-Request": "true"}) <= SIGN_IN + most


def test_counts_that_have_not_changed_are_told_in_a_line(client, town):  # noqa: F811
    first = client.get(reverse("counts"))
    assert first.json()["lines"]["cats/general"]["waiting"] == 4
    again = client.get(reverse("counts"), headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    town.send(0.5)
    assert client.get(reverse("counts"), headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_the_bench_tells_what_its_person_took_back_before(client):
    first = token_of(bench(client))
    decide(client, first, verdict="reject")
    client.post(reverse("withdrawal", args=[Decision.objects.get().uuid]))
    text = bench(client).content.decode()
    assert "This item so far" in text and "You took back" in text and "Rejected" in text


def test_a_queue_entered_with_another_item_open_leads_there_and_says_so(client, town):  # noqa: F811
    bench(client)
    give_membership(
        person=Person.objects.get(pk=town.people[0].person_id), project=town.project, role="adjudicator", by=console(),
        at=town.now,
    )  # fmt: skip
    answer = client.get(reverse("work", args=["cats", "senior"]), follow=True)
    assert answer.redirect_chain[0][0].startswith(reverse("work", args=["cats", "general"]))
    assert "You still have this item open" in answer.content.decode()
    assert "You still have this item open" not in bench(client).content.decode()
