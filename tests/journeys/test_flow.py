"""From item to item without waiting: what stands ready, what is on its way, and what happens when the road breaks."""

import datetime as dt
import re
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from reviews.actions import release, sweep
from reviews.models import Claim, Decision, Draft, Opening, Seat, Withdrawal
from tests.house import House, session
from tests.journeys.steps import open_bench, ready, sent, title, town_of
from tests.slow_road import slow_road
from tests.town import Town

DECISION = re.compile(r"/claims/[0-9a-f-]+/decision/$")
AHEAD = re.compile(r"/queues/[a-z]+/claims/$")


def standing_ready(page: Page) -> None:
    """Wait until the item after the one on screen has been fetched."""
    page.wait_for_load_state("networkidle")


def bench(house: House, town: Town, **options: Any) -> Page:
    page = open_bench(house, town, **options)
    title(page, "item-1")
    standing_ready(page)
    return page


def test_the_next_item_is_on_screen_while_the_decision_is_still_on_its_way(house):
    page = bench(house, town_of(4))
    held: list[Route] = []
    page.route(DECISION, lambda route: held.append(route))
    page.keyboard.press("a")
    title(page, "item-2")
    assert Decision.objects.count() == 0
    expect(page.locator("[data-part=last]")).to_contain_text("Sending")
    assert Opening.objects.count() == 1

    held.pop().continue_()
    sent(page)
    assert Decision.objects.get().task.item.external_id == "item-1"
    assert Opening.objects.count() == 2
    expect(page.locator("[data-clock]")).to_have_text(re.compile(r"1[45]:\d\d"))
    standing_ready(page)
    assert Claim.objects.count() == 3
    assert house.faults == []


def test_the_second_press_of_two_is_not_for_the_item_that_has_just_come(house):
    page = bench(house, town_of(4))
    page.evaluate("() => { for (const _ of [1, 2, 3]) document.querySelector('.verdict[value=approve]').click() }")
    title(page, "item-2")
    sent(page)
    assert Decision.objects.count() == 1


def test_a_decision_waits_for_the_one_before_it(house):
    page = bench(house, town_of(5))
    held: list[Route] = []
    page.route(DECISION, lambda route: route.continue_() if held else held.append(route))
    page.keyboard.press("a")
    title(page, "item-2")
    page.keyboard.press("e")
    expect(page.locator("#task-pane[aria-busy]")).to_be_visible()
    held[0].continue_()
    title(page, "item-3")
    sent(page)
    said = list(Decision.objects.order_by("id").values_list("task__item__external_id", "verdict"))
    assert said == [("item-1", "approve"), ("item-2", "escalate")]


def test_a_decision_waits_for_the_next_item_that_is_just_being_claimed(house):
    """Else the next claim finds that item in the other's hands, and the queue would seem to be at its end."""
    held: list[Route] = []
    page = house.page(town_of(2).people[0])
    page.route(AHEAD, lambda route: held.append(route))
    page.goto(f"{house.address}/projects/cats/queues/general/work/")
    title(page, "item-1")
    page.keyboard.press("a")
    expect(page.locator("#task-pane[aria-busy]")).to_be_visible()
    page.wait_for_timeout(500)
    assert Decision.objects.count() == 0
    held[0].continue_()
    title(page, "item-2")
    sent(page)
    assert Decision.objects.get().task.item.external_id == "item-1"


def test_a_decision_does_not_wait_for_ever_for_the_next_item(house):
    page = house.page(town_of(2).people[0])
    page.route(AHEAD, lambda route: None)
    page.goto(f"{house.address}/projects/cats/queues/general/work/")
    title(page, "item-1")
    page.keyboard.press("a")
    title(page, "item-2", patience=9_000)
    assert Decision.objects.get().task.item.external_id == "item-1"


