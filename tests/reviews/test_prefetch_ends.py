"""What stands ready and is never opened goes back to the others, however often its claim is prolonged."""

import datetime as dt

import pytest

from reviews.actions import claim_next, open_claim, prolong, sweep, withdraw
from reviews.errors import ClaimLost
from reviews.models import ClaimEnd, Seat
from tests.invariants import breaches
from tests.town import Town, build

pytestmark = pytest.mark.django_db


def kept_for(town: Town, token: object, minutes: int) -> list[int]:
    """Prolong a claim each minute, and give its end after each, in whole minutes from its start."""
    who, start, ends = town.people[0], town.now, []
    for _ in range(minutes):
        town.wait(minutes=1)
        ends.append((prolong(token=token, by=who, at=town.now) - start) // dt.timedelta(minutes=1))
    return ends


def test_a_claim_that_stands_ready_is_prolonged_to_fifteen_minutes_and_no_further():
    town = build()
    town.send()
    held = claim_next(by=town.people[0], at=town.now)
    assert kept_for(town, held.token, 14) == [*range(3, 16), 15]
    town.wait(minutes=1)
    with pytest.raises(ClaimLost):
        prolong(token=held.token, by=town.people[0], at=town.now)
    assert sweep(at=town.now) == 1
    assert ClaimEnd.objects.get().reason == "lapsed"
    other = town.take(town.people[1])
    assert other.item.external_id == "item-1"
    assert breaches() == []


def test_whoever_is_still_there_takes_a_fresh_one():
    town = build()
    town.send()
    first = claim_next(by=town.people[0], at=town.now)
    kept_for(town, first.token, 14)
    town.wait(minutes=1)
    second = claim_next(by=town.people[0], at=town.now)
    assert second.token != first.token
    assert second.until - town.now == dt.timedelta(minutes=2)
    assert breaches() == []


def test_opened_in_time_it_is_held_as_long_as_its_person_works():
    town = build()
    town.send()
    who = town.people[0]
    held = claim_next(by=who, at=town.now)
    kept_for(town, held.token, 14)
    open_claim(token=held.token, by=who, at=town.now)
    for _ in range(6):
        town.wait(minutes=10)
        assert prolong(token=held.token, by=who, at=town.now) - town.now == dt.timedelta(minutes=15)


def test_a_claim_that_was_set_aside_keeps_what_it_has_left_and_gets_no_more():
    town = build()
    for _ in range(2):
        town.send()
    who = town.people[0]
    decided = town.decide(who, town.take(who))
    aside = town.take(who)
    withdraw(decision=decided.uuid, by=who, at=town.now)
    assert set(kept_for(town, aside.token, 14)) == {15}
    town.wait(minutes=1)
    with pytest.raises(ClaimLost):
        prolong(token=aside.token, by=who, at=town.now)
    assert Seat.objects.filter(slot="prefetch").count() == 1
