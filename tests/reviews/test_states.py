"""The chart of docs/states.md: its states are those of the rows, and each of its arrows is walked."""

import datetime as dt

from accounts.actions import end_membership, give_membership
from accounts.models import Membership
from accounts.reads import console
from reviews.actions import (
    answer_question,
    climb,
    countersign,
    decline,
    end_consent,
    end_overrides,
    give_back,
    give_consent,
    meet_deadlines,
    open_claim,
    publish_rights,
    release,
    route_again,
    take_override_back,
    take_question_back,
    turn_switch,
    withdraw,
    withdraw_item,
)
from reviews.models import Decision, End, Item, ItemState, OverrideEnd, QuestionHow, SeatState, TaskState
from reviews.reads.answers import rfc3339
from tests.charting import drawn, happened, watch
from tests.guidelines.writing import editor
from tests.reviews.asking import asked, asking_town, at_browser, exemplified
from tests.reviews.overriding import accepted, high, proof_of, put, town_with
from tests.reviews.test_rework import at_odds, returned
from tests.town import RIGHTS, build

STATES = {"item": ItemState, "task": TaskState, "seat": SeatState}


def undo(town, who):
    """Take the newest decision of a person back, and give its claim back."""
    last = Decision.objects.filter(person_id=who.person_id).order_by("-pk")[0]
    held = withdraw(decision=last.uuid, by=who, at=town.now)
    open_claim(token=held.token, by=who, at=town.now)
    return held


def an_audit_corrects_and_is_taken_back(town):
    town.send(0.7)
    ann = town.people[0]
    town.decide(ann, town.take(ann), None, "dog")
    town.decide(ann, undo(town, ann), None, "cat")


def a_decision_settles_and_is_taken_back(town):
    town.send(0.5)
    ann = town.people[0]
    town.decide(ann, town.take(ann))
    give_back(token=undo(town, ann).token, by=ann, at=town.now)
    town.decide(ann, town.take(ann))


def what_a_switch_held_is_routed_again(town):
    turn_switch(position="hold-everything", reason="x", by=console(), at=town.now, project=town.project)
    sent = [town.send(confidence)["id"] for confidence in (0.5, 0.95)]
    turn_switch(position="normal", reason="x", by=console(), at=town.now, project=town.project)
    for uuid in sent:
        route_again(item=Item.objects.get(uuid=uuid), by=console(), at=town.now)
    town.decide(town.people[0], town.take(town.people[0]))


def everybody_skips(town):
    town.send(0.5)
    for who in town.people:
        town.decide(who, town.take(who, "general"), "skip", rationale="Too dark")


def two_disagree_and_one_comes_round(town):
    town.send(0.95, impact="high")
    town.decide(town.people[0], town.take(town.people[0], "senior"), "approve")
    town.decide(town.people[1], town.take(town.people[1], "senior"), "correct", "dog")
    town.decide(town.people[1], undo(town, town.people[1]), "approve")


def one_escalates_and_takes_it_back(town):
    town.send(0.5)
    ann = town.people[0]
    town.decide(ann, town.take(ann), "escalate", rationale="Unsure")
    town.decide(ann, undo(town, ann))


def one_of_two_escalates_and_takes_it_back(town):
    town.send(0.95, impact="high")
    ann = town.people[0]
    town.decide(ann, town.take(ann, "senior"), "escalate", rationale="Unsure")
    town.decide(ann, undo(town, ann))


def a_case_climbs_and_is_held_at_the_top(town):
    town.send(0.5)
    for _level in (1, 2):
        town.wait(hours=9)
        assert climb(at=town.now) == 1
    assert Item.objects.latest("pk").state == "held"


def deadlines_pass(town):
    for on_deadline in ("withdraw", "hold"):
        rights = town.rights | {"on_deadline": on_deadline}
        publish_rights(project=town.project, document=rights, reason="x", by=console(), at=town.now)
        town.send(0.5, decide_by=rfc3339(town.now + dt.timedelta(hours=1)))
        held = town.take(town.people[0], "general")
        town.wait(hours=2)
        meet_deadlines(at=town.now)
        assert held is not None
    rights = town.rights | {"on_deadline": "withdraw"}
    publish_rights(project=town.project, document=rights, reason="y", by=console(), at=town.now)
    turn_switch(position="hold-everything", reason="x", by=console(), at=town.now, project=town.project)
    town.send(0.5, decide_by=rfc3339(town.now + dt.timedelta(hours=1)))
    town.wait(hours=2)
    meet_deadlines(at=town.now)


