"""A guideline read without a mouse, in a real browser: found, filtered, enlarged, heard; and beside the item."""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.guidelines.illustrated import ILLUSTRATED, illustrated, two_versions
from tests.guidelines.writing import editor, published
from tests.house import House
from tests.journeys.steps import sent, title
from tests.journeys.test_looking_after import focus
from tests.journeys.test_writing_rights import focus_back
from tests.town import Town, build

SCHEMES: list[Any] = ["light", "dark"]


def kept(page: Page, name: str) -> None:
    """Keep a picture where TEST_SCREENS names a folder."""
    if folder := os.environ.get("TEST_SCREENS"):
        page.screenshot(path=f"{folder}/{name}.png")


def until(page: Page, told: str) -> None:
    """Wait until an expression holds; the page's own policy forbids playwright to wait for it inside."""
    for _ in range(100):
        if page.evaluate(told):
            return
        page.wait_for_timeout(100)
    raise AssertionError(told)


def town_of() -> Town:
    town = build()
    published(town, editor(town), illustrated(town), ILLUSTRATED, summary="With pictures.")
    return town


def opened(house: House, town: Town, where: str = "", **options: Any) -> Page:
    page = house.page(town.people[0], **options)
    page.goto(f"{house.address}/projects/cats/guideline/{where}")
    expect(page.locator("#find")).to_be_visible()
    return page


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_reader_finds_a_section_and_enlarges_its_pictures_by_keyboard(house: House, scheme: Any) -> None:
    page = opened(house, town_of(), color_scheme=scheme)
    house.judge(page)
    kept(page, f"guideline-{scheme}")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("#title-of-errors")).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator("#title-of-labels")).to_be_focused()
    page.keyboard.press("/")
    page.keyboard.type("PLUSH")
    expect(page.locator("[data-told][role=status]")).to_have_text("Sections: 1. Examples: 1.")
    expect(page.locator("#section-toys")).to_be_visible()
    expect(page.locator("#section-cats")).to_be_hidden()
    assert page.evaluate("CSS.highlights.get('found').size") == 2
    kept(page, f"guideline-{scheme}-found")
    page.keyboard.press("Enter")
    expect(page.locator("#title-toys")).to_be_focused()
    assert page.url.endswith("#section-toys")
    page.keyboard.press("/")
    page.keyboard.press("Escape")
    expect(page.locator("#section-cats")).to_be_visible()
    enlarge(house, page, scheme)
    page.locator("[name=verdict][value=borderline]").focus()
    page.keyboard.press("Space")
    expect(page.locator("#example-shot-3")).to_be_visible()
    expect(page.locator("figure:visible")).to_have_count(1)
    house.judge(page)
    kept(page, f"guideline-{scheme}-borderline")
    assert not house.faults


def enlarge(house: House, page: Page, scheme: Any) -> None:
    """Look at a picture large, then at the next one, and come back to that."""
    page.locator("#example-shot-1 [data-zoom]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#zoom-title")).to_have_text("Example 1 of 4")
    expect(page.locator("#zoom figcaption")).to_contain_text("Picture 1 is correct.")
    assert page.locator("#zoom .regions rect").count() == 1
    until(page, "document.querySelector('#zoom img').naturalWidth > 320")
    house.judge(page)
    kept(page, f"guideline-{scheme}-zoom")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#zoom figcaption")).to_contain_text("Picture 2 is incorrect.")
    page.keyboard.press("Escape")
    expect(page.locator("#example-shot-2 [data-zoom]")).to_be_focused()


def behind(house: House, page: Page) -> None:
    """Enlarge an example; no key of the workbench acts behind it."""
    page.locator("[data-guide-part] [data-zoom]").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#zoom-title")).to_have_text("Example 1 of 2")
    page.keyboard.press("a")
    house.judge(page)
    page.keyboard.press("Escape")
    title(page, "item-1")


def find(house: House, page: Page, scheme: Any) -> None:
    """Find a section, read it, and go back to the label."""
    part = page.locator("[data-guide-part]")
    page.keyboard.press("/")
    page.keyboard.type("eyes")
    expect(part.get_by_role("status")).to_have_text("Sections: 1. Examples: 0.")
    page.keyboard.press("Tab")
    focus(page, "5 Pictures at night")
    page.keyboard.press("Enter")
    expect(part).to_contain_text("Look for the eyes.")
    kept(page, f"panel-{scheme}-found")
    house.judge(page)
    focus_back(page, "Back to the label")
    page.keyboard.press("Enter")
    expect(part).to_contain_text("Picture 3 is borderline.")


