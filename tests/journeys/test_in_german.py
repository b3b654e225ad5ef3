"""Germans at work: the language chosen at the door, numbers with a comma, the hours of their own zone."""

import json

import pytest
from django.conf import settings
from playwright.sync_api import expect

from accounts.models import User
from reviews.models import Decision, Draft
from tests.house import House
from tests.journeys.steps import ASKING, open_bench, ready, sent, title, town_of
from tests.journeys.test_review_by_keyboard import PASSWORD, fits
from tests.town import build


def test_a_language_is_chosen_at_the_door_and_goes_along(house: House):
    town = town_of(1)
    user = User.objects.get(person_id=town.people[0].person_id)
    user.set_password(PASSWORD)
    user.save()
    page = house.page(timezone_id="Asia/Tokyo")
    page.goto(house.address)
    page.get_by_role("button", name="Deutsch").press("Enter")
    expect(page.get_by_role("heading", name="Anmelden")).to_be_visible()
    house.judge(page)
    assert {one["name"]: one["value"] for one in page.context.cookies()}["zone"] == "Asia%2FTokyo"
    page.get_by_label("E-Mail").fill(user.email)
    page.get_by_label("Passwort").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_title("Meine Warteschlangen · hitl")
    expect(page.locator("header.bar")).to_contain_text("in Tokyo")
    page.wait_for_load_state("load")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Bestätigen")).to_be_visible()
    page.locator(".rail").get_by_role("button", name="English").press("Enter")
    expect(page.get_by_role("button", name="Approve")).to_be_visible()
    assert "language" in {one["name"] for one in page.context.cookies()} - {settings.SESSION_COOKIE_NAME}
    assert house.faults == []


def test_numbers_are_read_and_written_with_the_comma_of_the_page(house: House):
    schema = {
        "type": "object",
        "properties": {"rate": {"type": "number", "title": "Rate"}, "sum": {"type": "number", "title": "Sum"}},
    }
    town = build(rights=ASKING, task_type="form", schema=schema, labels=[])
    model = {"name": "m", "version": "1"}
    town.send(None, data={"income": 0.25}, model=model, prediction={"rate": 1.234, "sum": 5})
    page = open_bench(house, town, locale="de-DE")
    ready(page, "approve")
    expect(page.get_by_label("Rate")).to_have_value("1,234")
    expect(page.locator("main")).to_contain_text("Modell: 1,234")
    expect(page.locator("main")).to_contain_text("0,25")
    page.get_by_label("Sum").fill("12.345,5")
    ready(page, "correct")
    expect(page.locator("[data-kept]")).to_have_text("Gespeichert")
    assert json.loads(bytes(Draft.objects.get().body))["fields"] == {"rate": 1.234, "sum": 12345.5}
    page.locator(".rail").get_by_role("button", name="English").press("Enter")
    expect(page.get_by_label("Sum")).to_have_value("12345.5")
    expect(page.get_by_label("Rate")).to_have_value("1.234")
    page.get_by_label("Sum").press("Enter")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Nothing waits for you here.")).to_be_visible()
    assert json.loads(bytes(Decision.objects.get().body))["output"] == {"rate": 1.234, "sum": 12345.5}
    assert house.faults == []


def test_a_decision_that_is_taken_fills_numbers_in_as_the_page_writes_them(house: House):
    schema = {"type": "object", "properties": {"rate": {"type": "number", "title": "Rate"}}}
    town = build(rights=ASKING, task_type="form", schema=schema, labels=[])
    town.send(None, impact="high", model={"name": "m", "version": "1"}, prediction={"rate": 1})
    for who, rate in zip(town.people, (1.5, 2.5), strict=False):
        town.decide(who, town.take(who), "correct", output={"rate": rate})
    page = open_bench(house, town, town.adjudicators[0], "adjudication", locale="de-DE")
    expect(page.get_by_role("heading", name="Prüfperson 2")).to_be_visible()
    page.keyboard.press("2")
    expect(page.get_by_label("Rate")).to_have_value("2,5")
    expect(page.locator(".takes")).to_contain_text("1,5")
    assert house.faults == []


@pytest.mark.parametrize(
    ("typed", "language", "number"),
    [
        ("1234.5", "en", 1234.5), ("1,234.5", "en", 1234.5), ("1.234", "en", 1.234), ("12,5", "en", None),
        ("1234,5", "de", 1234.5), ("1.234,5", "de", 1234.5), ("1.234", "de", 1234), ("1,234", "de", 1.234),
        ("-0,5", "de", -0.5), ("1.5", "de", 1.5), ("viele", "de", None),
    ],
)  # fmt: skip
def test_a_number_reads_as_its_language_writes_it(house: House, typed, language, number):
    page = house.page()
    page.goto(house.address + "/sign-in/")
    read = "([typed, language]) => import('/static/js/numbers.js').then(module => module.numberOf(typed, language))"
    found = page.evaluate(read, [typed, language])
    assert found == number if number is not None else found != found


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (834, 1112)])
def test_german_pages_fit_their_screen(house: House, width, height):
    town = town_of(2)
    page = open_bench(house, town, locale="de-DE", viewport={"width": width, "height": height})
    expect(page.get_by_role("button", name="Bestätigen")).to_be_visible()
    fits(house, page)
    page.keyboard.press("r")
    expect(page.locator("[data-when=reason]")).to_contain_text("Begründung")
    fits(house, page)
    page.keyboard.type("Unscharf")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    title(page, "item-2")
    sent(page)
    for address in ("/", f"/projects/cats/items/{Decision.objects.get().task.item.uuid}/", "/sign-in/", "/nowhere/"):
        page.goto(house.address + address)
        assert page.locator("html").get_attribute("lang") == "de"
        fits(house, page)
