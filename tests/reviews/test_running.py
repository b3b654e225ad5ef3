"""Operations: what runs in a project, claims given back, switches turned; and for whom none of it exists."""

import json
import re
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.actions import add_person, give_membership, name_owner
from accounts.errors import Forbidden
from accounts.models import User
from accounts.reads import Actor, actor_of_person, console
from audit.models import Event, Payload
from guidelines.models import ModelVersion
from reviews.actions import claim_next, open_claim, save_draft, take_back, turn_switch
from reviews.errors import ClaimOver, ReasonMissing
from reviews.models import ClaimEnd, Draft, Seat, SwitchChange
from reviews.reads.running import running
from tests.invariants import breaches
from tests.town import Town, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return build()


def with_role(town: Town, role: str) -> Actor:
    person = add_person(name=f"The {role}", email=f"{role}@running.invalid", by=console(), at=town.now)
    if role == "owner":
        name_owner(person=person, by=console(), at=town.now)
    else:
        give_membership(person=person, project=town.project, role=role, by=console(), at=town.now)
    return actor_of_person(person, "browser")


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(person_id=actor.person_id), backend="django.contrib.auth.backends.ModelBackend")
    return client


def page_of(client: Client, **headers: str):
    return client.get(reverse("operations", args=["cats"]), headers=headers)


def test_operations_see_queues_and_who_is_on_and_not_what_they_decide(town):
    for _ in range(3):
        town.send(0.5)
    held = town.take(town.people[0])
    page = page_of(signed_in(with_role(town, "operations"))).content.decode()
    assert "reviewer 0" in page and str(held.token) in page and "1 person at work" in page
    assert "item-1" not in page and "A cat?" not in page and reverse("claim-ending", args=["cats", held.token]) in page
    found = running(town.project.pk, reader=0, at=town.now)
    general = next(load for load in found.loads if load.queue == "general")
    assert (general.waiting, general.leased, general.overdue, found.people) == (2, 1, 0, 1)


def test_what_is_overdue_and_due_next_is_counted():
    levels = [{"queue": "general", "due_after": "PT1H"}]
    from tests.town import RIGHTS

    town = build(rights={**RIGHTS, "service_levels": levels})
    town.send(0.5)
    town.wait(minutes=30)
    town.send(0.5)
    town.wait(minutes=40)
    general = next(one for one in running(town.project.pk, reader=0, at=town.now).loads if one.queue == "general")
    assert (general.waiting, general.overdue, general.soon) == (2, 1, True)


def test_a_claim_is_given_back_with_a_reason_and_its_draft_is_kept(town):
    town.send(0.5)
    who = town.people[0]
    held = town.take(who)
    save_draft(token=held.token, body=b'{"labels":["fox"]}', by=who, at=town.now)
    operations = with_role(town, "operations")
    client, url = signed_in(operations), reverse("claim-ending", args=["cats", held.token])
    asked = client.get(url).content.decode()
    assert "Give back what reviewer 0 has claimed?" in asked and "is kept" in asked
    assert Seat.objects.get().state == "leased"
    assert client.post(url, {"reason": "Gone home"}).url == reverse("operations", args=["cats"])
    assert Seat.objects.get().state == "open" and ClaimEnd.objects.get().reason == "ended"
    assert bytes(Draft.objects.get().body) == b'{"labels":["fox"]}'
    event = ClaimEnd.objects.get().event
    assert (event.type, event.actor) == ("reviews.claim_taken_back", operations.pseudonym)
    assert json.loads(bytes(Payload.objects.get(event=event, section="claim").body)) == {
        "token": str(held.token),
        "why": "Gone home",
    }
    leaf = json.loads(bytes(event.leaf))
    assert (leaf["role"], leaf["tags"]["kind"]) == ("operations", "work")
    again = claim_next(by=who, at=town.now)
    assert again.draft == {"labels": ["fox"]}


