"""Decision rights written in the admin: by keyboard alone, by drag, without scripts, judged by axe."""

import os
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.actions import add_person, give_membership
from accounts.reads import Actor, actor_of_person, console
from reviews.actions import begin_draft, set_publishing
from reviews.models import RightsDraft, RightsVersion
from reviews.reads.published import rights_of
from tests.house import House
from tests.journeys.test_looking_after import focus
from tests.town import Town, build

RIGHTS = "/admin/reviews/rightsversion/cats/"


def kept(page: Page, name: str) -> None:
    """Keep a picture where TEST_SCREENS names a folder."""
    if folder := os.environ.get("TEST_SCREENS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def operations(town: Town, name: str) -> Actor:
    person = add_person(name=name, email=f"{name.lower()}@rights.invalid", by=console(), at=town.now)
    give_membership(person=person, project=town.project, role="operations", by=console(), at=town.now)
    return actor_of_person(person, "browser")


def focus_back(page: Page, words: str) -> None:
    """Move the focus back by Shift+Tab to what begins so."""
    for _ in range(60):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.textContent.trim()").startswith(words):
            return
    raise AssertionError(f"Shift+Tab never came to {words}")


def faults(house: House) -> list[str]:
    """Leave out what axe does to the admin's styles: it copies what they import into elements of its own."""
    return [one for one in house.faults if not one.startswith("Applying inline style")]


def saved(page: Page) -> None:
    expect(page.locator("[data-part=status]")).to_have_text("Saved")


def begun(house: House, ada: Actor, scheme: Any) -> Page:
    """Come to the editor from the project's page, and begin a draft."""
    page = house.page(ada, color_scheme=scheme)
    page.goto(f"{house.address}/projects/cats/")
    focus(page, "Edit decision rights")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("decision rights")
    house.judge(page)
    kept(page, f"rights-{scheme}-project")
    focus(page, "Begin a draft")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Draft of decision rights")
    return page


def write(house: House, page: Page, scheme: Any) -> None:
    """Change the first rule's threshold, and move it below the second: each time the page reads it back."""
    focus(page, "(?s)1.*When confidence is below 0.60")
    page.keyboard.press("Enter")
    for _ in range(4):  # name, field, comparison, value
        page.keyboard.press("Tab")
    house.judge(page)
    page.keyboard.press("Control+A")
    page.keyboard.type("55 %")
    page.keyboard.press("Tab")
    saved(page)
    said = "When confidence is below 0.55, one reviewer in General decides"
    expect(page.locator("#said-row-routing-0")).to_have_text(said)
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("#said-row-routing-1")).to_have_text(said)
    expect(page.locator("#row-routing-1")).to_contain_text("Never reached: rule 1 takes all of these.")
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("#said-row-routing-0")).to_have_text(said)
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("#said-row-routing-1")).to_have_text(said)
    saved(page)
    house.judge(page)
    kept(page, f"rights-{scheme}-draft")


def proposed(house: House, page: Page, scheme: Any) -> None:
    """Look at the difference, and propose it with a reason."""
    focus_back(page, "Differences and publishing")
    page.keyboard.press("Enter")
    expect(page.get_by_text("“Unsure” was rule 1 and is rule 2.")).to_be_visible()
    expect(page.locator("del")).to_contain_text("below 0.60")
    expect(page.locator("ins")).to_contain_text("below 0.55")
    house.judge(page)
    focus(page, "$")
    page.keyboard.type("Less work")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("You proposed this draft or changed it last")).to_be_visible()
    house.judge(page)
    kept(page, f"rights-{scheme}-proposed")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_rights_are_drafted_by_keyboard_and_published_by_a_second_person(house: House, scheme: Any) -> None:
    town = build()
    ada, ben = operations(town, "Ada"), operations(town, "Ben")
    set_publishing(project=town.project, with_second=True, by=ada, at=town.now)
    page = begun(house, ada, scheme)
    write(house, page, scheme)
    proposed(house, page, scheme)
    assert RightsVersion.objects.count() == 1

    other = house.page(ben, color_scheme=scheme)
    other.goto(f"{house.address}{RIGHTS}draft/publishing/")
    focus(other, "Publish$")
    other.keyboard.press("Enter")
    expect(other.get_by_text("Version 2 is published.")).to_be_visible()
    house.judge(other)
    other.goto(f"{house.address}{RIGHTS}versions/2/?against=1")
    expect(other.locator("ins")).to_contain_text("below 0.55")
    house.judge(other)
    kept(other, f"rights-{scheme}-version")
    rights = rights_of(bytes(RightsVersion.objects.get(number=2).body))
    assert [rule.name for rule in rights.routing] == ["Middling", "Unsure"]
    assert not RightsDraft.objects.exists() and faults(house) == []


