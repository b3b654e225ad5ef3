"""Hard content: what is veiled for whom, what a claim's manifest says of it, and when a break is due."""

import json

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.actions import choose_veils, give_membership
from accounts.models import Person
from accounts.reads import console
from audit.models import Event
from reviews.actions import apply_project, claim_next, open_claim, prolong, sweep, withdraw
from reviews.errors import BadProjectFile, BreakDue
from reviews.models import Claim, Exposure, Presentation, Seat, Setup
from reviews.reads.claims import replay
from reviews.reads.held import look_at_claim
from tests.reviews.caller import Caller, problem
from tests.reviews.test_pages import signed_in, with_role
from tests.town import Town, build, project_file

pytestmark = pytest.mark.django_db
HARD = {"break_after_items": 3, "break_minutes": 10}


def hard_town(items: int = 6, **changes) -> Town:
    town = build(hard_content=HARD | changes)
    for _ in range(items):
        town.send(0.5)
    return town


def work(town: Town, who, count: int) -> None:
    for _ in range(count):
        town.decide(who, town.take(who))


def prefer(who, **chosen) -> None:
    from dataclasses import replace

    choose_veils(**{"blur": None, "grey": None, "mute": None, "holds": True} | chosen, by=replace(who, via="browser"))


def manifest(held) -> dict:
    return json.loads(bytes(Presentation.objects.get(claim__token=held.token).manifest))


@pytest.mark.parametrize(
    ("asked", "may_lift", "own", "veiled"),
    [
        (False, False, None, False),
        (True, False, None, True),
        (False, False, True, True),
        (True, False, False, True),
        (True, True, False, False),
        (False, True, False, False),
        (True, True, None, True),
    ],
)
def test_a_person_may_always_have_more_and_less_only_where_the_project_lets_go(asked, may_lift, own, veiled):
    town = hard_town(1, blur=asked, grey=False, may_lift=may_lift)
    prefer(town.people[0], blur=own)
    held = town.take(town.people[0])
    assert held.veil.blur is veiled
    assert held.veil.grey is False
    assert manifest(held).get("veil", []) == (["blur"] if veiled else [])


def test_without_hard_content_nothing_is_veiled_and_the_manifest_is_as_before():
    town = build()
    town.send(0.5)
    held = town.take(town.people[0])
    assert held.veil.names == []
    assert "veil" not in manifest(held)
    assert not Exposure.objects.exists()


def test_a_claim_keeps_its_veil_when_the_project_lets_go_and_more_is_laid_over_it_at_once():
    town = hard_town(1, grey=False)
    who = town.people[0]
    held = town.take(who)
    apply_project(document=project_file(), by=console(), at=town.now)
    prefer(who, grey=True)
    again = claim_next(by=who, at=town.now, resume=True)
    assert again.token == held.token
    assert again.veil.names == ["blur", "grey"]
    assert replay(held.token, town.now).held.presentation["veil"] == ["blur"]


def test_a_project_file_twice_changes_nothing_and_what_is_left_out_is_taken_back():
    town = hard_town(0)
    file = project_file(hard_content=HARD)
    assert apply_project(document=file, by=console(), at=town.now)[1] == []
    assert Setup.objects.get().hard_items == 3
    told = Event.objects.filter(type="reviews.project_set_up").count()
    apply_project(document=project_file(), by=console(), at=town.now)
    setup = Setup.objects.get()
    assert (setup.blur, setup.grey, setup.hard_items) == (False, False, None)
    assert Event.objects.filter(type="reviews.project_set_up").count() == told + 1


@pytest.mark.parametrize(
    ("name", "value"), [("break_after_items", 0), ("break_after_minutes", 481), ("break_minutes", 0)]
)
def test_a_limit_out_of_its_range_is_refused_with_its_place(name, value):
    town = hard_town(0)
    with pytest.raises(BadProjectFile) as refused:
        apply_project(document=project_file(hard_content={name: value}), by=console(), at=town.now)
    assert [place for place, _ in refused.value.fields] == [f"hard_content.{name}"]
    assert Setup.objects.get().hard_items == 3


def test_after_so_many_items_a_break_is_due_and_the_next_one_waits_for_its_end():
    town = hard_town()
    who = town.people[0]
    work(town, who, 3)
    with pytest.raises(BreakDue) as refused:
        claim_next(by=who, at=town.now)
    assert Exposure.objects.get().last_at == town.now
    assert (refused.value.until - town.now).total_seconds() == 600
    assert not Seat.objects.filter(state="leased").exists()
    town.wait(minutes=9, seconds=59)
    with pytest.raises(BreakDue):
        claim_next(by=who, at=town.now, queue=town.queue())
    town.wait(seconds=1)
    work(town, who, 1)
    assert Exposure.objects.get().items == 1


def test_a_break_is_each_persons_own():
    town = hard_town()
    work(town, town.people[0], 3)
    work(town, town.people[1], 1)
    assert Exposure.objects.get(person_id=town.people[1].person_id).items == 1


def test_a_pause_as_long_as_the_break_begins_a_new_run_and_a_shorter_one_does_not():
    town = hard_town()
    who = town.people[0]
    work(town, who, 2)
    town.wait(minutes=9)
    work(town, who, 1)
    with pytest.raises(BreakDue):
        town.take(who)
    town.wait(minutes=10)
    work(town, who, 1)
    town.wait(minutes=10)
    work(town, who, 1)
    assert Exposure.objects.get().items == 1


