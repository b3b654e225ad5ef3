"""People are told by e-mail what waits for them: once, gathered, in their hours, and only what they may see."""

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.utils import translation
from django.utils.translation import gettext, ngettext

from accounts.actions import end_membership, switch_off
from accounts.models import Membership, User
from accounts.reads import console
from audit.models import Log
from reviews.actions import acknowledge, climb, drop_notices, publish_rights, return_for_rework, route_again
from reviews.models import Decision, Item, Notice, NoticeWalk, Postbox, Task
from tests.invariants import breaches
from tests.reviews.overriding import high, put, town_with
from tests.reviews.telling import MONDAY, RULES, choose, mailing, overdue, person, town_on_monday, turn
from tests.reviews.test_escalation import rule
from tests.reviews.test_pages import signed_in
from tests.reviews.test_rework import at_odds
from tests.town import RIGHTS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def mails(db: None, tmp_path: Any):
    with mailing(tmp_path):
        yield
        assert [one for one in breaches() if "notice" in one] == []


@pytest.fixture
def town():
    return town_on_monday()


def test_the_roles_that_the_rule_names_are_told_what_climbed_and_nobody_else(town):
    person(town, "operations", told="at_once", minutes=30)
    person(town, "guideline_editor", told="at_once", minutes=30)
    overdue(town)
    (sent,) = turn(town)
    assert sent.to == ["operations@told.invalid"] and sent.subject == "1 thing waits for you in Cats"
    assert "item-1 was escalated to Senior (11 Jan 2027, 12:00)" in sent.body
    item = Item.objects.get()
    assert f"https://hitl.example/projects/cats/items/{item.uuid}/" in sent.body
    assert sent.extra_headers["List-Unsubscribe"] == "<https://hitl.example/settings/#telling-card>"
    ((html, kind),) = sent.alternatives
    assert kind == "text/html" and "item-1 was escalated to Senior" in html


def test_an_email_names_ids_and_queues_and_nothing_of_what_an_item_holds(town):
    person(town, "operations", told="at_once", minutes=30)
    town.send(0.5, data={"text": "a very private matter"}, segments={"customer": "acme"})
    town.wait(hours=3)
    climb(at=town.now)
    (sent,) = turn(town)
    for told in (sent.body, sent.alternatives[0][0]):
        assert "private" not in told and "acme" not in told and "dog" not in told and "0.5" not in told


def test_nothing_is_told_twice_however_often_the_ledger_is_walked(town):
    person(town, "operations", told="at_once", minutes=30)
    overdue(town)
    assert len(turn(town)) == 1
    NoticeWalk.objects.update(log_index=0)
    town.wait(hours=1)
    assert turn(town) == [] and Notice.objects.count() == 1
    assert Postbox.objects.get().next_at is None


def test_three_things_are_one_email_and_the_next_comes_after_half_an_hour(town):
    person(town, "operations")
    overdue(town, 3)
    assert turn(town) == []
    town.wait(minutes=1)
    (sent,) = turn(town)
    assert sent.subject == "3 things wait for you in Cats"
    assert sent.body.count("was escalated to Senior") == 3
    overdue_again(town)
    assert turn(town) == []
    town.wait(minutes=10)
    assert turn(town) == []
    town.wait(minutes=20)
    (sent,) = turn(town)
    assert sent.subject == "1 thing waits for you in Cats" and "item-4 was escalated" in sent.body


def overdue_again(town) -> None:
    """Let one more climb, without time passing: it came in before."""
    town.wait(hours=-3)
    town.send(0.5)
    town.wait(hours=3)
    climb(at=town.now)


def test_of_more_than_twenty_the_rest_is_counted(town):
    person(town, "operations", told="at_once", minutes=30)
    overdue(town, 23)
    (sent,) = turn(town)
    assert sent.subject == "23 things wait for you in Cats"
    assert sent.body.count("was escalated to Senior (") == 20 and "3 more were escalated to Senior" in sent.body
    assert "/projects/cats/items/?state=escalated" in sent.body


