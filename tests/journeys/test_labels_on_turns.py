"""Labels on single turns of a conversation: set by key and by pointer, kept, sent, taken back, looked at again."""

import json
import os
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from reviews.models import Decision, Draft
from tests.calls import PROPOSED, call_town, on, send_call
from tests.house import House
from tests.journeys.steps import ASKING, open_bench, ready, sent, title
from tests.journeys.test_review_by_keyboard import fits

SCREENS = [(width, height, scheme) for width, height in ((1280, 720), (834, 1112)) for scheme in ("light", "dark")]


def look(page: Page, name: str) -> None:
    """Keep a picture where TEST_SCREENS names a folder."""
    if folder := os.environ.get("TEST_SCREENS"):
        page.screenshot(path=f"{folder}/{name}.png")


def town_of_calls(items: int, **more: Any):
    town = call_town(rights=ASKING)
    for _ in range(items):
        send_call(town, **more)
    return town


def marks(page: Page, turn: int):
    return page.locator(".turn").nth(turn).locator(".turn-marks .badge")


def body_of(decision: Decision) -> dict[str, Any]:
    return json.loads(bytes(decision.body))


def legend(page: Page):
    return page.locator("[data-module=turnlabels] legend")


def test_turns_are_labelled_by_key_kept_over_a_reload_sent_and_taken_back(house: House):
    town = town_of_calls(2)
    page = open_bench(house, town)
    title(page, "item-1")
    expect(marks(page, 0)).to_have_text("Greeting the model’s")
    expect(marks(page, 1)).to_have_count(0)
    ready(page, "approve")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(legend(page)).to_have_text("Labels of turn 2")
    expect(page.locator("[data-answer]")).to_be_hidden()
    page.keyboard.press("1")
    expect(marks(page, 1)).to_have_text("Complaint")
    expect(page.locator("#live")).to_contain_text("Complaint on turn 2")
    ready(page, "correct")
    page.keyboard.press("2")  # an inquiry is a whole call, so its key rests here
    page.keyboard.press("j")
    page.keyboard.press("4")
    expect(marks(page, 2)).to_have_text("Promise taken off")
    expect(page.locator(".tally")).to_contain_text("2")
    expect(page.locator("[data-kept]")).to_have_text("Saved")

    page.reload()
    expect(marks(page, 1)).to_have_text("Complaint")
    expect(marks(page, 2)).to_have_text("Promise taken off")
    ready(page, "correct")
    page.keyboard.press("j")
    page.keyboard.press("Escape")
    expect(page.locator("[data-answer]")).to_be_visible()
    expect(page.locator(".turn[aria-current]")).to_have_count(0)
    page.keyboard.press("2")
    expect(page.locator("[name=label]:checked")).to_have_value("inquiry")
    page.keyboard.press("Enter")
    title(page, "item-2")
    sent(page)
    decision = Decision.objects.get()
    assert decision.verdict == "correct"
    body = body_of(decision)
    assert body["output"] == on((0, ["greeting"]), (1, ["complaint"]), whole="inquiry")
    assert {"path": "turns.2", "from": "promise", "to": None} in body["differences"]
    assert not Draft.objects.exists()

    page.keyboard.press("z")
    title(page, "item-1")
    expect(marks(page, 2)).to_have_text("Promise the model’s")
    ready(page, "approve")
    page.keyboard.press("Enter")
    title(page, "item-2")
    sent(page)
    assert body_of(Decision.objects.latest("id"))["output"] == PROPOSED
    assert house.faults == []
