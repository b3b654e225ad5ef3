"""No work for whoever has not acknowledged the guideline in force, on any path; nothing else is disturbed by it."""

import dataclasses
import datetime as dt
import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import add_person, give_membership
from accounts.models import Person
from accounts.reads import Actor, actor_of_person, console
from guidelines.actions import acknowledge_guideline, begin_due, end_guideline, publish_guideline_draft
from guidelines.models import GuidelineVersion
from hitl.errors import STATUS
from reviews.actions import claim_again, claim_batch, claim_next, fill_project, give_back, open_claim, sweep, withdraw
from reviews.errors import AcknowledgementDue
from reviews.models import Claim, Item, PersonLane, Presentation, Seat
from tests.arena import Worker
from tests.guidelines.writing import GUIDELINE, QUIZZED, READ, answered, copied, draft, editor, published
from tests.invariants import breaches
from tests.reviews.caller import Caller, problem
from tests.town import RIGHTS, Town, build

TOGETHER = RIGHTS | {"batch": {"queues": ["general"], "most": 50}}


@pytest.fixture
def town(db) -> Town:
    found = build(rights=TOGETHER)
    for _ in range(3):
        found.send(0.5)
    return found


@pytest.fixture
def edna(town) -> Actor:
    return editor(town)


def browsing(who: Actor) -> Actor:
    return dataclasses.replace(who, via="browser")


def acknowledge(town: Town, who: Actor, version: GuidelineVersion) -> None:
    acknowledge_guideline(project=town.project, number=version.number, by=browsing(who), at=town.now)


def kept(town: Town, who: Actor, queue: str | None = "general") -> bool:
    """Tell whether a person is refused the next item, and see that nothing came of it."""
    before = Claim.objects.count()
    try:
        held = claim_next(by=who, at=town.now, queue=town.queue(queue) if queue else None)
    except AcknowledgementDue as refusal:
        return (refusal.project, Claim.objects.count()) == (town.project.slug, before)
    assert held is not None
    give_back(token=held.token, by=who, at=town.now)
    return False


def kept_lanes(town: Town) -> set[bool]:
    return set(PersonLane.objects.filter(lane__queue__project=town.project).values_list("gated", flat=True))


def test_whoever_has_not_acknowledged_gets_no_seat_and_then_does(town, edna):
    assert not kept(town, town.people[0])
    version = published(town, edna, READ)
    assert kept(town, town.people[0]) and kept(town, town.people[0], None)
    acknowledge(town, town.people[0], version)
    assert not kept(town, town.people[0]) and not kept(town, town.people[0], None)
    assert kept(town, town.people[1])
    held = town.take(town.people[0])
    assert held.presentation["guideline"] == version.digest
    town.decide(town.people[0], held)
    assert breaches() == []


def test_a_quiz_opens_the_gate_when_it_is_passed(town, edna):
    version = published(town, edna, QUIZZED)
    me = browsing(town.people[0])
    answered(town, me, version, right=1)
    assert kept(town, town.people[0])
    answered(town, me, version)
    assert not kept(town, town.people[0]) and breaches() == []


def test_next_of_mine_passes_over_a_project_that_waits_to_be_acknowledged(town, edna):
    other = build(people=0, adjudicators=0, slug="dogs")
    other.send(0.5)
    town.now = other.now
    for who in town.people[:2]:
        person = Person.objects.get(pk=who.person_id)
        give_membership(person=person, project=other.project, role="reviewer", by=console(), at=other.now)
    published(town, edna, READ)
    held = claim_next(by=town.people[0], at=town.now)
    assert held and held.task.project == "dogs"
    assert kept(town, town.people[1], None)  # nothing is left there
    assert breaches() == []


def test_whoever_only_adjudicates_is_kept_too(town, edna):
    town.send(0.5, impact="high")
    for who, label in zip(town.people, ("", "dog", "fox"), strict=True):
        town.decide(who, town.take(who), "correct" if label else "approve", label)
    assert Seat.objects.filter(task__kind="adjudication", state="open").count() == 1
    version = published(town, edna, READ)
    assert kept(town, town.adjudicators[0], "adjudication")
    acknowledge(town, town.adjudicators[0], version)
    assert not kept(town, town.adjudicators[0], "adjudication") and breaches() == []


