"""Keys that a person changed, in a real browser: pressed, hinted, and beside labels that keep theirs."""

from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.actions import choose_keys
from accounts.models import Preference
from reviews.models import Decision
from tests.house import House
from tests.journeys.steps import sent
from tests.journeys.test_conversations import SCREENS, look
from tests.journeys.test_review_by_keyboard import fits, open_bench, title, town_of
from tests.town import Town

LABELS = [{"code": "cat", "name": "Cat"}, {"code": "dog", "name": "Dog", "key": "d"}, {"code": "fox", "name": "Fox"}]


def with_keys(town: Town, **keys: str) -> Town:
    changed = {key.removeprefix("n"): value for key, value in keys.items()}
    choose_keys(keys=changed, single_keys=True, by=replace(town.people[0], via="browser"))
    return town


def hint(page: Page, verdict: str) -> Any:
    return page.locator(f".verdict[value={verdict}] kbd")


def test_changed_keys_decide_and_are_written_beside_their_controls_on_each_item(house: House):
    town = with_keys(town_of(3), a="r", r="a", n1="y")
    page = open_bench(house, town)
    title(page, "item-1")
    expect(hint(page, "approve")).to_have_text("R")
    page.keyboard.press("r")
    title(page, "item-2")
    expect(hint(page, "approve")).to_have_text("R")
    expect(page.locator(".choice").first.locator("kbd")).to_have_text("Y")
    page.keyboard.press("2")
    page.keyboard.press("1")
    expect(page.locator("[name=label]:checked")).to_have_value("dog")
    page.keyboard.press("y")
    expect(page.locator("[name=label]:checked")).to_have_value("cat")
    page.keyboard.press("?")
    expect(page.locator("#keys kbd").first).to_have_text("R")
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    title(page, "item-3")
    sent(page)
    assert list(Decision.objects.values_list("verdict", flat=True)) == ["approve", "approve"]
    assert house.faults == []


def test_a_label_keeps_its_key_and_the_verdict_has_its_own_one_there(house: House):
    town = with_keys(town_of(2, labels=LABELS), a="d")
    page = open_bench(house, town)
    title(page, "item-1")
    expect(hint(page, "approve")).to_have_text("A")
    page.keyboard.press("d")
    expect(page.locator("[name=label]:checked")).to_have_value("dog")
    assert not Decision.objects.exists()
    page.keyboard.press("1")
    page.keyboard.press("a")
    title(page, "item-2")
    sent(page)
    assert Decision.objects.get().verdict == "approve"


def test_a_verdict_whose_key_a_label_keeps_never_takes_over_another_ones_key(house: House):
    town = with_keys(town_of(2, labels=LABELS), a="d", r="a")
    page = open_bench(house, town)
    title(page, "item-1")
    expect(hint(page, "approve")).to_be_hidden()
    expect(hint(page, "reject")).to_have_text("A")
    page.keyboard.press("a")
    title(page, "item-1")
    expect(page.locator("[data-when=wrong]")).to_be_visible()
    assert not Decision.objects.exists()


def test_single_keys_that_were_switched_off_rest_in_every_browser_and_enter_stays(house: House):
    town = town_of(2)
    page = open_bench(house, town)
    page.keyboard.press("?")
    with page.expect_response("**/settings/single-keys/") as told:
        page.locator("[data-switch]").uncheck()
    assert told.value.status == 204
    other = open_bench(house, town)
    title(other, "item-1")
    other.keyboard.press("a")
    other.wait_for_timeout(200)
    assert not Decision.objects.exists()
    other.keyboard.press("Enter")
    title(other, "item-2")


def test_a_person_changes_a_key_by_keyboard_and_is_told_of_a_key_given_twice(house: House):
    town = town_of(1)
    page = house.page(town.people[0])
    page.goto(f"{house.address}/settings/")
    page.get_by_label("Approve").fill("c")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("not kept")
    house.judge(page)
    page.get_by_label("Approve").click()
    page.keyboard.press("y")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.get_by_label("Approve")).to_have_value("Y")
    assert Preference.objects.get().keys == {"a": "y"}
    page.get_by_role("button", name="Back to the house’s keys").click()
    expect(page.get_by_label("Approve")).to_have_value("A")


@pytest.mark.parametrize(("width", "height", "scheme"), SCREENS)
def test_the_settings_pass_axe_and_fit_the_screen(house: House, width, height, scheme):
    town = with_keys(town_of(1, labels=LABELS), a="d")
    page = house.page(town.people[0], viewport={"width": width, "height": height}, color_scheme=scheme)
    page.goto(f"{house.address}/settings/")
    expect(page.get_by_text("has A there.")).to_be_visible()
    fits(house, page)
    look(page, f"settings-{width}-{scheme}")
    page.locator("#look-card").scroll_into_view_if_needed()
    look(page, f"settings2-{width}-{scheme}")
    page.keyboard.press("?")
    fits(house, page)
    look(page, f"keys-{width}-{scheme}")