def test_a_long_look_counts_until_its_decision():
    town = hard_town()
    who = town.people[0]
    work(town, who, 2)
    held = town.take(who)
    town.wait(minutes=12)
    town.decide(who, held)
    with pytest.raises(BreakDue) as refused:
        town.take(who)
    assert (refused.value.until - town.now).total_seconds() == 600


def test_a_long_look_counts_though_its_claim_lapses_undecided():
    town = hard_town()
    who = town.people[0]
    work(town, who, 2)
    held = town.take(who)
    for _ in range(2):
        town.wait(minutes=14)
        prolong(token=held.token, by=who, at=town.now)
    seen = town.now
    town.wait(minutes=5)
    Seat.objects.filter(state="leased").update(lease_until=town.now)
    assert sweep(at=town.now) == 1
    with pytest.raises(BreakDue) as refused:
        town.take(who)
    assert (refused.value.until - seen).total_seconds() == 600


def test_keeping_what_stands_ready_is_no_look_at_it():
    town = hard_town()
    who = town.people[0]
    work(town, who, 1)
    ahead = claim_next(by=who, at=town.now)
    seen = town.now
    town.wait(minutes=1)
    prolong(token=ahead.token, by=who, at=town.now)
    assert Exposure.objects.get().last_at == seen


def test_after_so_many_minutes_a_break_is_due_though_the_item_on_screen_is_decided_first():
    town = hard_town(break_after_items=None, break_after_minutes=20)
    who = town.people[0]
    for _ in range(2):
        held = town.take(who)
        town.wait(minutes=9)
        town.decide(who, held)
    held = town.take(who)
    town.wait(minutes=3)
    town.decide(who, held)
    with pytest.raises(BreakDue):
        town.take(who)


def test_a_prefetched_claim_is_given_back_when_the_break_comes_before_it():
    town = hard_town()
    who = town.people[0]
    work(town, who, 2)
    held = town.take(who)
    Exposure.objects.update(items=2)
    ahead = claim_next(by=who, at=town.now)
    Exposure.objects.update(items=3)
    town.decide(who, held)
    with pytest.raises(BreakDue):
        open_claim(token=ahead.token, by=who, at=town.now)
    assert Seat.objects.get(state="leased").claim_id == Claim.objects.get(token=ahead.token).pk
    with pytest.raises(BreakDue):
        claim_next(by=who, at=town.now)
    assert not Seat.objects.filter(state="leased").exists()
    assert Event.objects.filter(type="reviews.claim_returned").count() == 1


def test_the_last_decision_can_be_withdrawn_and_redone_in_the_break():
    town = hard_town()
    who = town.people[0]
    work(town, who, 2)
    made = town.decide(who, town.take(who))
    held = withdraw(decision=made.uuid, by=who, at=town.now)
    held = open_claim(token=held.token, by=who, at=town.now)
    town.decide(who, held, "correct", "dog")
    with pytest.raises(BreakDue):
        town.take(who)


def test_the_next_of_mine_passes_over_hard_content_in_a_break_and_finds_other_work():
    town = hard_town()
    who = town.people[0]
    work(town, who, 3)
    other = build(slug="fields", people=0, adjudicators=0)
    other.send(0.5)
    person = Person.objects.get(pk=who.person_id)
    give_membership(person=person, project=other.project, role="reviewer", by=console(), at=town.now)
    held = claim_next(by=who, at=town.now)
    assert held.task.project == "fields"
    seen = look_at_claim(held.token, who.person_id, town.now)
    assert seen.hard_items is None


@pytest.mark.parametrize("columns", [{"hard_items": 0}, {"hard_minutes": 481}, {"break_minutes": 0}])
def test_the_database_refuses_a_limit_out_of_range(columns):
    hard_town(0)
    with pytest.raises(IntegrityError), transaction.atomic():
        Setup.objects.update(**columns)


def test_the_database_refuses_a_run_that_ends_before_it_began():
    town = hard_town(1)
    town.take(town.people[0])
    run = Exposure.objects.get()
    for columns in ({"items": 0}, {"last_at": run.since_at.replace(year=2000)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Exposure.objects.update(**columns)


def test_a_program_is_refused_the_next_claim_with_the_time_and_may_still_be_told_there_is_other_work():
    town = hard_town()
    work(town, town.people[0], 3)
    caller = Caller(town.project, who=town.people[0])
    for address in ("projects/cats/queues/general/claims/", "claims/"):
        answer = caller.call("POST", address)
        assert problem(answer) == (409, "break_due")
        assert "waits until 2" in answer.told["detail"]
    assert not Seat.objects.filter(state="leased").exists()


def test_who_looks_back_sees_the_item_under_their_own_veil_and_what_lay_over_it_then():
    town = build()
    town.send(0.5)
    who, compliance = town.people[0], with_role(town, "compliance")
    prefer(who, blur=True)
    held = town.take(who)
    town.decide(who, held)
    addresses = [
        reverse("presentation", args=["cats", held.token]),
        reverse("item", args=["cats", Claim.objects.get().task.item.uuid]),
    ]
    for veiled in (False, True):
        prefer(compliance, blur=veiled)
        pages = [signed_in(compliance).get(address).content.decode() for address in addresses]
        assert [" data-blur data-holds>" in page for page in pages] == [veiled, veiled]
        assert '<dd class="num">blurred</dd>' in pages[0]