def the_system_withdraws_what_waits_and_what_is_held(town):
    for sent in (town.send(0.5), town.send(0.95, "owl")):
        withdraw_item(project=town.project, external_id=sent["external_id"], by=console(), at=town.now)


def overrides_end_in_every_way():
    town = town_with(slug="cats-aside")
    put(town, accepted(town), town.adjudicators[0])
    one, other, third = town.adjudicators
    for how in ("done", "declined", "taken_back", "fell", "lapsed"):
        proposed = put(town, high(town), one, signed=True)
        ended = {"override": proposed.uuid, "by": other, "at": town.now}
        if how in {"done", "fell"}:
            if how == "fell":
                member = Membership.objects.get(person_id=one.person_id, until_at=None)
                end_membership(membership=member, by=console(), at=town.now)
            countersign(**ended, digest=proposed.digest, proof=proof_of(other, town))
            if how == "fell":
                give_membership(
                    person=member.person, project=town.project, role="adjudicator", by=console(), at=town.now
                )
        elif how == "declined":
            decline(**ended, reason="No")
        elif how == "taken_back":
            take_override_back(**ended | {"by": one})
        else:
            town.wait(days=8)
            end_overrides(at=town.now)
        assert OverrideEnd.objects.get(override=proposed).how == how
        one, other, third = third, one, other


def questions_end_in_every_way():
    town, edna = asking_town(slug="cats-asked")
    ann = at_browser(town.people[0])
    answer_question(question=asked(town), text="So.", by=edna, at=town.now)
    answer_question(question=asked(town), text="", covered_by=1, by=edna, at=town.now)
    take_question_back(question=asked(town), by=ann, at=town.now)
    told = {"by": editor(town, "carl", "compliance"), "at": town.now}
    end_consent(consent=exemplified(town, edna).consent, reason="No.", **told)
    consent = give_consent(consent=exemplified(town, edna).consent, **told)
    end_consent(consent=consent, reason="No more.", **told)


WALKS = (
    an_audit_corrects_and_is_taken_back,
    a_decision_settles_and_is_taken_back,
    what_a_switch_held_is_routed_again,
    everybody_skips,
    two_disagree_and_one_comes_round,
    one_escalates_and_takes_it_back,
    one_of_two_escalates_and_takes_it_back,
    a_case_climbs_and_is_held_at_the_top,
    deadlines_pass,
    the_system_withdraws_what_waits_and_what_is_held,
)
CLOCK = [
    {"name": "Asked", "on": "asked", "to": {"level": 1, "queue": "senior"}},
    {"name": "Late", "on": "overdue", "after": "PT1H", "to": {"level": 1, "queue": "senior"}},
]


def test_each_arrow_of_the_chart_is_walked_and_no_other(arena):
    watch()
    rights = RIGHTS | {"escalation": CLOCK, "service_levels": [{"queue": "general", "due_after": "PT2H"}]}
    for number, walk in enumerate(WALKS):
        town = build(people=4, slug=f"cats-{number}", rights=rights)
        town.rights = rights
        walk(town)
        town.wait(seconds=20)
        release(at=town.now)
    disagreed = at_odds(slug="cats-returned")
    returned(disagreed, Decision.objects.count() - 2)
    overrides_end_in_every_way()
    questions_end_in_every_way()
    found = happened()
    assert found == drawn()


def test_the_chart_names_every_state_that_a_row_may_have():
    before = {"override": {"waits"}, "question": {"open"}}  # of what has no end yet
    for thing, states in {**STATES, "override": End, "question": QuestionHow}.items():
        named = {state for name, was, now in drawn() if name == thing for state in (was, now) if state}
        wanted = set(states.values) - {"erased"}  # no verb of this program erases an item yet
        assert named - before.get(thing, set()) == wanted, thing