def test_a_claim_is_not_given_back_without_a_reason_or_twice_or_from_another_project(town):
    town.send(0.5)
    held = town.take(town.people[0])
    other = build(slug="dogs", people=0, adjudicators=0)
    by = with_role(town, "operations")
    for project, reason, problem in (
        (town.project, "  ", ReasonMissing),
        (town.project, "x" * 1001, ReasonMissing),
        (other.project, "Why", Forbidden),
    ):
        with pytest.raises(problem):
            take_back(project=project, token=held.token, reason=reason, by=by, at=town.now)
    with pytest.raises(ClaimOver):
        take_back(project=other.project, token=held.token, reason="Why", by=console(), at=town.now)
    assert Seat.objects.get().state == "leased" and not ClaimEnd.objects.exists()
    take_back(project=town.project, token=held.token, reason="Why", by=by, at=town.now)
    with pytest.raises(ClaimOver):
        take_back(project=town.project, token=held.token, reason="Why", by=by, at=town.now)
    assert ClaimEnd.objects.count() == 1 and breaches() == []


@pytest.mark.parametrize("role", ["reviewer", "adjudicator", "compliance", "records_officer", "guideline_editor"])
def test_to_other_roles_operations_do_not_exist_and_nothing_is_done(town, role):
    town.send(0.5)
    held = town.take(town.people[0])
    who = with_role(town, role)
    client = signed_in(who)
    assert page_of(client).status_code == 404
    assert client.post(reverse("claim-ending", args=["cats", held.token]), {"reason": "x"}).status_code == 404
    assert client.post(reverse("switch", args=["cats"]), {"position": "normal", "reason": "x"}).status_code == 404
    answer = client.post(reverse("installation-switch"), {"position": "hold-everything", "reason": "x"})
    assert answer.status_code == 403 and "Only an owner" in answer.content.decode()
    with pytest.raises(Forbidden):
        take_back(project=town.project, token=held.token, reason="x", by=who, at=town.now)
    assert Seat.objects.get().state == "leased" and not SwitchChange.objects.exists()


def test_turning_a_switch_says_what_it_will_do_and_is_in_force_for_the_next_item(town):
    client = signed_in(with_role(town, "operations"))
    town.send(0.95)
    url = reverse("switch", args=["cats"])
    asked = client.get(url, {"position": "all-to-people"}).content.decode()
    assert "Send everything to people?" in asked and "Keep it as it is" in asked
    assert not SwitchChange.objects.exists()
    assert client.post(url, {"position": "all-to-people", "reason": " "}).status_code == 422
    assert client.post(url, {"position": "all-to-people", "reason": "It drifts"}).status_code == 302
    assert town.send(0.95)["state"] == "waiting"
    page = page_of(client).content.decode()
    assert "Everything goes to people" in page and "It drifts" in page and "Back to the decision rights" in page


def test_a_model_versions_switch_is_turned_by_its_own_button(town):
    town.send(0.95)
    client = signed_in(with_role(town, "operations"))
    address = re.search(r'href="([^"]*position=hold-everything&amp;model=[^"]*)"', page_of(client).content.decode())
    url = address[1].replace("&amp;", "&")
    asked = client.get(url).content.decode()
    model = re.search(r'name="model" value="([^"]+)"', asked)[1]
    client.post(url.partition("?")[0], {"position": "hold-everything", "model": model, "reason": "Broken"})
    assert str(SwitchChange.objects.get().model_version.uuid) == model
    other = build(slug="dogs", people=0, adjudicators=0)
    other.send(0.95)
    theirs = ModelVersion.objects.get(project=other.project).uuid
    for wrong in (str(uuid.uuid4()), "none", str(theirs)):
        body = {"position": "normal", "model": wrong, "reason": "x"}
        assert client.post(url.partition("?")[0], body).status_code == 404
    assert SwitchChange.objects.count() == 1


def test_an_owner_turns_the_installations_switch_after_being_told_what_it_does(town):
    client = signed_in(with_role(town, "owner"))
    asked = client.get(reverse("installation-switch"), {"position": "hold-everything"}).content.decode()
    assert "Hold everything?" in asked and "It counts for 1 project." in asked
    client.post(reverse("installation-switch"), {"position": "hold-everything", "reason": "Fire"})
    made = SwitchChange.objects.get()
    assert (made.project, made.model_version, made.reason) == (None, None, "Fire")
    assert town.send(0.95)["state"] == "held"
    assert "Everything is held" in page_of(client).content.decode()


def test_held_items_are_listed_with_why_and_routed_again_from_there(town):
    town.send(0.95, label="unlisted")
    client = signed_in(with_role(town, "operations"))
    page = page_of(client).content.decode()
    address = re.search(r'action="([^"]*/routes/)"', page)
    assert "item-1" in page and "Unknown label" in page and address
    assert client.post(address[1]).status_code == 302
    assert Event.objects.filter(type="reviews.item_routed_again").exists()


