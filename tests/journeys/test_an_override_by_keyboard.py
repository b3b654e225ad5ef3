"""An outcome put aside by two people who sign, and an appeal heard: in a real browser, by keyboard, judged by axe."""

import json
import os
import re
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Signature
from reviews.actions import receive_appeal, release
from reviews.models import Appeal, Item, Outcome, OverrideEnd
from reviews.reads.complaints import appeals_of
from reviews.wire import read_appeal
from tests.house import House
from tests.reviews.overriding import PASSWORD, ROW, accepted, in_browser, in_force, one_more, town_with
from tests.town import Town

SCHEMA = {
    "title": "Credit decision",
    "type": "object",
    "properties": {"decision": {"title": "Decision", "enum": ["approve", "approve_with_conditions", "decline"]}},
    "required": ["decision"],
}
FITS = "(one => one.scrollWidth <= one.clientWidth)(document.querySelector('.page'))"
ALWAYS = ROW | {"name": "Override by an adjudicator", "second_person_when": [{"field": "impact", "op": "exists"}]}


def screen(page: Page, name: str) -> None:
    """Keep a picture where TEST_SCREENS names a folder."""
    if folder := os.environ.get("TEST_SCREENS"):
        page.screenshot(path=f"{folder}/{name}.png")


def focus(page: Page, words: str) -> None:
    """Move the focus by Tab to what is named so."""
    named = "document.activeElement.closest('label, a, button')?.textContent ?? document.activeElement.id"
    for _ in range(80):
        page.keyboard.press("Tab")
        if re.search(words, re.sub(r"\s+", " ", str(page.evaluate(named)).strip())):
            return
    raise AssertionError(f"Tab never came to {words}")


def credit_town() -> tuple[Town, Item]:
    """Give a town that decides on credits, and one that the model has declined."""
    town = town_with(ALWAYS, task_type="form", schema=SCHEMA, decisive=["decision"], labels=[])
    item = accepted(
        town,
        prediction={"decision": "decline"},
        data={"amount": 4200, "term_months": 24, "purpose": "used car", "savings": "none known"},
        segments={"age_band": "30-39"},
    )
    release(at=town.now)
    return town, item


def put_forward(house: House, town: Town, item: Item) -> None:
    """Put another answer forward by keyboard, after a wrong password."""
    page = house.page(town.adjudicators[0])
    page.goto(f"{house.address}/projects/cats/items/{item.uuid}/")
    house.judge(page)
    focus(page, "^Put this outcome aside")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Another answer in the place of outcome 1?")).to_be_visible()
    house.judge(page)
    focus(page, "^decline")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Tab")
    page.keyboard.type("The savings were overlooked")
    page.keyboard.press("Tab")
    page.keyboard.type("not my password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("not your password")
    expect(page.locator("#reason")).to_have_value("The savings were overlooked")
    assert not Signature.objects.exists()
    focus(page, "decline")
    page.keyboard.press("ArrowUp")
    focus(page, "^password$")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("it waits for the second signature")).to_be_visible()
    assert Signature.objects.count() == 1 and in_force(item).number == 1


def test_an_override_is_signed_twice_by_keyboard(house: House) -> None:
    town, item = credit_town()
    put_forward(house, town, item)
    second = house.page(town.adjudicators[1])
    second.goto(house.address)
    expect(second.get_by_role("heading", name="Waiting for a second signature")).to_be_visible()
    house.judge(second)
    screen(second, "signatures-home-light")
    focus(second, f"{item.external_id}$")
    second.keyboard.press("Enter")
    expect(second.get_by_role("heading", level=1)).to_have_text("A second signature")
    house.judge(second)
    focus(second, "^password$")
    second.keyboard.type(PASSWORD)
    second.keyboard.press("Enter")
    expect(second.get_by_text("You signed it: the outcome was put aside.")).to_be_visible()
    assert OverrideEnd.objects.get().how == "done" and in_force(item).source == "override"
    release(at=timezone.now())
    second.reload()
    expect(second.get_by_text("superseded")).to_be_visible()
    house.judge(second)
    assert not [one for one in house.faults if "422" not in one]


def test_an_override_is_taken_back_by_keyboard(house: House) -> None:
    town, item = credit_town()
    put_forward(house, town, item)
    page = house.page(town.adjudicators[0])
    page.goto(f"{house.address}/projects/cats/items/{item.uuid}/")
    focus(page, "^Another answer waits for its second signature")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("A second signature")
    house.judge(page)
    screen(page, "own-proposal-light")
    focus(page, "^Take it back")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Take back your answer in the place of outcome 1?")).to_be_visible()
    house.judge(page)
    screen(page, "take-back-light")
    assert not OverrideEnd.objects.exists()
    focus(page, "^Take it back")
    page.keyboard.press("Enter")
    expect(page.get_by_text("You took it back. The outcome in force stays.")).to_be_visible()
    assert OverrideEnd.objects.get().how == "taken_back" and in_force(item).number == 1
    house.judge(page)
    assert not [one for one in house.faults if "422" not in one]


