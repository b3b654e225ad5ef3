"""Looking back: what the list and the page of an item tell, and what a reviewer saw."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.formats import date_format

from accounts.actions import add_person, give_membership
from accounts.models import User
from accounts.reads import Actor, actor_of_person, console
from reviews.actions import apply_project, open_claim, release, withdraw
from reviews.reads import home, listing
from tests.town import RIGHTS, Town, build, project_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return build()


def person(town: Town, *roles: str) -> Actor:
    made = add_person(name="Pat", email=f"{'-'.join(roles)}@back.invalid", by=console(), at=town.now)
    for role in roles:
        give_membership(person=made, project=town.project, role=role, by=console(), at=town.now)
    return actor_of_person(made, "browser")


def signed_in(actor: Actor) -> Client:
    client = Client()
    user = User.objects.get(person_id=actor.person_id)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(who: Actor, name: str, *args: object, **asked: str) -> str:
    answer = signed_in(who).get(reverse(name, args=args), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def test_compliance_that_may_be_asked_itself_sees_no_draws_of_a_route(town: Town):
    item = town.send(0.8)["id"]
    for roles, sees in ((["compliance"], True), (["compliance", "reviewer"], False)):
        text = page(person(town, *roles), "item", "cats", item)
        assert ("hmac.digest" in text) is sees and "What happened" in text


def test_the_list_tells_only_the_id_of_what_its_reader_still_decides_on():
    town = build(rights={**RIGHTS, "high_impact": {"arm": "review", "queue": "general", "decisions": 2}})
    town.send(0.95, impact="high")
    both = person(town, "reviewer", "adjudicator")
    told = "You decide on this one"
    rule = "High impact"
    assert told not in page(both, "items", "cats") and rule in page(both, "items", "cats")
    held = town.take(both, "general")
    for step in ("leased", "decided", "settled"):
        text = page(both, "items", "cats")
        assert told in text and "item-1" in text and rule not in text, step
        assert "item-1" not in page(both, "items", "cats", state="in_review") + page(
            both, "items", "cats", state="decided"
        )
        if step == "leased":
            town.decide(both, held)
        elif step == "decided":
            town.decide(town.people[0], town.take(town.people[0], "general"))
    release(at=town.now + dt.timedelta(days=1))
    text = page(both, "items", "cats")
    assert told not in text and rule in text and "Consensus" in text


def test_a_long_queue_hides_no_other_from_the_counts(town, monkeypatch):
    monkeypatch.setattr(listing, "COUNTED", 3)
    for impact in ["normal"] * 9 + ["high"]:
        town.send(0.5 if impact == "normal" else 0.95, impact=impact)
    found = {line.queue: line.waiting for line in home.lines(town.people[0].person_id, town.now)}
    assert found["general"] == 3 and found["senior"] == 2


def test_today_counts_no_decision_that_was_taken_back(town: Town):
    for _ in range(2):
        town.send(0.5)
    me = town.people[0]
    for _ in range(2):
        held = town.take(me, "general")
        town.wait(seconds=5)
        made = town.decide(me, held, active_ms=4000)
    withdraw(decision=made.uuid, by=me, at=town.now)
    found = home.home(me.person_id, town.now)
    assert (found.pace.today.decided, found.pace.today.active) == (1, 4)


def test_operations_are_told_of_held_items_with_the_way_to_them(town: Town):
    operations = person(town, "operations")
    assert "state=held" not in page(operations, "home")
    for _ in range(2):
        town.send(0.95, "owl")
    assert "2 items are held" in page(operations, "home")
    link = f"{reverse('items', args=['cats'])}?state=held"
    assert link in page(operations, "home") and "item-2" in signed_in(operations).get(link).content.decode()
    assert "are held" not in page(person(town, "compliance"), "home")


def test_history_says_words_and_names_where_the_ledger_has_codes():
    town = build(people=1, adjudicators=1)
    compliance = person(town, "compliance")
    audited, held = town.send(0.8)["id"], town.send(0.5)["id"]
    town.decide(town.people[0], town.take(town.people[0], "general"), "skip")
    told = page(compliance, "item", "cats", held)
    for words in ("went to people by “Unsure”", "Decision: Skipped", "The item is held: nobody is left to ask"):
        assert words in told
    town.decide(town.people[0], town.take(town.people[0]), "correct", "fox")
    told = page(compliance, "item", "cats", audited)
    for words in ("went to acceptance by “Middling”", "The audit found: another answer", "was settled (Audit)"):
        assert words in told


def test_history_shows_which_finding_and_which_decision_were_annulled(town: Town):
    item, me = town.send(0.8)["id"], town.people[0]
    made = town.decide(me, town.take(me), "correct", "fox")
    held = withdraw(decision=made.uuid, by=me, at=town.now)
    open_claim(token=held.token, by=me, at=town.now)
    town.decide(me, held, None, "cat")
    text = page(person(town, "compliance"), "item", "cats", item)
    gone = ("The audit found: another answer", "Outcome 2 was settled (Audit)", "Decision: Corrected")
    assert [f"<s>{one}</s>" in text for one in gone] == [True] * 3
    assert "<b>The audit found: the same answer</b>" in text and "<b>Decision: Approved</b>" in text
    assert "<b>The audit’s finding was annulled: another answer</b>" in text and text.count("<s>") == 3
    told = page(person(town, "operations"), "item", "cats", item)
    assert "The audit" not in told and "What happened" in told


def test_an_escalation_names_its_queue_and_each_day_stands_above_what_happened_on_it(town: Town):
    item = town.send(0.5)["id"]
    first, compliance = town.now, person(town, "compliance")
    held = town.take(town.people[0], "general")
    town.wait(days=1)
    held = town.take(town.people[0], "general") or held
    town.decide(town.people[0], held, "escalate", rationale="Hm.")
    text = page(compliance, "item", "cats", item)
    assert "The item was escalated to Senior" in text and "The item was escalated to senior" not in text
    days = [text.index(date_format(day, "j F Y") + "</time></h3>") for day in (first, town.now)]
    assert days[0] < text.index("The item came in") < days[1] < text.index("The item was escalated")


def test_a_presentation_shows_the_guideline_and_the_definitions_that_its_reviewer_read():
    labels = [{"code": "cat", "name": "Cat", "definition": "It purrs."}, {"code": "dog", "name": "Dog"}]
    town = build(labels=labels, guideline="# Pets\n\nLook at the **tail**.")
    town.send(0.5)
    held = town.take(town.people[0])
    apply_project(document=project_file(labels=labels, guideline="Look at the ears."), by=console(), at=town.now)
    text = page(person(town, "compliance"), "presentation", "cats", held.token)
    assert "It purrs." in text and "Look at the <strong>tail</strong>" in text and "ears" not in text


def test_a_presentation_shows_the_form_with_its_choices_to_be_read_alone():
    size = {"title": "Size", "enum": ["small_one", "big"], "description": "As it stands."}
    schema = {"type": "object", "properties": {"size": size, "note": {"type": "string"}}, "required": ["size"]}
    town = build(task_type="form", labels=[], schema=schema)
    model = {"name": "m", "version": "1"}
    town.send(None, model=model, prediction={"size": "big"})
    held = town.take(town.people[0])
    text = page(person(town, "compliance"), "presentation", "cats", held.token)
    form = text.partition("disabled><legend>The form")[2].partition("<dl")[0]
    assert "small one" in form and "checked" in form and "Note" in form and "As it stands." in text
