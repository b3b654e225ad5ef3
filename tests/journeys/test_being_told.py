"""Somebody chooses how and when they are told, by keyboard, and what is refused is said beside its field."""

from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import Preference
from tests.house import House
from tests.journeys.steps import town_of
from tests.journeys.test_conversations import SCREENS, look
from tests.journeys.test_review_by_keyboard import fits


def test_how_somebody_is_told_is_chosen_by_keyboard(house: House, settings: Any):
    settings.EMAIL_HOST = "mail.example"
    town = town_of(1)
    page = house.page(town.people[0], timezone_id="Asia/Tokyo")
    page.goto(f"{house.address}/settings/")
    card = page.locator("section[aria-labelledby=telling-card]")
    expect(card.get_by_label("by e-mail, gathered")).to_be_checked()
    card.get_by_label("by e-mail, gathered").focus()
    page.keyboard.press("ArrowUp")
    expect(card.get_by_label("by e-mail, at once")).to_be_checked()
    card.get_by_label("Saturday").focus()
    page.keyboard.press("Space")
    card.get_by_label("To", exact=True).fill("07:00")
    card.get_by_role("button", name="Keep this").press("Enter")
    expect(card.get_by_role("alert")).to_contain_text("not kept")
    expect(card.get_by_label("To", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(card.get_by_label("Saturday")).to_be_checked()
    house.judge(page)
    card.get_by_label("To", exact=True).fill("16:30")
    card.get_by_label("Time zone").select_option("Asia/Tokyo")
    card.get_by_role("button", name="Keep this").press("Enter")
    expect(card.get_by_role("alert")).to_have_count(0)
    expect(card).to_contain_text("This browser’s is Asia/Tokyo")
    kept = Preference.objects.get()
    assert (kept.told, kept.work_days, kept.work_until, kept.zone) == ("at_once", [0, 1, 2, 3, 4, 5], 990, "Asia/Tokyo")
    assert len(house.faults) == 1 and "422" in house.faults[0]


@pytest.mark.parametrize(("width", "height", "scheme"), SCREENS)
def test_the_card_passes_axe_and_fits_the_screen(house: House, width: int, height: int, scheme: Any):
    town = town_of(1)
    page = house.page(town.people[0], viewport={"width": width, "height": height}, color_scheme=scheme)
    page.goto(f"{house.address}/settings/#telling-card")
    expect(page.get_by_text("This installation sends no e-mail, so")).to_be_visible()
    fits(house, page)
    page.locator("section[aria-labelledby=telling-card]").scroll_into_view_if_needed()
    look(page, f"telling-{width}-{scheme}")