def test_an_appeal_is_heard_by_keyboard(house: House) -> None:
    town, item = credit_town()
    told = json.dumps({"grounds": "My savings were never asked for.", "from": "The applicant"}).encode()
    receive_appeal(item=item, sent=read_appeal(told), by=one_more(town, "operations"), at=timezone.now())
    page = house.page(town.adjudicators[0])
    page.goto(f"{house.address}/projects/cats/queues/adjudication/work/")
    expect(page.get_by_role("heading", name="The complaint")).to_be_visible()
    house.judge(page)
    page.keyboard.press("1")  # takes the answer in force: the outcome would stand
    expect(page.locator("[name=take]:checked")).to_have_count(1)
    focus(page, "^decline")
    page.keyboard.press("ArrowUp")
    focus(page, "^(Reason|rationale)")
    page.keyboard.type("A guarantor makes up for it.")
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    expect(page.get_by_text("Nothing waits for you here.").first).to_be_visible()
    new = Outcome.objects.get(item=item, source="appeal")
    assert (new.number, new.supersedes) == (2, 1)
    release(at=timezone.now() + timezone.timedelta(minutes=1))
    (heard,) = appeals_of(item.pk, timezone.now())
    assert (heard.state, heard.reasons) == ("overturned", "A guarantor makes up for it.")
    page.goto(f"{house.address}/projects/cats/items/{item.uuid}/")
    expect(page.get_by_text("Overturned", exact=True)).to_be_visible()
    house.judge(page)
    assert Appeal.objects.count() == 1 and not house.faults


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_of_overrides_and_appeals_fit_and_pass(house: House, scheme: Any) -> None:
    town, item = credit_town()
    first, second = town.adjudicators[:2]
    more = accepted(town, prediction={"decision": "approve"}, data={"amount": 900, "purpose": "repairs"})
    from tests.reviews.overriding import put

    release(at=timezone.now())
    waits = put(town, more, first, signed=True, output={"decision": "decline"}, reason="The term is too long")
    operations = one_more(town, "operations")
    for size in ({"width": 1280, "height": 720}, {"width": 834, "height": 1112}):
        for who, place, name in (
            (first, f"items/{item.uuid}/override/", "override"),
            (second, f"overrides/{waits.uuid}/", "signature"),
            (first, f"overrides/{waits.uuid}/", "signature-own"),
            (operations, f"items/{item.uuid}/appeals/", "appeal"),
            (first, f"items/{more.uuid}/", "item-waits"),
        ):
            page = house.page(who, viewport=size, color_scheme=scheme)
            page.goto(f"{house.address}/projects/cats/{place}")
            house.judge(page)
            assert page.evaluate(FITS)
            screen(page, f"{name}-{size['width']}-{scheme}")
    sent = read_appeal(b'{"grounds": "My savings were never asked for.", "from": "The applicant"}')
    receive_appeal(item=item, sent=sent, by=operations, at=timezone.now())
    hearer = house.page(in_browser(second), color_scheme=scheme)
    hearer.goto(f"{house.address}/projects/cats/queues/adjudication/work/")
    house.judge(hearer)
    screen(hearer, f"hearing-{scheme}")
    seen = house.page(operations, color_scheme=scheme)
    seen.goto(f"{house.address}/projects/cats/items/{item.uuid}/")
    screen(seen, f"item-appealed-{scheme}")
    assert not house.faults


BOX = {"id": "a", "label": "cat", "x": 1, "y": 2, "width": 30, "height": 40}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_boxes_are_put_aside_by_hand_and_the_line_at_fault_is_shown(house: House, scheme: Any) -> None:
    town = town_with(ROW, task_type="detection")
    item = accepted(town, prediction={"boxes": [BOX, BOX | {"id": "b", "label": "dog"}]})
    release(at=timezone.now())
    page = house.page(town.adjudicators[0], viewport={"width": 1280, "height": 720}, color_scheme=scheme)
    page.goto(f"{house.address}/projects/cats/items/{item.uuid}/override/")
    area = page.get_by_label("Answer, as JSON")
    whole = area.input_value()
    assert json.loads(whole)["boxes"][1]["label"] == "dog"
    area.fill(whole.replace('"x": 1,', '"x": 1', 1))
    expect(page.locator("#json-said")).to_contain_text("this is no JSON from here on")
    house.judge(page)
    screen(page, f"override-json-typed-{scheme}")
    area.fill(whole)
    expect(page.locator("#json-said")).to_be_empty()
    wrong = whole.replace('"label": "dog"', '"label": "yeti"')
    line = wrong[: wrong.index("yeti")].count("\n") + 1
    area.fill(wrong)
    page.get_by_label(re.compile("^Why")).fill("There is a fox")
    page.get_by_role("button", name="Put the outcome aside").click()
    expect(page.locator("#json-said")).to_contain_text(f"Line {line}, boxes.1.label")
    expect(area).to_be_focused()
    chosen = area.evaluate("one => one.value.slice(one.selectionStart, one.selectionEnd)")
    assert chosen.strip() == '"label": "yeti",' and area.input_value() == wrong
    house.judge(page)
    assert page.evaluate(FITS)
    screen(page, f"override-json-{scheme}")
    area.fill(wrong.replace("yeti", "fox"))
    page.get_by_role("button", name="Put the outcome aside").click()
    expect(page.get_by_text("The outcome was put aside.")).to_be_visible()
    assert in_force(item).source == "override" and not [one for one in house.faults if "422" not in one]