def test_a_batch_is_refused_and_one_that_is_held_goes_on(town, edna):
    held = claim_batch(queue=town.queue(), by=town.people[1], at=town.now)
    published(town, edna, READ)
    assert claim_batch(queue=town.queue(), by=town.people[1], at=town.now) == held
    with pytest.raises(AcknowledgementDue):
        claim_batch(queue=town.queue(), by=town.people[0], at=town.now)
    PersonLane.objects.update(gated=False)  # as if the version had come in force just now
    town.send(0.5)
    with pytest.raises(AcknowledgementDue):
        claim_batch(queue=town.queue(), by=town.people[0], at=town.now)
    assert breaches() == []


def test_what_is_held_is_decided_as_it_is_and_a_lapsed_claim_is_not_claimed_again(town, edna):
    me, other, third = town.people
    on_screen, ahead = town.take(me), claim_next(by=other, at=town.now)
    lapsing = town.take(third)
    before = on_screen.presentation
    published(town, edna, READ)
    assert claim_next(by=me, at=town.now, resume=True).token == on_screen.token
    assert claim_again(token=on_screen.token, by=me, at=town.now).token == on_screen.token
    open_claim(token=ahead.token, by=other, at=town.now)
    town.decide(other, ahead)
    decision = town.decide(me, on_screen)
    town.wait(minutes=16)
    sweep(at=town.now)
    with pytest.raises(AcknowledgementDue):
        claim_again(token=lapsing.token, by=third, at=town.now)
    assert kept(town, me) and decision.verdict == "approve"
    assert {row.guideline_id for row in Presentation.objects.all()} == {None} and before["guideline"] is None
    assert breaches() == []


def test_a_decision_is_taken_back_and_redone_under_the_version_it_was_made_under(town, edna):
    first = published(town, edna, READ)
    me = town.people[0]
    acknowledge(town, me, first)
    decision = town.decide(me, town.take(me))
    other = copied(READ)
    other["sections"][0]["text"] = "Said anew."
    published(town, edna, other)
    again = withdraw(decision=decision.uuid, by=me, at=town.now)
    assert again.presentation["guideline"] == first.digest
    open_claim(token=again.token, by=me, at=town.now)
    town.decide(me, again, "correct", "dog")
    assert kept(town, me) and breaches() == []


def test_a_version_counts_from_its_day_until_it_is_retired_or_followed(town, edna):
    me = town.people[0]
    first = published(town, edna, READ, starts_at=town.now + dt.timedelta(hours=1))
    assert not kept(town, me)
    town.wait(hours=2)
    begin_due(at=town.now)
    assert kept(town, me)
    end_guideline(project=town.project, number=first.number, reason="It was wrong.", by=edna, at=town.now)
    assert not kept(town, me) and kept_lanes(town) == {False}
    second = published(town, edna, READ)
    assert kept(town, me)
    acknowledge(town, me, second)
    other = copied(GUIDELINE)
    other["sections"][0]["text"] = "Said anew, and nobody needs to say so."
    published(town, edna, other)
    assert not kept(town, town.people[1]) and kept_lanes(town) == {False}


def test_whoever_comes_later_is_kept_from_the_start(town, edna):
    published(town, edna, READ)
    late = add_person(name="Late", email="late@cats.invalid", by=console(), at=town.now)
    late = getattr(late, "person", late)
    give_membership(person=late, project=town.project, role="reviewer", by=console(), at=town.now)
    assert kept_lanes(town) == {True} and kept(town, actor_of_person(late, "api"))


def test_the_version_that_claims_name_is_the_one_that_counts(town, edna):
    first = published(town, edna, GUIDELINE)
    published(town, edna, READ, None, language="de")
    assert not kept(town, town.people[0])
    end_guideline(project=town.project, number=first.number, reason="In German alone.", by=edna, at=town.now)
    assert kept(town, town.people[0])  # the only one in force: claims name it
    other = copied(GUIDELINE)
    other["sections"][0]["text"] = "In English again."
    english = published(town, edna, other)
    assert not kept(town, town.people[0])
    held = claim_next(by=town.people[0], at=town.now)
    assert held and held.presentation["guideline"] == english.digest and breaches() == []


def test_nobody_is_taken_for_gone_who_only_has_to_read(town, edna):
    town.send(0.5, impact="high")
    first, second = (town.take(who) for who in town.people[:2])
    published(town, edna, READ)
    town.decide(town.people[0], first)
    town.decide(town.people[1], second, "correct", "dog")
    item = Item.objects.get(external_id="item-4")
    assert item.state == "open" and Seat.objects.filter(item=item, state="open").count() == 1
    assert breaches() == []