def test_figures_that_have_not_changed_are_not_sent_again(town):
    town.send(0.5)
    town.send(0.95, label="unlisted")  # held: its form carries a token that differs each time
    client = signed_in(with_role(town, "operations"))
    ask = re.search(r'hx-get="([^"]+)"', page_of(client).content.decode())[1]
    assert client.get(ask, headers={"HX-Request": "true"}).status_code == 204
    town.send(0.5)
    fresh = client.get(ask, headers={"HX-Request": "true"})
    text = fresh.content.decode()
    assert fresh.status_code == 200 and 'id="figures"' in text and "<html" not in text and ask not in text
    assert client.get(re.search(r'hx-get="([^"]+)"', text)[1], headers={"HX-Request": "true"}).status_code == 204


def test_a_look_at_the_figures_takes_as_many_statements_for_much_as_for_little(town):
    client = signed_in(with_role(town, "operations"))
    url = reverse("operations", args=["cats"])

    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            client.get(url, headers={"HX-Request": "true"})
        return len(seen)

    town.send(0.5)
    town.send(0.95, label="unlisted")
    few = statements()
    for _ in range(20):
        town.send(0.5)
        town.send(0.95, label="unlisted")
    for who in town.people:
        town.take(who)
    assert statements() == few <= 3 + 18


def test_a_claim_that_is_only_fetched_is_told_apart_and_a_lapsed_one_too(town):
    town.send(0.5)
    claim_next(by=town.people[0], at=town.now)
    (fetched,) = running(town.project.pk, reader=0, at=town.now).sittings
    (late,) = running(town.project.pk, reader=0, at=town.now + timezone.timedelta(hours=1)).sittings
    assert (fetched.fetched, fetched.lapsed, late.lapsed) == (True, False, True)
    open_claim(token=fetched.token, by=town.people[0], at=town.now)
    (opened,) = running(town.project.pk, reader=0, at=town.now).sittings
    assert not opened.fetched


def test_an_item_that_is_routed_again_and_held_again_says_why() -> None:
    town = build()
    sent = town.send(0.5, label="unicorn")
    client = signed_in(with_role(town, "operations"))
    told = client.post(reverse("routes", args=["cats", sent["id"]]), follow=True).content.decode()
    assert "Held again: the model proposed a label that the taxonomy lacks" in told


def test_a_turned_model_version_stays_on_the_page_behind_twenty_newer_ones():
    town = build(people=1, adjudicators=0)
    town.send(0.95)
    old = ModelVersion.objects.get()
    turn_switch(position="hold-everything", reason="bad", by=console(), at=town.now, model_version=old)
    for number in range(2, 24):
        town.send(0.95, model={"name": "m", "version": str(number)})
    client = signed_in(with_role(town, "operations"))
    page = client.get(reverse("operations", args=["cats"])).content.decode()
    back = f"{reverse('switch', args=['cats'])}?position=normal&amp;model={old.uuid}"
    assert page.count(back) == 2 and page.count('data-origin="model"') == 21  # in the banner, and in its card
    said = client.get(reverse("switch", args=["cats"]), {"position": "normal", "model": str(old.uuid)}).content.decode()
    said = re.sub(r"<[^>]+>", "", said)
    assert "This one stands at: Everything is held" in " ".join(said.split())


def test_the_banner_leads_to_the_switch_only_for_those_who_may_turn_it():
    town = build(people=1, adjudicators=0)
    turn_switch(position="all-to-people", reason="bad", by=console(), at=town.now, project=town.project)
    turn_switch(position="all-to-people", reason="bad", by=console(), at=town.now)
    ways = [f'"{url}?position=normal' for url in (reverse("switch", args=["cats"]), reverse("installation-switch"))]
    for role, may in (("reviewer", [0, 0]), ("operations", [1, 0]), ("owner", [1, 1])):
        client = signed_in(with_role(town, role))
        page = client.get(reverse("home")).content.decode()
        banner = page[page.index('id="turned"') :].split("</div>")[0]
        told = client.get(reverse("counts")).json()["turned"]
        assert [banner.count(way) for way in ways] == [told.count(way) for way in ways] == may
