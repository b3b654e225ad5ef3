"""A batch confirmed without a mouse, in a real browser, on a real server."""

import io
import random
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from accounts.reads import console
from assets.actions import render_asset, store
from reviews.actions import give_back_batch, sweep
from reviews.models import Batch, Claim, Decision, Opening, Outcome, Seat
from tests.house import House, session
from tests.town import RIGHTS, Town, build

TOGETHER = RIGHTS | {"batch": {"queues": ["general"], "most": 50}, "release_after": "PT10M"}


def town_of(items: int, **changes: Any) -> Town:
    town = build(rights=TOGETHER, **changes)
    for number in range(items):
        text = f"Note {number}: a cat sat by the door. " + "It would not move for anyone at all. " * (number % 12)
        town.send(round(0.2 + 0.01 * (number % 39), 2), ["cat", "dog"][number % 2], data={"text": text})
    return town


def picture_town(items: int) -> Town:
    town = build(rights=TOGETHER)
    for number in range(items):
        draw = random.Random(number)
        picture = Image.new("RGB", (400 + 40 * (number % 5), 320), tuple(draw.randrange(40, 220) for _ in range(3)))
        ImageDraw.Draw(picture).ellipse((80, 60, 280, 260), fill=tuple(draw.randrange(256) for _ in range(3)))
        kept = io.BytesIO()
        picture.save(kept, "PNG")
        asset, _ = store(project=town.project, content=kept.getvalue(), by=console(), at=town.now)
        render_asset(asset_id=asset.pk, at=town.now)
        town.send(0.3 + number % 7 / 30, ["cat", "dog", "fox"][number % 3], data={"image": f"sha256:{asset.sha256}"})
    return town


def open_grid(house: House, town: Town, who: Any = None, **options: Any) -> Page:
    page = house.page(who or town.people[0], **options)
    page.goto(f"{house.address}/projects/{town.project.slug}/queues/general/batch/")
    expect(page.locator(".tile").first).to_be_focused()
    return page


def through(page: Page, words: str) -> None:
    """Press Enter until everything has been on screen and the button says what will be sent."""
    for _ in range(30):
        page.wait_for_timeout(400)
        if page.locator("[data-confirm-words]").inner_text().startswith(words):
            return
        page.keyboard.press("Enter")
    raise AssertionError(page.locator("[data-confirm-words]").inner_text())


def test_a_batch_is_looked_through_marked_confirmed_and_taken_back(house: House) -> None:
    town = town_of(30)
    page = open_grid(house, town)
    expect(page.locator("[data-confirm-words]")).to_contain_text("not seen yet")
    house.judge(page)
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("2")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("3")
    page.keyboard.press("1")
    through(page, "Confirm 28, correct 1, leave 1 for single review")
    house.judge(page)
    assert Decision.objects.count() == 0
    page.keyboard.press("Enter")
    expect(page.locator("[data-notice]")).to_contain_text("Sent: 29.")
    assert sorted(Decision.objects.values_list("verdict", flat=True)) == ["approve"] * 28 + ["correct"]
    assert set(Decision.objects.values_list("mode", "via")) == {("batch", "browser")}
    assert Opening.objects.count() == 30
    spent = set(Decision.objects.values_list("active_ms", flat=True))
    assert len(spent) == 1
    assert 0 < spent.pop() < 10_000
    assert Seat.objects.get(single=True).state == "open"
    expect(page.locator("[data-confirm-words]")).to_have_text("Next batch")
    house.judge(page)
    page.keyboard.press("z")
    expect(page.locator(".tile")).to_have_count(29)
    assert not Outcome.objects.filter(annulled_at__isnull=True).exists()
    through(page, "Confirm 29")
    page.keyboard.press("Enter")
    expect(page.locator("[data-confirm-words]")).to_have_text("Next batch")
    page.keyboard.press("Enter")
    expect(page.locator(".nothing h2")).to_contain_text("Nothing waits here")
    house.judge(page)
    page.keyboard.press("Enter")
    expect(page.locator("#task-pane h1")).to_be_visible()
    assert house.faults == []


