"""Hard content in a real browser: veiled until someone looks, by pointer and by key, and the break that follows."""

import datetime as dt
import io
from dataclasses import replace

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, expect

from accounts.actions import choose_veils
from accounts.reads import console
from assets.actions import store
from reviews.models import Decision, Exposure
from tests.house import House
from tests.journeys.test_conversations import SCREENS, TALK, look
from tests.journeys.test_review_by_keyboard import fits, open_bench, title, town_of
from tests.town import Town


def hard_town(items: int, **changes) -> Town:
    return town_of(items, hard_content={"break_after_items": 2} | changes)


def with_picture(town: Town) -> None:
    file = io.BytesIO()
    Image.effect_mandelbrot((640, 420), (-2, -1.2, 1, 1.2), 90).convert("RGB").save(file, "PNG")
    asset, _ = store(project=town.project, content=file.getvalue(), by=console(), at=town.now)
    town.send(0.5, data={"image": f"sha256:{asset.sha256}", "text": "Reported by three people"})


def filter_of(page: Page, selector: str) -> str:
    return page.locator(selector).first.evaluate("part => getComputedStyle(part).filter")


def test_a_picture_is_seen_only_while_the_key_is_down(house: House):
    town = hard_town(0)
    with_picture(town)
    page = open_bench(house, town)
    assert filter_of(page, ".frame") == "blur(20px)"
    assert filter_of(page, ".picture") == "grayscale(1)"
    page.keyboard.down("v")
    assert filter_of(page, ".frame") == "none"
    expect(page.locator("[data-look]")).to_have_attribute("aria-pressed", "true")
    page.keyboard.up("v")
    assert filter_of(page, ".frame") == "blur(20px)"
    page.locator("[data-colour]").click()
    assert filter_of(page, ".picture") == "none"
    assert house.faults == []


def test_a_picture_is_seen_only_while_the_pointer_or_space_holds_the_button(house: House):
    town = hard_town(0)
    with_picture(town)
    page = open_bench(house, town)
    page.locator("[data-look]").hover()
    page.mouse.down()
    assert filter_of(page, ".frame") == "none"
    page.mouse.move(20, 20)
    page.mouse.up()
    assert filter_of(page, ".frame") == "blur(20px)"
    page.locator("[data-look]").focus()
    page.keyboard.down("Space")
    assert filter_of(page, ".frame") == "none"
    page.keyboard.up("Space")
    assert filter_of(page, ".frame") == "blur(20px)"


def test_a_hold_ends_when_the_page_is_left_and_the_next_item_is_veiled_again(house: House):
    town = hard_town(2)
    page = open_bench(house, town)
    page.keyboard.down("v")
    assert filter_of(page, ".case") == "none"
    page.evaluate("() => window.dispatchEvent(new Event('blur'))")
    assert filter_of(page, ".case") == "blur(20px)"
    page.keyboard.up("v")
    page.keyboard.down("v")
    page.keyboard.press("a")
    title(page, "item-2")
    assert filter_of(page, ".case") == "blur(20px)"
    assert house.faults == []


def test_who_cannot_hold_looks_from_one_press_to_the_next_or_until_they_leave(house: House):
    town = hard_town(1)
    choose_veils(blur=None, grey=None, mute=None, holds=False, by=replace(town.people[0], via="browser"))
    page = open_bench(house, town)
    for goes in (
        "() => window.dispatchEvent(new Event('blur'))",
        "() => document.querySelector('[data-look]').click()",
    ):
        page.keyboard.press("v")
        assert filter_of(page, ".case") == "none"
        page.evaluate(goes)
        assert filter_of(page, ".case") == "blur(20px)"


def test_assistive_technology_which_cannot_hold_looks_by_its_click(house: House):
    page = open_bench(house, hard_town(1))
    page.locator("[data-look]").evaluate("button => button.click()")
    assert filter_of(page, ".case") == "none"


def test_after_the_last_item_of_a_run_a_break_is_shown_and_the_server_says_when_it_is_over(house: House):
    town = hard_town(4)
    page = open_bench(house, town)
    page.keyboard.press("a")
    title(page, "item-2")
    page.keyboard.press("a")
    expect(page.get_by_role("heading", name="Time for a break.")).to_be_visible()
    expect(page.locator("#live")).to_contain_text("Time for a break.")
    expect(page.locator("[data-left]")).to_contain_text(":")
    expect(page.locator("[data-on]")).to_be_hidden()
    assert Decision.objects.count() == 2
    page.reload()
    expect(page.get_by_role("heading", name="Time for a break.")).to_be_visible()
    Exposure.objects.update(
        since_at=timezone.now() - dt.timedelta(minutes=20),
        last_at=timezone.now() - dt.timedelta(minutes=9, seconds=58),
    )
    page.reload()
    expect(page.locator("[data-on]")).to_be_visible()
    page.keyboard.press("Enter")
    title(page, "item-3")
    assert house.faults == []


@pytest.mark.parametrize(("width", "height", "scheme"), SCREENS)
def test_hard_content_passes_axe_wherever_it_is_shown(house: House, width, height, scheme):
    town = hard_town(0)
    with_picture(town)
    town.send(0.5, data={"turns": TALK})
    screen = {"viewport": {"width": width, "height": height}, "color_scheme": scheme}
    page = open_bench(house, town, **screen)
    page.locator(".picture").evaluate("picture => picture.decode()")
    fits(house, page)
    look(page, f"veiled-{width}-{scheme}")
    page.keyboard.down("v")
    look(page, f"lifted-{width}-{scheme}")
    page.keyboard.up("v")
    page.keyboard.press("a")
    expect(page.locator(".turn")).to_have_count(32)
    fits(house, page)
    look(page, f"veiled-talk-{width}-{scheme}")
    page.keyboard.press("a")
    expect(page.get_by_role("heading", name="Time for a break.")).to_be_visible()
    fits(house, page)
    look(page, f"break-{width}-{scheme}")
    decision = Decision.objects.first()
    page.goto(f"{house.address}/projects/cats/items/{decision.task.item.uuid}/")
    assert filter_of(page, ".frame") == "blur(20px)"
    fits(house, page)
    look(page, f"veiled-item-{width}-{scheme}")
    page.goto(f"{house.address}/projects/cats/presentations/{decision.claim.token}/")
    expect(page.get_by_text("blurred, in grey")).to_be_visible()
    fits(house, page)
