"""Time at work: measured in the browser, bounded by the server, and shown apart from the wait in the queue."""

import json

import pytest
from django.urls import reverse

from audit.models import Payload
from reviews.actions import release
from reviews.models import Decision, Item
from reviews.reads.times import times
from tests.reviews.test_pages import signed_in, with_role
from tests.town import Town, build

pytestmark = pytest.mark.django_db


def decided(town: Town, *, waits: int, looks: int, active_ms: int | None) -> Decision:
    town.send(0.5)
    town.wait(seconds=waits)
    held = town.take(town.people[0])
    town.wait(seconds=looks)
    made = town.decide(town.people[0], held, active_ms=active_ms)
    return Decision.objects.get(uuid=made.uuid)


@pytest.mark.parametrize(("told", "kept"), [(4_000, 4_000), (10_000, 10_000), (10_001, 10_000), (86_400_000, 10_000)])
def test_time_at_work_is_bounded_by_the_time_on_screen_and_what_was_sent_is_kept(told, kept):
    made = decided(build(), waits=60, looks=10, active_ms=told)
    assert made.active_ms == kept
    assert json.loads(bytes(made.body))["sent"]["active_ms"] == told
    (told_by_ledger,) = Payload.objects.filter(event_id=made.event_id, section="decision")
    assert json.loads(bytes(told_by_ledger.body))["active_ms"] == kept


def test_time_that_nobody_told_stays_untold():
    town = build()
    assert decided(town, waits=1, looks=10, active_ms=None).active_ms is None
    (spent,) = times(Item.objects.get().pk, quality=False)
    assert spent.active is None


def test_the_items_page_tells_wait_screen_and_work_apart():
    town = build()
    compliance = with_role(town, "compliance")
    decided(town, waits=180, looks=42, active_ms=19_000)
    town.wait(seconds=60)
    release(at=town.now)
    page = signed_in(compliance).get(reverse("item", args=["cats", Item.objects.get().uuid]))
    words = page.content.decode()
    for term, value in (("In the queue", "3 min"), ("On screen", "42 s"), ("At work", "19 s")):
        assert f'<dt>{term}</dt><dd class="num">{value}</dd>' in words


def test_the_times_of_tasks_that_measure_people_are_for_compliance_alone():
    town = build()
    town.send(0.8)
    town.decide(town.people[0], town.take(town.people[0]), None, "cat", active_ms=1)
    assert times(Item.objects.get().pk, quality=False) == []
    assert len(times(Item.objects.get().pk, quality=True)) == 1


def test_who_can_still_withdraw_their_decision_is_told_no_times():
    town = build(rights=None)
    decided(town, waits=1, looks=1, active_ms=1)
    page = signed_in(town.people[0]).get(reverse("item", args=["cats", Item.objects.get().uuid]))
    assert page.status_code == 200
    assert "At work" not in page.content.decode()
