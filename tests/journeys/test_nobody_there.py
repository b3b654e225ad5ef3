"""A tab that stays open though nobody is there: what stood ready goes back, and comes again with the person."""

import re
from typing import Any

from playwright.sync_api import Page, Response, Route, expect

from reviews.models import ClaimEnd, Seat
from tests.house import House
from tests.journeys.steps import sent, title, town_of
from tests.town import Town

MINUTE = 60_000
CLAIMS = re.compile(r"/queues/[a-z]+/claims/$")
CLAIM = re.compile(r"/claims/[0-9a-f-]+/$")


def bench(house: House, town: Town) -> Page:
    """Open the workbench under a clock of the test's own, with the next item ready."""
    page = house.page(town.people[0])
    page.clock.install()
    with page.expect_response(CLAIMS):
        page.goto(f"{house.address}/projects/cats/queues/general/work/")
    title(page, "item-1")
    assert ready() == 1
    return page


def given_back(answer: Response) -> bool:
    return answer.request.method == "DELETE"


def ready() -> int:
    return Seat.objects.filter(slot="prefetch", state="leased").count()


def asked(page: Page) -> list[str]:
    """Keep what is asked of claims from now on."""
    found: list[str] = []
    page.on("request", lambda one: found.append(one.method) if "/claims/" in one.url else None)
    return found


def wait_minutes(page: Page, minutes: int) -> None:
    """Let the browser's clock run, a minute at a time, with time to answer what each minute asks."""
    for _ in range(minutes):
        page.clock.run_for(MINUTE)
        page.wait_for_timeout(200)


def test_after_five_minutes_without_a_sign_of_life_what_stood_ready_goes_back(house: House) -> None:
    page = bench(house, town_of(3))
    seen = asked(page)
    wait_minutes(page, 4)
    assert (ready(), set(seen)) == (1, {"PATCH"})
    with page.expect_response(given_back):
        wait_minutes(page, 2)
    assert ready() == 0
    assert ClaimEnd.objects.get().reason == "returned"
    seen.clear()
    wait_minutes(page, 5)
    assert seen == []

    with page.expect_response(CLAIMS):
        page.mouse.move(300, 300)
    assert ready() == 1
    page.keyboard.press("a")
    title(page, "item-2")
    sent(page)
    assert house.faults == []


def test_signs_of_life_keep_what_stands_ready(house: House) -> None:
    page = bench(house, town_of(3))
    seen = asked(page)
    for step in range(8):
        page.mouse.move(200 + step, 300)
        wait_minutes(page, 1)
    assert "DELETE" not in seen
    assert ready() == 1


def test_when_the_claim_on_screen_has_lapsed_what_stood_ready_goes_back(house: House) -> None:
    page = bench(house, town_of(3))
    page.route(CLAIM, lambda route: route.fulfill(status=409) if of_screen(page, route) else route.continue_())
    with page.expect_response(given_back):
        for step in range(3):
            wait_minutes(page, 1)
            page.mouse.move(200 + step, 300)
    expect(page.locator("[data-notice]")).to_contain_text("lapsed")
    assert ready() == 0
    seen = asked(page)
    page.mouse.move(400, 300)
    wait_minutes(page, 1)
    assert seen == []


def of_screen(page: Page, route: Route) -> bool:
    """Tell whether a request prolongs the claim on screen."""
    token: Any = page.locator("#task-pane").get_attribute("data-token")
    return route.request.method == "PATCH" and token in route.request.url


def test_where_the_server_keeps_an_item_no_longer_a_fresh_one_is_taken(house: House) -> None:
    page = bench(house, town_of(3))
    first = Seat.objects.get(slot="prefetch").claim_id
    page.route(CLAIM, lambda route: route.fulfill(status=409) if route.request.method == "PATCH" else route.continue_())
    Seat.objects.filter(slot="prefetch").update(lease_until="2020-01-01T00:00:00Z")
    with page.expect_response(CLAIMS):
        page.clock.run_for(MINUTE)
    assert Seat.objects.get(slot="prefetch", state="leased").claim_id != first
    page.keyboard.press("a")
    title(page, "item-2")
    sent(page)


def test_an_item_that_is_kept_for_seconds_more_is_given_back_for_a_fresh_one(house: House) -> None:
    page = bench(house, town_of(3))
    first = Seat.objects.get(slot="prefetch").claim_id
    soon = {"json": {"until": "2020-01-01T00:00:00Z"}, "headers": {"Date": "Wed, 01 Jan 2020 00:00:00 GMT"}}
    page.route(CLAIM, lambda route: route.fulfill(**soon) if route.request.method == "PATCH" else route.continue_())
    with page.expect_response(CLAIMS):
        page.clock.run_for(MINUTE)
    assert ClaimEnd.objects.get().reason == "returned"
    assert Seat.objects.get(slot="prefetch", state="leased").claim_id != first
