"""A model card written by an editor, asked of a reviewer, acknowledged and read beside the item, by keyboard."""

import os

from playwright.sync_api import Page, expect

from guidelines.models import CardAcknowledgement, ModelCard
from reviews.models import Presentation
from tests.guidelines.carding import model_of
from tests.guidelines.writing import editor
from tests.house import House
from tests.journeys.steps import ASKING, open_bench, ready, sent, title
from tests.reviews.test_changed_beside import known
from tests.town import Town, build

WORDS = {
    "purpose": "It says which **animal** a text is about.",
    "limits": "English alone; it never sees pictures.",
    "weak": "- toys\n- foxes at night",
    "confidence": "Below 70 % it guesses; above 90 % it is seldom wrong.",
}


def look(page: Page, name: str) -> None:
    """Keep a picture where TEST_SCREENS names a folder, in light and in dark."""
    if folder := os.environ.get("TEST_SCREENS"):
        for scheme in ("dark", "light"):
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=f"{folder}/{name}-{scheme}.png")


def written(house: House, town: Town) -> None:
    """Write a card that asks to be acknowledged, and publish it, by keyboard alone."""
    desk = house.page(editor(town))
    model = model_of(town)
    desk.goto(f"{house.address}/admin/guidelines/guidelineversion/cats/cards/")
    desk.get_by_role("link", name="m 1").focus()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="It has no card yet")).to_be_visible()
    house.judge(desk)
    desk.get_by_role("button", name="Begin an empty one").focus()
    desk.keyboard.press("Enter")
    expect(desk.locator("#id_purpose")).to_be_visible()
    for name, words in WORDS.items():
        desk.locator(f"#id_{name}").focus()
        desk.keyboard.insert_text(words)
    expect(desk.locator("#card-preview li")).to_have_count(2)
    expect(desk.locator("#card-preview strong")).to_have_text("animal")
    desk.locator("#id_summary").focus()
    desk.keyboard.insert_text("The first card.")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Space")
    house.judge(desk)
    look(desk, "card-draft")
    desk.get_by_role("button", name="Save, and on to publishing").focus()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="Whom it affects")).to_be_visible()
    house.judge(desk)
    look(desk, "card-publish")
    desk.get_by_label("I have read what changes").focus()
    desk.keyboard.press("Space")
    desk.get_by_role("button", name="Publish").focus()
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("Card 1 is published and in force.")).to_be_visible()
    house.judge(desk)
    look(desk, "card-published")
    assert ModelCard.objects.get(model=model).asks


def acknowledged(house: House, bench: Page) -> None:
    """Be asked for the card in the place of an item, read it and say so, and go to work."""
    expect(bench.get_by_role("heading", name="Something is to be read")).to_be_visible()
    house.judge(bench)
    look(bench, "card-due")
    bench.keyboard.press("Enter")
    expect(bench.get_by_role("heading", name="Model cards")).to_be_visible()
    house.judge(bench)
    look(bench, "card-to-read")
    bench.keyboard.press("Enter")
    expect(bench.get_by_role("heading", name="Nothing here waits to be acknowledged by you.")).to_be_visible()
    assert CardAcknowledgement.objects.count() == 1
    house.judge(bench)
    bench.keyboard.press("Enter")


def read_beside(house: House, bench: Page) -> None:
    """Open the card beside the item by its key, put it away, and open it by a click."""
    card = bench.locator("#side-card")
    expect(card).to_be_hidden()
    bench.keyboard.press("m")
    expect(card.get_by_text("it is seldom wrong")).to_be_visible()
    expect(bench.locator("[data-guide]")).to_be_hidden()
    expect(bench.get_by_role("button", name="Model card")).to_have_attribute("aria-expanded", "true")
    house.judge(bench)
    look(bench, "card-beside")
    bench.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(bench.locator("[data-guide]")).to_be_visible()
    bench.get_by_role("button", name="Model card").click()
    expect(card).to_be_visible()


def test_a_card_is_written_asked_for_acknowledged_and_read_beside_the_item(house: House) -> None:
    town = build(rights=ASKING)
    known(town, 4)
    for _ in range(2):
        town.send(0.85, impact="high")
    written(house, town)
    bench = open_bench(house, town)
    acknowledged(house, bench)
    title(bench, "item-1")
    expect(bench.get_by_text("Of items like this, people changed 13\u00a0% (n=30)")).to_be_visible()
    house.judge(bench)
    look(bench, "card-line")
    read_beside(house, bench)
    bench.keyboard.press("a")
    ready(bench, "approve")
    bench.keyboard.press("Enter")
    title(bench, "item-2")
    sent(bench)
    expect(bench.locator("#side-card")).to_be_hidden()
    bench.keyboard.press("m")
    expect(bench.locator("#side-card").get_by_text("it is seldom wrong")).to_be_visible()
    assert {row.card_id for row in Presentation.objects.all()} == {ModelCard.objects.get().pk}