def test_what_was_answered_or_is_in_hand_is_left_out_rather_than_sent_stale(town):
    person(town, "operations")
    overdue(town, 3)
    assert turn(town) == []
    town.decide(town.people[0], town.take(town.people[0], "senior"))
    task = Task.objects.filter(kind="escalation", state="open").order_by("pk")[0]
    acknowledge(project=town.project, task=task.uuid, by=town.people[1], at=town.now)
    town.wait(minutes=1)
    (sent,) = turn(town)
    assert sent.subject == "1 thing waits for you in Cats"
    assert sorted(Notice.objects.values_list("state", flat=True)) == ["dropped", "dropped", "mailed"]


def test_who_lost_the_role_or_can_sign_in_no_more_gets_nothing(town):
    gone, barred = person(town, "operations", "compliance"), None
    barred = person(town, "operations")
    overdue(town)
    assert turn(town) == [] and Notice.objects.count() == 2
    lost = Membership.objects.get(person=gone.person_id, role="operations")
    end_membership(membership=lost, by=console(), at=town.now)
    switch_off(user=User.objects.get(person=barred.person_id), by=console(), at=town.now)
    town.wait(minutes=1)
    assert turn(town) == []
    assert set(Notice.objects.values_list("state", flat=True)) == {"dropped"}


def test_at_the_top_operations_and_whom_its_rule_names_are_told_that_it_is_held(town):
    operator = person(town, "operations", told="at_once", minutes=30)
    officer = person(town, "compliance", told="at_once", minutes=30)
    overdue(town)
    town.wait(hours=2)
    climb(at=town.now)
    turn(town)
    town.wait(hours=2)
    climb(at=town.now)
    assert Item.objects.get().state == "held"
    sent = turn(town)
    assert sorted(one.to[0] for one in sent) == ["compliance@told.invalid", "operations@told.invalid"]
    assert all("item-1 is held: in Head nobody is left who answers it" in one.body for one in sent)
    editor = person(town, "guideline_editor")
    for who, told in ((operator, True), (officer, True), (editor, False)):
        assert ("1 item is held" in signed_in(who).get("/").content.decode()) == told


def test_a_held_item_that_was_routed_again_is_not_told(town):
    operator = person(town, "operations")
    overdue(town)
    for _ in range(2):
        town.wait(hours=2)
        climb(at=town.now)
    assert turn(town) == []
    route_again(item=Item.objects.get(), by=operator, at=town.now)
    town.wait(minutes=1)
    assert turn(town) == []


def test_a_reviewer_who_is_named_is_told_how_much_waits_in_their_queue_and_no_items_name():
    named = {"to": {"level": 1, "queue": "senior", "notify": ["reviewer"]}}
    verdicts = [{"queue": one, "role": "reviewer", "allow": ["approve", "escalate"]} for one in ("general", "senior")]
    town = town_on_monday(people=2)
    rights = RIGHTS | {
        "escalation": [rule("overdue", 1, after="PT1H") | named, rule("asked", 1) | named],
        "service_levels": [{"queue": "general", "due_after": "PT2H"}],
        "verdicts": verdicts,
    }
    publish_rights(project=town.project, document=rights, reason="Tell them", by=console(), at=town.now)
    for one in town.people:
        choose(one)
    overdue(town, 2)
    town.send(0.5)
    town.decide(town.people[0], town.take(town.people[0], "general"), "escalate", rationale="Hard")
    sent = {one.to[0]: one for one in turn(town)}
    assert "3 escalated items wait in Senior" in sent["reviewer1@cats.invalid"].body
    assert "2 escalated items wait in Senior" in sent["reviewer0@cats.invalid"].body  # one they escalated themselves
    for one in sent.values():
        assert "item-" not in one.body and "/projects/cats/queues/senior/work/" in one.body


def test_what_opens_at_a_higher_level_at_intake_is_told_too():
    telling = rule("impact", 1) | {"to": {"level": 1, "queue": "senior", "notify": ["operations"]}}
    town = town_on_monday(rights=RIGHTS | {"escalation": [telling, *RULES]})
    person(town, "operations", told="at_once")
    town.send(0.5, impact="high")
    town.send(0.5)
    (sent,) = turn(town)
    assert sent.subject == "1 thing waits for you in Cats" and "item-1 was escalated to Senior" in sent.body


def test_of_two_rules_to_one_queue_each_tells_the_roles_it_names():
    silent = rule("asked", 1)
    town = town_on_monday(rights=RIGHTS | {"escalation": [silent, *RULES]})
    person(town, "operations", told="at_once")
    town.send(0.5)
    town.decide(town.people[0], town.take(town.people[0]), "escalate", rationale="Hard")
    assert turn(town) == [] and not Notice.objects.exists()