def test_a_claim_sees_a_version_that_came_in_force_just_now_and_says_so_from_then_on(town, edna):
    other = build(people=0, adjudicators=0, slug="dogs")
    person = Person.objects.get(pk=town.people[0].person_id)
    give_membership(person=person, project=other.project, role="reviewer", by=console(), at=other.now)
    town.now = other.now
    other.send(0.7)  # an audit: it comes after what waits in the other project
    published(town, edna, READ)
    PersonLane.objects.update(gated=False)
    held = claim_next(by=town.people[0], at=town.now)
    assert held and held.task.project == "dogs"
    assert kept_lanes(town) == {True} and breaches() == []


def test_the_lanes_written_anew_change_nothing_that_is_right(town, edna):
    version = published(town, edna, READ)
    acknowledge(town, town.people[0], version)
    before = list(PersonLane.objects.order_by("pk").values_list("pk", "gated"))
    assert {gated for _pk, gated in before} == {True, False}
    fill_project(town.project.pk)
    assert list(PersonLane.objects.order_by("pk").values_list("pk", "gated")) == before


def test_a_program_is_told_with_where_to_go(town, edna):
    me = Caller(town.project, who=town.people[0])
    version = published(town, edna, READ)
    for path in ("projects/cats/queues/general/claims/", "claims/"):
        answer = me.call("POST", path)
        assert problem(answer) == (409, "acknowledgement_due")
        assert "/projects/cats/guideline/acknowledgement/" in answer.told["detail"]
    acknowledge(town, town.people[0], version)
    assert me.call("POST", "claims/").status_code == 201
    assert STATUS["acknowledgement_due"] == 409


def test_a_gate_costs_a_claim_no_statement(town, edna):
    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            held = claim_next(by=town.people[0], at=town.now, queue=town.queue())
        assert held
        give_back(token=held.token, by=town.people[0], at=town.now)
        return len(seen)

    count()
    before = count()
    version = published(town, edna, READ)
    acknowledge(town, town.people[0], version)
    count()  # the version is read once a process
    assert count() == before


def test_nobody_gets_a_seat_that_names_a_version_they_have_not_acknowledged_while_eight_claim(arena: str) -> None:
    town = build(people=8, adjudicators=0)
    edna = editor(town)
    for _ in range(150):
        town.send(0.5)
    written = draft(town, edna, READ)
    ready = {"project": town.project, "language": "en", "revision": written.revision, "by": edna, "at": town.now}

    stands = threading.Event()

    def work(who: Actor) -> str:
        for turn in range(150):
            if turn == 8:  # while some work is left: on SQLite eight who never rest may keep the clerk waiting
                assert stands.wait(60)
            try:
                held = claim_next(by=who, at=town.now)
            except AcknowledgementDue as refusal:
                return refusal.code
            if held is None:
                return "nothing"
            open_claim(token=held.token, by=who, at=town.now)
            town.decide(who, held)
        return "nothing"

    workers, clerk = [Worker() for _ in town.people], Worker()
    working = [worker.begin(lambda who=who: work(who)) for worker, who in zip(workers, town.people, strict=True)]
    version = clerk.begin(lambda: publish_guideline_draft(**ready)).result(120)
    stands.set()
    ends = [one.result(120) for one in working]
    for worker in [*workers, clerk]:
        worker.end()
    assert set(ends) == {"acknowledgement_due"} and Seat.objects.filter(state="open").exists()
    assert not Presentation.objects.filter(guideline=version).exists() and breaches() == []


def test_eight_who_acknowledge_at_once_all_get_work(arena: str) -> None:
    town = build(people=8, adjudicators=0)
    version = published(town, editor(town), READ)
    for _ in range(10):
        town.send(0.5)

    def work(who: Actor) -> str:
        acknowledge(town, who, version)
        held = claim_next(by=who, at=town.now)
        return held.item.external_id if held else ""

    workers = [Worker() for _ in town.people]
    taken = [worker.begin(lambda who=who: work(who)) for worker, who in zip(workers, town.people, strict=True)]
    got = [one.result(120) for one in taken]
    for worker in workers:
        worker.end()
    assert len(set(got)) == 8 and "" not in got and breaches() == []