def mistake(page: Page) -> None:
    """Look at the beginning, then at an error that is chosen."""
    part = page.locator("[data-guide-part]")
    page.keyboard.press("g")
    expect(part).to_contain_text("Say which animal is seen.")
    page.keyboard.press("g")
    page.keyboard.press("r")
    page.keyboard.press("Tab")
    page.locator("[name=category][value=wrong]").focus()
    page.keyboard.press("Space")
    expect(part).to_contain_text("Say what is wrong.")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_guideline_beside_the_item_follows_the_label_and_is_read_once(house: House, scheme: Any) -> None:
    town = town_of()
    for _ in range(3):
        town.send(0.5)
    page = house.page(town.people[0], color_scheme=scheme)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/guideline/" in request.url else None)
    page.goto(f"{house.address}/projects/cats/queues/general/work/")
    title(page, "item-1")
    part = page.locator("[data-guide-part]")
    expect(part).to_contain_text("Four legs, and pride.")  # the model's label is cat
    expect(part.locator("[data-zoom]")).to_have_count(2)
    until(page, "[...document.querySelectorAll('[data-guide-part] img')].every(one => one.naturalWidth)")
    house.judge(page)
    kept(page, f"panel-{scheme}")
    behind(house, page)
    page.keyboard.press("2")
    expect(part).to_contain_text("Picture 3 is borderline.")
    find(house, page, scheme)
    mistake(page)
    page.keyboard.press("Space")
    page.keyboard.press("1")
    expect(part).to_contain_text("Four legs, and pride.")
    page.keyboard.press("Enter")
    title(page, "item-2")
    sent(page)
    expect(part).to_contain_text("Four legs, and pride.")
    panels = [one for one in asked if "/panel/" in one]
    assert len(panels) == len(set(panels)), panels
    assert not house.faults


def read_alone(house: House, page: Page, file: Path, scheme: Any) -> None:
    """Save the version on the page, and open what was saved: it asks nobody for anything."""
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save as a file").press("Enter")
    assert saved.value.suggested_filename == "cats-guideline-1.html"
    saved.value.save_as(file)
    alone = house.page(color_scheme=scheme)
    asked: list[str] = []
    alone.on("request", lambda request: asked.append(request.url))
    alone.goto(file.as_uri())
    until(alone, "[...document.images].length === 4 && [...document.images].every(one => one.naturalWidth)")
    assert not [one for one in asked if not one.startswith(("file:", "data:"))]
    house.judge(alone)
    kept(alone, f"saved-{scheme}")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_changed_is_reached_from_the_page_and_a_version_is_saved_to_be_read_alone(
    house: House, scheme: Any, tmp_path: Path
) -> None:
    town = build()
    two_versions(town, editor(town))
    page = opened(house, town, color_scheme=scheme)
    focus(page, "What changed since version 1")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("What changed")
    expect(page.locator("#moves + ul")).to_contain_text("was split into")
    expect(page.locator("ins", has_text="heard")).to_be_visible()
    until(page, "[...document.querySelectorAll('.pair img')].some(one => one.naturalWidth)")
    house.judge(page)
    kept(page, f"changes-{scheme}")
    page.locator(".pair [data-zoom]").last.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#zoom figcaption")).to_be_visible()
    page.keyboard.press("Escape")
    focus_back(page, "The guideline in force")
    page.keyboard.press("Enter")
    expect(page.locator("#find")).to_be_visible()
    focus(page, "Version 1")
    page.keyboard.press("Enter")
    expect(page.get_by_text("This is an earlier version")).to_be_visible()
    house.judge(page)
    kept(page, f"guideline-{scheme}-earlier")
    page.emulate_media(media="print", color_scheme=scheme)
    kept(page, f"guideline-{scheme}-print")
    expect(page.locator("#find")).to_be_hidden()
    page.emulate_media(media="screen", color_scheme=scheme)
    read_alone(house, page, tmp_path / "saved.html", scheme)
    assert not house.faults


def test_an_examples_sound_plays_on_its_page(house: House) -> None:
    page = opened(house, town_of())
    page.locator("#example-hiss [data-play]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#example-hiss .player[data-playing]")).to_be_visible()
    until(page, "document.querySelector('#example-hiss audio').currentTime > 0.1")
    page.keyboard.press("Enter")
    expect(page.locator("#example-hiss .player:not([data-playing])")).to_be_visible()
    assert not house.faults


def test_a_blind_item_shows_the_guidelines_beginning_and_not_what_is_hidden(house: House) -> None:
    town = build(show_prediction=False)
    published(town, editor(town), illustrated(town), ILLUSTRATED)
    town.send(0.5, "dog")
    page = house.page(town.people[0])
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/panel/" in request.url else None)
    page.goto(f"{house.address}/projects/cats/queues/general/work/")
    title(page, "item-1")
    expect(page.locator("[data-guide-part]")).to_contain_text("Say which animal is seen.")
    assert asked and not [one for one in asked if "label-" in one]
    page.keyboard.press("3")
    expect(page.locator("[data-guide-part]")).not_to_contain_text("Say which animal is seen.")
    assert [one for one in asked if "label-fox" in one]
    assert not house.faults