def test_the_first_page_leads_to_the_batch(house: House) -> None:
    town = town_of(3)
    page = house.page(town.people[0])
    page.goto(house.address)
    house.judge(page)
    page.get_by_role("link", name="In a batch").click()
    expect(page.locator(".tile")).to_have_count(3)


def test_what_scrolls_by_is_on_record_and_what_does_not_is_not(house: House) -> None:
    town = town_of(50)
    page = open_grid(house, town)
    page.wait_for_timeout(900)
    assert 0 < Opening.objects.count() < 30
    page.locator(".tile").last.scroll_into_view_if_needed()
    page.wait_for_timeout(900)
    assert Opening.objects.count() < 50
    through(page, "Confirm 50")
    assert Opening.objects.count() == 50


def test_a_batch_that_lapsed_is_said_and_its_marks_are_there_again(house: House) -> None:
    town = town_of(4)
    page = open_grid(house, town)
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("3")
    through(page, "Confirm 2, correct 1, leave 1")
    Seat.objects.update(lease_until=timezone.now())
    sweep(at=timezone.now())
    page.keyboard.press("Enter")
    expect(page.locator(".tile[data-done=refused]")).to_have_count(4)
    expect(page.locator("[data-why]").first).to_contain_text("lapsed")
    assert Decision.objects.count() == 0
    page.keyboard.press("Enter")
    expect(page.locator(".tile:not([data-done])")).to_have_count(4)
    through(page, "Confirm 2, correct 1, leave 1")
    page.keyboard.press("Enter")
    expect(page.locator("[data-notice]")).to_contain_text("Sent: 3.")
    assert house.faults == []


def test_a_batch_is_sent_again_after_a_failure_and_counts_once(house: House) -> None:
    town = town_of(3)
    page = open_grid(house, town)
    through(page, "Confirm 3")
    page.route("**/decisions/", lambda route: (route.fetch(), route.abort()))
    page.keyboard.press("Enter")
    expect(page.locator("[data-notice]")).to_contain_text("did not answer")
    page.unroute("**/decisions/")
    page.keyboard.press("Enter")
    expect(page.locator("[data-notice]")).to_contain_text("Sent: 3.")
    assert Decision.objects.count() == 3


def test_a_batch_works_by_touch(house: House) -> None:
    town = picture_town(12)
    page = open_grid(house, town, viewport={"width": 834, "height": 1112}, has_touch=True)
    page.locator(".tile").nth(1).tap()
    expect(page.locator(".tile").nth(1)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Fox", exact=True).tap()
    expect(page.locator(".tile").nth(1)).to_have_attribute("aria-pressed", "false")
    through(page, "Confirm 11, correct 1")
    page.locator("button[data-confirm]").tap()
    expect(page.locator("[data-notice]")).to_contain_text("Sent: 12.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1280, 720), (834, 1112)])
def test_the_grid_passes_axe_in_light_and_dark(house: House, scheme: Any, width: int, height: int) -> None:
    page = open_grid(house, picture_town(24), viewport={"width": width, "height": height}, color_scheme=scheme)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("3")
    page.wait_for_timeout(600)
    house.judge(page)
    through(page, "Confirm")
    page.keyboard.press("Enter")
    expect(page.locator("[data-confirm-words]")).to_have_text("Next batch")
    house.judge(page)
    assert Claim.objects.count() == 24


def test_marks_are_not_there_for_the_next_person_in_the_same_tab(house: House) -> None:
    town = town_of(3)
    page = open_grid(house, town)
    page.keyboard.press("3")
    expect(page.locator(".tile [data-state]:visible")).to_have_count(1)
    give_back_batch(batch=Batch.objects.get().uuid, by=town.people[0], at=timezone.now())
    page.context.clear_cookies()
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session(town.people[1]), "url": house.address}]
    )
    page.reload()
    expect(page.locator(".tile").first).to_be_focused()
    assert Batch.objects.last().person_id == town.people[1].person_id
    expect(page.locator(".tile [data-state]:visible")).to_have_count(0)
