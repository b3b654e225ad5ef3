"""A conversation on the workbench, on the item's page and in the replay, in a real browser."""

import os

import pytest
from playwright.sync_api import expect

from reviews.models import Decision
from tests.house import House
from tests.journeys.test_review_by_keyboard import fits, open_bench, town_of

SAID = [
    ("Agent", "Good morning, this is the energy line. How can I help?"),
    ("Caller", "My bill has doubled since August, and nobody told me. I am on the Economy 7 tariff, not the "
        "flexible one, and I have the letter here that says so."),
    ("Agent", "I can see that here. I will raise it with the tariff team and we will write to you within ten days."),
    ("Caller", "Ten days. And what about the smart meter, it has been dumb since August."),
]  # fmt: skip
TALK = [
    {"speaker": who, "text": text, "start_ms": 9_000 * number} for number, (who, text) in enumerate(SAID * 8)
]  # fmt: skip
SCREENS = [(width, height, scheme) for width, height in ((1280, 720), (834, 1112)) for scheme in ("light", "dark")]


def look(page, name: str) -> None:
    """Keep a picture where TEST_SCREENS names a folder."""
    if folder := os.environ.get("TEST_SCREENS"):
        page.screenshot(path=f"{folder}/{name}.png")


def test_the_turns_of_a_long_conversation_are_walked_by_key(house: House):
    town = town_of(0)
    town.send(0.5, data={"turns": TALK, "channel": "phone"})
    page = open_bench(house, town)
    turns = page.locator(".turn")
    expect(turns).to_have_count(32)
    expect(turns.nth(1)).to_contain_text("Caller")
    page.keyboard.press("j")
    expect(turns.nth(0)).to_be_focused()
    for _ in range(12):
        page.keyboard.press("j")
    expect(turns.nth(12)).to_have_attribute("aria-current", "true")
    expect(turns.nth(12)).to_be_in_viewport()
    expect(turns.nth(0)).not_to_be_in_viewport()
    page.keyboard.press("k")
    expect(turns.nth(11)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Nothing waits for you here.")).to_be_visible()
    assert Decision.objects.get().verdict == "approve"
    assert house.faults == []


@pytest.mark.parametrize(("width", "height", "scheme"), SCREENS)
def test_a_conversation_passes_axe_wherever_it_is_shown(house: House, width, height, scheme):
    town = town_of(0)
    chat = [
        {"role": "system", "content": "You answer questions about trains."},
        {"role": "user", "content": "When does the night train to Wien leave?", "at": "2026-11-23T10:00:00Z"},
        {"role": "assistant", "content": None, "tool_calls": [{"name": "timetable", "to": "Wien"}]},
        {"role": "tool", "content": '{"departs": "21:04"}', "name": "timetable"},
        {"role": "assistant", "content": "At 21:04.\nShall I book it?"},
    ]
    town.send(0.5, data={"messages": chat})
    town.send(0.5, data={"turns": TALK, "text": "Second call of this customer"})
    screen = {"viewport": {"width": width, "height": height}, "color_scheme": scheme}
    page = open_bench(house, town, **screen)
    expect(page.locator(".turn")).to_have_count(5)
    fits(house, page)
    look(page, f"chat-{width}-{scheme}")
    page.keyboard.press("a")
    expect(page.locator(".turn")).to_have_count(32)
    page.keyboard.press("j")
    fits(house, page)
    look(page, f"call-{width}-{scheme}")
    page.keyboard.press("a")
    expect(page.get_by_role("heading", name="Nothing waits for you here.")).to_be_visible()
    for decision in Decision.objects.order_by("id"):
        page.goto(f"{house.address}/projects/cats/items/{decision.task.item.uuid}/")
        expect(page.locator(".turn").first).to_be_visible()
        fits(house, page)
    look(page, f"item-{width}-{scheme}")
    page.goto(f"{house.address}/projects/cats/presentations/{decision.claim.token}/")
    expect(page.locator(".turn")).to_have_count(32)
    fits(house, page)
