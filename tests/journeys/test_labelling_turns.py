"""Labels on single turns of a conversation: set by key and by pointer, kept, sent, taken back, looked at again."""

import json
import os
import re
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.actions import choose_keys
from reviews.models import Decision, Draft, Seat
from tests.calls import PROPOSED, TURNS, call_town, on, send_call
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


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def legend(page: Page):
    return page.locator("[data-module=turnlabels] legend")


def test_turns_are_labelled_by_key_kept_over_a_reload_and_sent(house: House):
    town = town_of_calls(2)
    page = open_bench(house, town)
    title(page, "item-1")
    expect(marks(page, 0)).to_have_text("Greeting the model’s")
    expect(marks(page, 1)).to_have_count(0)
    ready(page, "approve")
    press(page, "j", "j")
    expect(legend(page)).to_have_text("Labels of turn 2")
    expect(page.locator("[data-answer]")).to_be_hidden()
    page.keyboard.press("1")
    expect(marks(page, 1)).to_have_text("Complaint")
    expect(page.locator("#live")).to_contain_text("Complaint on turn 2")
    ready(page, "correct")
    press(page, "2", "j", "4")  # an inquiry is a whole call, so its key rests here
    expect(marks(page, 2)).to_have_text("Promise taken off")
    expect(page.locator(".tally")).to_contain_text("2")
    expect(page.locator("[data-kept]")).to_have_text("Saved")

    page.reload()
    expect(marks(page, 1)).to_have_text("Complaint")
    expect(marks(page, 2)).to_have_text("Promise taken off")
    ready(page, "correct")
    press(page, "j", "Escape")
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

    assert house.faults == []


def test_a_correction_of_a_turn_is_taken_back_and_the_proposal_approved_instead(house: House):
    page = open_bench(house, town_of_calls(2))
    title(page, "item-1")
    press(page, "j", "j", "j", "4", "c")
    title(page, "item-2")
    sent(page)
    assert body_of(Decision.objects.get())["output"] == on((0, ["greeting"]))
    page.keyboard.press("z")
    title(page, "item-1")
    expect(marks(page, 2)).to_have_text("Promise the model’s")
    ready(page, "approve")
    page.keyboard.press("Enter")
    title(page, "item-2")
    sent(page)
    assert body_of(Decision.objects.latest("id"))["output"] == PROPOSED
    assert house.faults == []


def test_turns_are_labelled_by_pointer_and_the_whole_stays_what_it_was(house: House):
    town = town_of_calls(1)
    page = open_bench(house, town)
    title(page, "item-1")
    page.get_by_text("nobody told me").click()
    expect(legend(page)).to_have_text("Labels of turn 2")
    page.get_by_role("checkbox", name="Promise").check()
    page.get_by_role("checkbox", name="Greeting").check()
    expect(marks(page, 1)).to_have_text(["Greeting", "Promise"])
    expect(page.locator("[data-meaning=promise]")).to_be_visible()
    expect(page.locator("[data-meaning=complaint]")).to_be_hidden()
    page.get_by_role("checkbox", name="Greeting").uncheck()
    expect(marks(page, 1)).to_have_text("Promise")
    page.get_by_role("button", name="Whole conversation").click()
    expect(page.locator("[data-meaning=complaint]")).to_be_visible()
    expect(page.locator("[name=label]:checked")).to_have_value("complaint")
    ready(page, "correct")
    page.get_by_role("button", name="Next turn").click()
    expect(legend(page)).to_have_text("Labels of turn 3")
    page.get_by_role("button", name=re.compile("Correct")).click()
    expect(page.get_by_role("heading", name="Nothing waits for you here.")).to_be_visible()
    assert body_of(Decision.objects.get())["output"] == on((0, ["greeting"]), (1, ["promise"]), (2, ["promise"]))
    assert house.faults == []


def test_labels_put_back_as_they_were_are_no_correction(house: House):
    page = open_bench(house, town_of_calls(1))
    title(page, "item-1")
    press(page, "j", "3")
    ready(page, "correct")
    page.keyboard.press("3")
    expect(page.locator(".tally")).to_be_hidden()
    page.keyboard.press("a")
    expect(page.get_by_role("heading", name="Nothing waits for you here.")).to_be_visible()
    assert Decision.objects.get().verdict == "approve"


def test_a_refused_decision_comes_back_with_its_labels_on_turns(house: House):
    town = town_of_calls(3)
    page = open_bench(house, town)
    title(page, "item-1")
    page.wait_for_load_state("networkidle")
    press(page, "j", "4")
    now = timezone.now()
    Seat.objects.filter(person_id=town.people[0].person_id, slot="open").update(lease_until=now)
    page.keyboard.press("c")
    title(page, "item-1")
    expect(page.locator("[data-notice]")).to_contain_text("lapsed")
    expect(marks(page, 0)).to_have_text(["Greeting the model’s", "Promise"])
    expect(legend(page)).to_have_text("Labels of turn 1")
    page.keyboard.press("4")
    expect(marks(page, 0)).to_have_text("Greeting the model’s")
    page.keyboard.press("4")
    page.get_by_role("button", name="Take this one again").click()
    title(page, "item-1")
    expect(marks(page, 0)).to_have_text(["Greeting the model’s", "Promise"])
    page.keyboard.press("Enter")
    title(page, "item-2")
    sent(page)
    assert body_of(Decision.objects.get())["output"]["turns"][0] == {"turn": 0, "labels": ["greeting", "promise"]}