def test_a_refused_decision_brings_its_item_back_with_what_was_typed(house):
    page = bench(house, town_of(3))
    page.keyboard.press("3")
    page.locator("#rationale").fill("Its tail")
    Seat.objects.filter(slot="open").update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    title(page, "item-1")
    expect(page.locator("[data-notice]")).to_contain_text("Your claim on this task has ended")
    expect(page.locator("[name=label]:checked")).to_have_value("fox")
    expect(page.locator("#rationale")).to_have_value("Its tail")
    assert Decision.objects.count() == 0

    page.get_by_role("button", name="Take this one again").click()
    title(page, "item-1")
    expect(page.locator("[name=label]:checked")).to_have_value("fox")
    expect(page.locator("[data-notice]")).to_be_hidden()
    page.keyboard.press("Enter")
    title(page, "item-2")
    sent(page)
    assert Decision.objects.get().verdict == "correct"


def test_a_lost_connection_loses_no_decision(house):
    page = bench(house, town_of(4))
    page.route(re.compile("/claims/"), lambda route: route.abort())
    page.keyboard.press("a")
    title(page, "item-2")
    expect(page.locator("[data-part=last]")).to_contain_text("Not sent yet")
    page.keyboard.press("2")
    expect(page.locator("[data-kept]")).to_contain_text("Not saved yet")
    page.unroute(re.compile("/claims/"))
    sent(page)
    assert Decision.objects.get().verdict == "approve"
    expect(page.locator("[name=label]:checked")).to_have_value("dog")


def test_a_reload_sends_what_was_not_answered_and_keeps_what_was_typed(house):
    page = bench(house, town_of(4))
    page.on("dialog", lambda dialog: dialog.accept())
    page.route(re.compile("/(decision|draft)/$"), lambda route: route.abort())
    page.keyboard.press("a")
    title(page, "item-2")
    page.keyboard.press("3")
    expect(page.locator("[data-kept]")).to_contain_text("Not saved yet")
    page.unroute(re.compile("/(decision|draft)/$"))
    page.reload()
    title(page, "item-2")
    ready(page, "correct")
    expect(page.locator("[name=label]:checked")).to_have_value("fox")
    assert Decision.objects.get().verdict == "approve"
    expect(page.locator("[data-kept]")).to_have_text("Saved")
    assert b"fox" in bytes(Draft.objects.get().body)


def test_what_was_not_answered_and_is_refused_later_is_said(house):
    town = town_of(4)
    page = bench(house, town)
    page.on("dialog", lambda dialog: dialog.accept())
    page.route(DECISION, lambda route: route.abort())
    page.keyboard.press("a")
    title(page, "item-2")
    Seat.objects.filter(state="leased").update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    sweep(at=timezone.now())
    page.reload()
    page.unroute(DECISION)
    expect(page.locator("[data-notice]")).to_contain_text("Your last decision was not taken: Your claim")
    assert Decision.objects.count() == 0
    page.reload()
    expect(page.locator("[data-notice]")).to_be_hidden()


def become(page: Page, house: House, who: Any) -> None:
    """Sign in as someone else in the same browser."""
    page.context.clear_cookies()
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session(who), "url": house.address}])


def test_a_decision_outlives_the_end_of_its_sign_in(house):
    town = town_of(4)
    page = bench(house, town)
    address = page.url
    page.on("dialog", lambda dialog: dialog.accept())
    page.context.clear_cookies()
    page.context.add_cookies([{"name": "csrftoken", "value": "a" * 32, "url": house.address}])
    page.evaluate(
        "() => { for (const one of document.querySelectorAll('[name=csrfmiddlewaretoken]'))"
        " one.value = 'a'.repeat(32) }"
    )
    page.keyboard.press("a")
    page.wait_for_url(re.compile("sign-in"))
    assert Decision.objects.count() == 0
    become(page, house, town.people[0])
    page.goto(address)
    title(page, "item-2")
    assert Decision.objects.get().task.item.external_id == "item-1"


