"""What I can still take back: shown where I work, on my home page and on the item's page, as long as it is so."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reviews.actions import open_claim, release, withdraw
from reviews.models import Decision, Item
from reviews.reads.stream import decisions, withdrawable_on
from tests.reviews.test_batches import TOGETHER, confirm, taken
from tests.reviews.test_pages import signed_in
from tests.town import RIGHTS, Town, build

pytestmark = pytest.mark.django_db
LATE = RIGHTS | {"release_after": "PT1H"}


@pytest.fixture
def town() -> Town:
    return build(rights=LATE)


def decided(town: Town, count: int) -> list[Decision]:
    for _ in range(count):
        town.send()
    made = [town.decide(town.people[0], town.take(town.people[0])).uuid for _ in range(count)]
    return [Decision.objects.select_related("task").get(uuid=one) for one in made]


def test_every_decision_that_is_not_released_can_be_taken_back_from_the_pages(town: Town) -> None:
    made = decided(town, 11)
    client = signed_in(town.people[0])
    home = client.get("/").content.decode()
    bench = client.get(reverse("work", args=["cats", "general"])).content.decode()
    for one in made:
        assert reverse("withdrawal", args=[one.uuid]) in home
        assert reverse("withdrawal", args=[one.uuid]) in bench


def test_only_the_last_eight_stay_once_they_are_released(town: Town) -> None:
    made = decided(town, 11)
    mine = made[0].person_id
    town.wait(minutes=61)
    assert release(at=town.now) == 11
    found = decisions(mine, town.now)
    assert [one.uuid for one in found] == [one.uuid for one in reversed(made[3:])]
    assert not any(one.withdrawable for one in found)


def test_an_early_decision_that_waits_is_listed_behind_eight_that_do_not(town: Town) -> None:
    who, first = town.people[0], decided(town, 1)[0]
    town.send()
    held = town.take(who)
    for _ in range(9):
        again = withdraw(decision=town.decide(who, held).uuid, by=who, at=town.now)
        held = open_claim(token=again.token, by=who, at=town.now)
    found = decisions(first.person_id, town.now)
    assert len(found) == 9 and (found[-1].uuid, found[-1].withdrawable) == (first.uuid, True)
    assert not any(one.withdrawable for one in found[:-1])


def test_a_whole_batch_of_fifty_can_be_taken_back_one_by_one_in_one_statement() -> None:
    town = build(rights=TOGETHER | {"release_after": "PT1H"})
    for _ in range(50):
        town.send()
    who = town.people[0]
    confirm(town, *taken(town))
    with CaptureQueriesContext(connection) as told:
        found = decisions(who.person_id, town.now)
    assert len(told) == 1
    assert len(found) == 50 and all(one.withdrawable for one in found)


def test_the_page_of_an_item_takes_my_own_decision_back(town: Town) -> None:
    made = decided(town, 10)
    item = Item.objects.get(pk=made[0].task.item_id)
    address = reverse("item", args=["cats", item.uuid])
    form = reverse("withdrawal", args=[made[0].uuid])
    assert form in signed_in(town.people[0]).get(address).content.decode()
    assert "/withdrawal/" not in signed_in(town.people[1]).get(address).content.decode()
    assert signed_in(town.people[0]).post(form).status_code == 302
    assert withdrawable_on(item.pk, made[0].person_id, town.now) is None
    assert "/withdrawal/" not in signed_in(town.people[0]).get(address).content.decode()


def test_the_page_of_a_released_item_takes_nothing_back(town: Town) -> None:
    (made,) = decided(town, 1)
    town.wait(minutes=61)
    release(at=town.now)
    address = reverse("item", args=["cats", Item.objects.get().uuid])
    assert "/withdrawal/" not in signed_in(town.people[0]).get(address).content.decode()
    assert withdrawable_on(made.task.item_id, made.person_id, town.now) is None