def test_the_next_call_stands_ready_with_its_own_labels_and_the_whole_call_in_mind(house: House):
    town = town_of_calls(1)
    send_call(town, prediction=on((3, ["promise"])))
    page = open_bench(house, town)
    title(page, "item-1")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("j")
    page.keyboard.press("a")
    title(page, "item-2")
    expect(page.locator("[data-module=turnlabels]")).to_be_hidden()
    expect(marks(page, 3)).to_have_text("Promise the model’s")
    expect(page.locator(".turn-marks .badge")).to_have_count(1)
    sent(page)
    page.keyboard.press("2")
    expect(page.locator("[name=label]:checked")).to_have_value("inquiry")
    assert house.faults == []


def test_a_blind_answer_labels_turns_that_no_model_has_marked(house: House):
    town = call_town(rights=ASKING, show_prediction=False)
    send_call(town)
    page = open_bench(house, town)
    title(page, "item-1")
    expect(page.locator(".turn-marks .badge")).to_have_count(0)
    assert "greeting" not in (page.locator("#pane-facts").text_content() or "")
    press(page, "j", "3")
    expect(marks(page, 0)).to_have_text("Greeting")
    page.keyboard.press("c")  # the whole call has no label yet: the question for it comes forward
    expect(page.locator("[data-answer]")).to_be_visible()
    expect(page.locator("[data-notice]")).to_contain_text("Choose an answer first.")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Nothing waits for you here.")).to_be_visible()
    assert body_of(Decision.objects.get())["output"] == on((0, ["greeting"]))


def test_changed_keys_walk_the_turns_and_label_them(house: House):
    town = town_of_calls(1)
    choose_keys(keys={"j": "y", "3": "w"}, single_keys=True, by=town.people[0])
    page = open_bench(house, town)
    title(page, "item-1")
    press(page, "y", "y", "w")
    expect(marks(page, 1)).to_have_text("Greeting")
    expect(page.locator("[data-module=turnlabels] .choice kbd").nth(1)).to_have_text("W")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text("from a turn back to the whole conversation")


def test_an_adjudicator_sees_labels_of_turns_in_words_and_takes_them(house: House):
    town = town_of_calls(1, impact="high")
    first, second = on((0, ["greeting"])), on((0, ["greeting"]), (3, ["promise", "complaint"]))
    for who, output in zip(town.people, (first, second), strict=False):
        town.decide(who, town.take(who), "correct", output=output)
    page = open_bench(house, town, town.adjudicators[0], "adjudication")
    take = page.locator(".take").nth(1)
    expect(take).to_contain_text(re.compile(r"Turn 4\s*Promise\s*differs"))
    expect(take).not_to_contain_text(re.compile(r"Turn 1\s*Greeting\s*differs"))
    fits(house, page)
    look(page, "turn-labels-adjudicated")
    page.keyboard.press("2")
    expect(marks(page, 3)).to_have_text(["Complaint", "Promise"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Nothing waits for you here.")).to_be_visible()
    assert body_of(Decision.objects.latest("id"))["output"]["turns"][1]["turn"] == 3
    assert house.faults == []


def test_a_call_is_labelled_turn_by_turn_without_a_script(house: House):
    town = town_of_calls(1)
    page = open_bench(house, town, java_script_enabled=False)
    expect(marks(page, 0)).to_have_text("Greeting the model’s")
    page.get_by_text("Labels on turns", exact=True).click()
    expect(page.get_by_role("textbox", name="Greeting")).to_have_value("1")
    page.get_by_role("textbox", name="Greeting").fill("1, 2")
    page.get_by_role("textbox", name="Promise").fill("")
    page.get_by_role("button", name=re.compile("Correct")).click()
    expect(page.get_by_role("heading", name="Nothing waits for you here.")).to_be_visible()
    assert body_of(Decision.objects.get())["output"] == on((0, ["greeting"]), (1, ["greeting"]))


@pytest.mark.parametrize(("width", "height", "scheme"), SCREENS)
def test_labels_on_turns_pass_axe_and_fit_wherever_they_are_shown(house: House, width, height, scheme):
    town = call_town(rights=ASKING)
    send_call(town, data={"turns": TURNS * 4, "channel": "phone"})
    page = open_bench(house, town, viewport={"width": width, "height": height}, color_scheme=scheme)
    title(page, "item-1")
    fits(house, page)
    look(page, f"turn-labels-whole-{width}-{scheme}")
    press(page, "j", "j", "1", "j", "4")
    expect(marks(page, 1)).to_have_text("Complaint")
    fits(house, page)
    look(page, f"turn-labels-chosen-{width}-{scheme}")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Nothing waits for you here.")).to_be_visible()
    decision = Decision.objects.get()
    page.goto(f"{house.address}/projects/calls/presentations/{decision.claim.token}/")
    expect(marks(page, 2)).to_have_text("Promise the model’s")
    fits(house, page)
    page = house.page(town.adjudicators[0], viewport={"width": width, "height": height}, color_scheme=scheme)
    page.goto(f"{house.address}/projects/calls/items/{decision.task.item.uuid}/")
    expect(marks(page, 0)).to_have_text("Greeting the model’s")
    fits(house, page)
    look(page, f"turn-labels-item-{width}-{scheme}")