def test_another_person_in_the_same_browser_neither_sends_nor_loses_a_decision(house):
    town = town_of(4)
    page = bench(house, town)
    page.on("dialog", lambda dialog: dialog.accept())
    page.route(DECISION, lambda route: route.abort())
    page.keyboard.press("a")
    title(page, "item-2")
    become(page, house, town.people[1])
    page.reload()
    title(page, "item-3")
    page.unroute(DECISION)
    standing_ready(page)
    page.keyboard.press("a")
    sent(page)
    assert Decision.objects.get().person_id == town.people[1].person_id
    become(page, house, town.people[0])
    page.reload()
    title(page, "item-2")
    made = Decision.objects.get(person_id=town.people[0].person_id)
    assert made.task.item.external_id == "item-1"


def test_a_browser_that_keeps_nothing_sends_all_the_same(house):
    page = bench(house, town_of(4))
    page.evaluate(
        "() => { Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') } }"
    )
    page.keyboard.press("a")
    title(page, "item-2")
    sent(page)
    page.keyboard.press("2")
    expect(page.locator("[data-kept]")).to_have_text("Saved")
    assert Decision.objects.count() == 1 and b"dog" in bytes(Draft.objects.get().body)


def test_no_draft_is_saved_while_its_decision_is_on_its_way(house):
    page = bench(house, town_of(1))
    drafts: list[str] = []
    held: list[Route] = []
    page.on("request", lambda request: drafts.append(request.url) if request.url.endswith("/draft/") else None)
    page.route(re.compile("/decision/$"), lambda route: held.append(route))
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    page.wait_for_timeout(1_500)
    assert drafts == [] and len(held) == 1
    held.pop().abort()
    expect(page.locator("[data-kept]")).to_have_text("Saved")
    assert len(drafts) == 1 and b"dog" in bytes(Draft.objects.get().body)


def test_what_is_changed_while_a_draft_is_on_its_way_is_kept_when_the_page_is_left(house):
    page = bench(house, town_of(1))
    held: list[Route] = []
    page.route(re.compile("/draft/$"), lambda route: held.append(route))
    page.on("dialog", lambda dialog: dialog.accept())
    page.keyboard.press("2")
    page.wait_for_timeout(1_000)
    assert len(held) == 1
    page.keyboard.press("3")
    page.wait_for_timeout(1_000)
    page.evaluate("() => dispatchEvent(new Event('pagehide'))")
    page.wait_for_timeout(300)
    assert len(held) == 2 and "fox" in (held[1].request.post_data or "")
    assert any("fox" in kept for kept in page.evaluate("() => Object.values(localStorage)"))


def test_an_item_that_went_back_meanwhile_makes_room_for_the_next_and_says_so(house):
    town = town_of(4)
    page = bench(house, town)
    Seat.objects.filter(slot="prefetch").update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    town.take(town.people[1])  # whose claim sweeps nothing, so the lapsed one is still leased
    page.keyboard.press("a")
    expect(page.locator("[data-notice]")).to_contain_text("went back while the connection was away")
    assert Decision.objects.count() == 1
    assert Seat.objects.filter(state="leased", person_id=town.people[0].person_id).exists()


def test_what_stands_ready_is_given_back_on_leaving(house):
    page = bench(house, town_of(3))
    assert Seat.objects.filter(slot="prefetch").count() == 1
    page.goto(house.address)
    expect(page).to_have_title("My queues · hitl")
    page.wait_for_load_state("networkidle")
    assert Seat.objects.filter(slot="prefetch").count() == 0
    assert Seat.objects.filter(slot="open").count() == 1


def test_a_decision_is_taken_back_while_it_is_on_its_way(house):
    page = bench(house, town_of(3))
    held: list[Route] = []
    page.route(DECISION, lambda route: held.append(route))
    page.keyboard.press("a")
    title(page, "item-2")
    page.keyboard.press("z")
    expect(page.locator("[data-part=last]")).to_contain_text("Will be withdrawn")
    held.pop().continue_()
    title(page, "item-1")
    expect(page.locator("#live")).to_contain_text("Withdrawn")
    assert Withdrawal.objects.count() == 1


