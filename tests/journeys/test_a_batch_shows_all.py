"""A batch in a browser: nothing is confirmed that was not whole on screen."""

import os
import re
from typing import Any

from playwright.sync_api import Page, Route, expect

from reviews.models import Decision, Opening, Seat
from tests.house import House
from tests.journeys.steps import open_bench, title
from tests.journeys.test_a_batch_by_keyboard import open_grid, picture_town, through, town_of
from tests.reviews.test_files_in_lists import picture
from tests.town import Town, build

PICTURES = re.compile(r"/media/[0-9a-f]{64}/thumbnail-1/$")
TOLD = "[data-told]:not([hidden])"


def keep(page: Page, name: str) -> None:
    """Keep a picture where TEST_SCREENS names a folder."""
    if folder := os.environ.get("TEST_SCREENS"):
        page.screenshot(path=f"{folder}/{name}.png")


def breaking(house: House, town: Town, times: int) -> Page:
    """Open a grid whose first picture fails so many times; others come."""
    broken: dict[str, int] = {}

    def road(route: Route) -> None:
        address = route.request.url
        broken.setdefault(address, 0) if not broken else None
        if address not in broken or broken[address] >= times:
            return route.continue_()
        broken[address] += 1
        return route.fulfill(status=503)

    page = house.page(town.people[0])
    page.route(PICTURES, road)
    page.goto(f"{house.address}/projects/{town.project.slug}/queues/general/batch/")
    expect(page.locator(".tile").first).to_be_focused()
    return page


def cut(page: Page, what: str) -> list[Any]:
    """Give those of these elements that hold more than they show."""
    over = "all => all.filter(one => one.scrollHeight > one.clientHeight + 1).map(one => one.textContent)"
    found: list[Any] = page.locator(what).evaluate_all(over)
    return found


def test_a_picture_that_failed_is_not_seen_and_its_item_not_confirmed(house: House) -> None:
    page = breaking(house, picture_town(3), times=99)
    expect(page.locator(f".tile {TOLD}")).to_have_text("The picture is being prepared.")
    expect(page.locator(".bar [data-progress]")).to_have_text("2 of 3 seen")
    page.keyboard.press("Enter")
    expect(page.locator(f".tile[data-now] {TOLD}")).to_be_visible()
    expect(page.locator("[data-confirm-words]")).to_have_text("Go on: 1 not seen yet")
    expect(page.locator(f".loupe {TOLD}")).to_be_visible()
    house.judge(page)
    keep(page, "broken")
    assert (Opening.objects.count(), Decision.objects.count()) == (2, 0)
    page.keyboard.press("Space")
    through(page, "Confirm 2, leave 1 for single review")
    page.keyboard.press("Enter")
    expect(page.locator("[data-notice]")).to_contain_text("Sent: 2.")
    assert Seat.objects.get(single=True).state == "open"


def test_a_picture_that_comes_late_is_asked_for_again_and_seen_then(house: House) -> None:
    page = breaking(house, picture_town(3), times=1)
    expect(page.locator(".tile img:visible")).to_have_count(3)
    through(page, "Confirm 3")
    expect(page.locator(f".together {TOLD}")).to_have_count(0)
    expect(page.locator(".loupe img")).to_be_visible()
    assert Opening.objects.count() == 3


def test_no_text_is_cut_off_on_a_tile(house: House) -> None:
    town = town_of(12)
    page = open_grid(house, town)
    assert cut(page, ".tile .saying") == []
    keep(page, "texts")
    through(page, "Confirm 12")


def test_every_picture_of_a_list_stands_on_the_workbench_under_its_name(house: House) -> None:
    town = build()
    item = town.send(data={"images": [picture(town, shade) for shade in (90, 180)], "text": "Two sides"})
    page = open_bench(house, town)
    title(page, "item-1")
    expect(page.locator(".frame img:visible")).to_have_count(2)
    expect(page.locator(".frame figcaption")).to_have_text(["Images 1", "Images 2"])
    house.judge(page)
    keep(page, "list-bench")
    page.goto(f"{house.address}/projects/{town.project.slug}/items/{item['id']}/")
    expect(page.locator(".frame figcaption")).to_have_text(["Images 1", "Images 2"])
    house.judge(page)
    keep(page, "list-item")
    assert house.faults == []