def test_a_rule_is_dragged_by_its_grip_and_a_row_added_and_removed(house: House) -> None:
    town = build()
    ada = operations(town, "Ada")
    begin_draft(project=town.project, by=ada, at=town.now)
    page = house.page(ada)
    page.goto(f"{house.address}{RIGHTS}draft/")
    page.locator("#row-routing-1 [data-grip]").drag_to(
        page.locator("#row-routing-0"), target_position={"x": 60, "y": 3}
    )
    expect(page.locator("#said-row-routing-0")).to_contain_text("below 0.90")
    page.get_by_role("button", name="Add a rule").click()
    expect(page.locator("#id_routing-2-name")).to_be_focused()
    page.keyboard.type("German shops")
    page.locator("#id_routing-2-when-0-field").fill("segments.geography")
    expect(page.locator("#id_routing-2-when-0-op option[value='<']")).to_be_hidden()
    page.locator("#id_routing-2-when-0-op").select_option("in")
    page.locator("#id_routing-2-when-0-value").fill("DE, AT")
    page.locator("#id_routing-2-then-queue").select_option("senior")
    expect(page.locator("#said-row-routing-2")).to_have_text(
        "When segments.geography is one of DE, AT, one reviewer in Senior decides"
    )
    saved(page)
    page.get_by_role("button", name="Remove Rule 1").click()
    expect(page.locator(".rule-row[data-row^=routing]")).to_have_count(2)
    expect(page.get_by_role("button", name="Add a rule")).to_be_focused()
    rules = RightsDraft.objects.get().body["routing"]
    assert [rule["name"] for rule in rules] == ["Unsure", "German shops"]
    assert rules[1]["when"] == [{"field": "segments.geography", "op": "in", "value": ["DE", "AT"]}]
    assert faults(house) == []


def test_without_scripts_a_draft_is_changed_page_by_page(house: House) -> None:
    town = build()
    ada = operations(town, "Ada")
    begin_draft(project=town.project, by=ada, at=town.now)
    page = house.page(ada, java_script_enabled=False)
    page.goto(f"{house.address}{RIGHTS}draft/")
    page.locator("#id_lease").fill("1 h 30 min")
    page.locator("#down-row-routing-0").click()
    expect(page.locator("#said-row-routing-0")).to_contain_text("below 0.90")
    body = RightsDraft.objects.get().body
    assert (body["lease"], [rule["name"] for rule in body["routing"]]) == ("PT1H30M", ["Middling", "Unsure"])


def test_two_who_write_at_once_are_told_and_neither_loses_what_they_typed(house: House) -> None:
    town = build()
    ada, ben = operations(town, "Ada"), operations(town, "Ben")
    begin_draft(project=town.project, by=ada, at=town.now)
    first, second = house.page(ada), house.page(ben)
    for page in (first, second):
        page.goto(f"{house.address}{RIGHTS}draft/")
    second.locator("#id_lease").fill("20 min")
    saved(second)
    first.locator("#id_lease").fill("30 min")
    expect(first.get_by_role("alert")).to_contain_text("Ben changed this draft")
    expect(first.locator("#id_lease")).to_have_value("30 min")
    first.locator("#id_lease").fill("30 min")  # typing on saves nothing either: only the button does
    first.wait_for_timeout(1000)
    assert RightsDraft.objects.get().body["lease"] == "PT20M"
    first.get_by_role("button", name="Save mine over it").click()
    expect(first.get_by_role("alert")).to_have_count(0)
    assert RightsDraft.objects.get().body["lease"] == "PT30M"


@pytest.mark.parametrize("size", [{"width": 834, "height": 1112}, {"width": 1280, "height": 720}])
def test_the_pages_of_an_empty_project_fit_and_pass_axe(house: House, size: Any) -> None:
    town = build()
    ada = operations(town, "Ada")
    page = house.page(ada, viewport=size, color_scheme="dark")
    begin_draft(project=town.project, by=ada, at=town.now)
    for path in ("", "draft/", "draft/publishing/", "versions/1/", "../"):
        page.goto(f"{house.address}{RIGHTS}{path}")
        house.judge(page)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
        kept(page, f"rights-{size['width']}-{path.replace('/', '-')}")
