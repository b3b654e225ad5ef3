"""The item of a lapsed claim, claimed again."""

import pytest

from accounts.errors import NotFound
from reviews.actions import claim_again, claim_batch, claim_next, give_back, open_claim, save_draft, sweep
from reviews.errors import AnotherOpen, ClaimLost
from reviews.models import Claim, ClaimEnd, Seat
from tests.arena import Worker
from tests.invariants import breaches
from tests.town import RIGHTS, Town, build


@pytest.fixture
def town(db) -> Town:
    found = build()
    found.send(0.5)
    return found


def lapsed(town: Town, *, swept: bool = True):
    """Give a claim of the first person on item-1 that has lapsed."""
    held = town.take(town.people[0])
    save_draft(token=held.token, body=b'{"rationale":"Its tail"}', by=town.people[0], at=town.now)
    town.wait(minutes=16)
    if swept:
        sweep(at=town.now)
    return held


@pytest.mark.parametrize("swept", [True, False])
def test_a_lapsed_item_that_is_free_is_claimed_again_with_its_draft(town, swept):
    held = lapsed(town, swept=swept)
    again = claim_again(token=held.token, by=town.people[0], at=town.now)
    assert again.item.external_id == "item-1" and again.token != held.token
    assert again.draft == {"rationale": "Its tail"}
    open_claim(token=again.token, by=town.people[0], at=town.now)
    town.decide(town.people[0], again)
    assert list(ClaimEnd.objects.values_list("reason", flat=True)) == ["lapsed"]
    assert breaches() == []


def test_a_claim_that_lives_is_answered_as_it_is(town):
    held = town.take(town.people[0])
    assert claim_again(token=held.token, by=town.people[0], at=town.now).token == held.token
    assert Claim.objects.count() == 1


def test_what_someone_else_has_taken_is_refused_and_nothing_happens(town):
    held = lapsed(town)
    town.take(town.people[1])
    with pytest.raises(ClaimLost, match="Someone else has taken this item"):
        claim_again(token=held.token, by=town.people[0], at=town.now)
    assert Claim.objects.count() == 2
    assert breaches() == []


def test_what_is_decided_is_refused(town):
    held = town.take(town.people[0])
    town.decide(town.people[0], held)
    with pytest.raises(ClaimLost):
        claim_again(token=held.token, by=town.people[0], at=town.now)


def test_beside_an_open_item_it_is_refused_and_a_prefetched_one_gives_way(town):
    held = lapsed(town)
    town.send(0.5)
    other = claim_next(by=town.people[0], at=town.now)
    assert other.item.external_id == "item-1"
    give_back(token=other.token, by=town.people[0], at=town.now)
    first = town.take(town.people[1])
    second = town.take(town.people[0])
    town.decide(town.people[1], first, "skip")
    with pytest.raises(AnotherOpen):
        claim_again(token=held.token, by=town.people[0], at=town.now)
    assert Seat.objects.get(claim__token=second.token).state == "leased"


@pytest.mark.django_db
def test_beside_an_open_batch_it_is_claimed_again_and_the_batch_stays():
    town = build(rights=RIGHTS | {"batch": {"queues": ["general"], "most": 50}})
    town.send(0.5)
    held = lapsed(town)
    Seat.objects.update(single=True)  # for no batch
    town.send(0.5)
    batch = claim_batch(queue=town.queue(), by=town.people[0], at=town.now)
    assert claim_again(token=held.token, by=town.people[0], at=town.now).item.external_id == "item-1"
    assert claim_batch(queue=town.queue(), by=town.people[0], at=town.now) == batch
    assert breaches() == []


def test_another_persons_claim_does_not_exist(town):
    held = lapsed(town)
    with pytest.raises(NotFound):
        claim_again(token=held.token, by=town.people[1], at=town.now)


def test_two_who_claim_again_at_once_never_sit_on_one_seat(arena):
    town = build()
    town.send(0.5)
    tokens = []
    for who in town.people[:2]:
        held = town.take(who)
        tokens.append(held.token)
        town.wait(minutes=16)
        sweep(at=town.now)
    workers = [Worker(), Worker()]

    def again(place: int):
        try:
            return claim_again(token=tokens[place], by=town.people[place], at=town.now)
        except ClaimLost:
            return None

    found = [worker.begin(lambda place=place: again(place)) for place, worker in enumerate(workers)]
    got = [one.result(60) for one in found]
    for worker in workers:
        worker.end()
    assert [one is not None for one in got].count(True) == 1
    assert breaches() == []