def test_an_earlier_decision_is_withdrawn_from_the_list(house):
    page = bench(house, town_of(5))
    for number in (2, 3, 4):
        page.keyboard.press("a")
        title(page, f"item-{number}")
        sent(page)
    page.keyboard.press(".")
    listed = page.get_by_role("list", name="My last decisions")
    expect(listed.get_by_role("listitem")).to_have_count(3)
    house.judge(page)
    page.get_by_role("button", name="Withdraw item-1").click()
    title(page, "item-1")
    assert Withdrawal.objects.get().task.item.external_id == "item-1"
    standing_ready(page)
    page.keyboard.press("a")
    title(page, "item-4")
    sent(page)
    assert Decision.objects.count() == 4


def leaves_nothing_behind(house: House, items: int) -> None:
    """Decide items one after another: what the browser holds after the twelfth is about what it holds at the end.

    Each is released, since what may still be taken back stays listed.
    """
    page = bench(house, town_of(items + 1))
    devtools = page.context.new_cdp_session(page)

    def held() -> dict[str, int]:
        devtools.send("HeapProfiler.collectGarbage")
        counted = devtools.send("Memory.getDOMCounters")
        return {"nodes": counted["nodes"], "listeners": counted["jsEventListeners"]}

    early: dict[str, int] = {}
    for number in range(2, items + 2):
        page.keyboard.press("a")
        title(page, f"item-{number}")
        sent(page)
        release(at=timezone.now() + dt.timedelta(hours=1))
        if number == 13:
            early = held()
    late = held()
    assert late["listeners"] <= early["listeners"] * 1.2, (early, late)
    assert late["nodes"] <= early["nodes"] * 1.5, (early, late)


def test_forty_items_leave_nothing_behind_in_the_browser(house):
    leaves_nothing_behind(house, 40)


@pytest.mark.long
def test_two_hundred_items_leave_nothing_behind_in_the_browser(house):
    leaves_nothing_behind(house, 200)


@pytest.mark.parametrize("queue", ["general"])
def test_the_review_page_without_its_media_is_light(house, queue):
    town = town_of(3)
    page = house.page(town.people[0])
    bodies: list[int] = []
    page.on("requestfinished", lambda request: bodies.append(request.sizes()["responseBodySize"]))
    page.goto(f"{house.address}/projects/{town.project.slug}/queues/{queue}/work/")
    title(page, "item-1")
    standing_ready(page)
    assert 0 < sum(bodies) < 300_000, sorted(bodies)


def test_twenty_items_are_decided_on_a_slow_road_that_loses_some(house):
    town = town_of(22)
    port = int(house.address.rpartition(":")[2])
    with slow_road(port, there_and_back_s=0.3, lost=0.02) as far:
        page = house.page(town.people[0], at=f"http://127.0.0.1:{far}")
        page.goto(f"http://127.0.0.1:{far}/projects/{town.project.slug}/queues/general/work/")
        for number in range(1, 21):
            title(page, f"item-{number}")
            page.keyboard.press("a")
        title(page, "item-21")
        sent(page)
    said = list(Decision.objects.order_by("id").values_list("task__item__external_id", flat=True))
    assert said == [f"item-{number}" for number in range(1, 21)]


def test_the_counts_follow_what_comes_in(house):
    town = town_of(2)
    page = house.page(town.people[0])
    page.clock.install()
    page.goto(house.address)
    waits = page.locator("nav [data-waits='cats/general'] [data-number]")
    expect(waits).to_have_text("2")
    town.send(0.5)
    page.clock.fast_forward(40_000)
    expect(waits).to_have_text("3")
    expect(page.locator("main [data-waits='cats/general'] [data-number]")).to_have_text("3")
    assert house.faults == []


def test_enter_says_what_it_sends(house):
    page = bench(house, town_of(2))
    expect(page.locator("[data-ready-words]")).to_contain_text("sends Approve: Cat")
    page.keyboard.press("2")
    expect(page.locator("[data-ready-words]")).to_contain_text("sends Correct")