def test_who_can_still_take_a_decision_on_the_item_back_is_not_told_where_it_went():
    named = rule("asked", 1) | {"to": {"level": 1, "queue": "senior", "notify": ["operations"]}}
    town = town_on_monday(rights=RIGHTS | {"escalation": [named]})
    both = person(town, "operations", "reviewer", told="at_once")
    person(town, "operations", told="at_once")
    town.send(0.5)
    town.decide(both, town.take(both), "escalate", rationale="Hard")
    (sent,) = turn(town)
    assert sent.to == ["operations@told.invalid"]
    assert Notice.objects.get(person=both.person_id).state == "dropped"


def test_a_returned_decision_is_told_to_its_author_alone_and_not_once_it_is_redone():
    town = at_odds()
    town.now = MONDAY + dt.timedelta(minutes=5)
    for one in town.people:
        choose(one)
    held = town.take(town.adjudicators[0])
    decision = Decision.objects.order_by("pk")[0]
    by = town.adjudicators[0]
    return_for_rework(token=held.token, decision=decision.uuid, note="Look again", by=by, at=town.now)
    (sent,) = turn(town)
    assert sent.to == ["reviewer0@cats.invalid"]
    assert "Your decision on item-1 in General was returned to you" in sent.body and "Look again" not in sent.body
    Notice.objects.update(state="waiting", ended_at=None)
    Postbox.objects.update(next_at=town.now)
    town.decide(town.people[0], town.take(town.people[0]), "correct", "fox")
    assert turn(town) == [] and Notice.objects.get().state == "dropped"


def test_a_proposed_override_is_told_to_those_who_may_sign_it():
    town = town_with()
    town.now = MONDAY
    for one in (*town.adjudicators, *town.people):
        choose(one)
    item = high(town)
    proposed = put(town, item, town.adjudicators[0], signed=True)
    sent = turn(town)
    assert sorted(one.to[0] for one in sent) == ["adjudicator4@cats.invalid", "adjudicator5@cats.invalid"]
    assert all(f"/projects/cats/overrides/{proposed.uuid}/" in one.body for one in sent)


def test_who_wants_the_page_alone_gets_no_email_also_when_they_change_their_mind(town):
    who = person(town, "operations", told="page")
    overdue(town)
    assert turn(town) == [] and not Notice.objects.exists()
    choose(who, told="digest")
    overdue_again(town)
    turn(town)
    choose(who, told="page")
    town.wait(minutes=10)
    assert turn(town) == [] and Notice.objects.get().state == "dropped"


def test_an_installation_that_sends_no_email_walks_on_and_notes_nothing(town, settings):
    settings.EMAIL_HOST = ""
    person(town, "operations")
    overdue(town)
    assert turn(town) == [] and not Notice.objects.exists() and not Postbox.objects.exists()
    assert {one.log_index for one in NoticeWalk.objects.all()} >= set(Log.objects.values_list("tree_size", flat=True))


def test_an_email_is_in_the_persons_language_with_times_in_their_zone(town):
    person(town, "operations", told="at_once", language="de", zone="Asia/Tokyo", hours=None)
    overdue(town, 2)
    (sent,) = turn(town)
    assert "(11. Jan. 2027, 21:00)" in sent.body and "Asia/Tokyo" in sent.body
    with translation.override("de"):
        said = gettext("%(item)s was escalated to %(queue)s") % {"item": "item-1", "queue": "Senior"}
        subject = ngettext("%(n)d thing waits for you in %(project)s", "%(n)d things wait for you in %(project)s", 2)
    assert said in sent.body and sent.subject == subject % {"n": 2, "project": "Cats"}
    assert '<html lang="de">' in sent.alternatives[0][0]


def test_what_was_told_long_ago_is_forgotten_and_not_told_again(town):
    person(town, "operations", told="at_once")
    overdue(town)
    turn(town)
    assert drop_notices(at=town.now + dt.timedelta(days=29)) == 0
    assert drop_notices(at=town.now + dt.timedelta(days=31)) == 1
    assert turn(town) == [] and len(mail.outbox) == 1
