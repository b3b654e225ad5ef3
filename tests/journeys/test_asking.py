"""Somebody asks by keyboard beside an item; an editor answers and makes it an example that is published; by consent."""

import dataclasses
import os
import re

from playwright.sync_api import Page, expect

from accounts.reads import Actor
from guidelines.models import GuidelineDraft, GuidelineVersion
from reviews.models import Consent, ItemExample, Question, Seat
from tests.guidelines.writing import editor, published
from tests.house import House
from tests.journeys.steps import open_bench, ready, sent, title, town_of
from tests.reviews.asking import asked
from tests.town import Town


def look(page: Page, name: str) -> None:
    """Keep a picture where TEST_SCREENS names a folder."""
    if folder := os.environ.get("TEST_SCREENS"):
        page.screenshot(path=f"{folder}/{name}.png")


def type_question(page: Page, text: str) -> None:
    page.keyboard.press("q")
    expect(page.locator("#ask[open] textarea")).to_be_focused()
    page.keyboard.type(text)


def publish(desk: Page, address: str) -> None:
    """Publish the draft, which says by now what changes, on its own page."""
    GuidelineDraft.objects.update(summary="An example more.")
    desk.goto(f"{address}/admin/guidelines/guidelineversion/cats/draft/en/publishing/")
    look(desk, "ask-publishing")
    desk.locator("[name=sure]").check()
    desk.get_by_role("button", name=re.compile("^Publish")).click()
    expect(desk.get_by_text("Version 2 is published and in force.")).to_be_visible()


def ask_twice(house: House, town: Town) -> Page:
    """Ask beside the item on screen, over a reload, and beside the one that stood ready."""
    page = open_bench(house, town)
    title(page, "item-1")
    ready(page, "approve")
    type_question(page, "Is a shadow")
    page.keyboard.press("Escape")  # the dialog goes, what was typed stays
    expect(page.locator("#ask[open]")).to_have_count(0)
    page.reload()
    title(page, "item-1")
    page.keyboard.press("q")
    box = page.locator("#ask[open] textarea")
    expect(box).to_have_value("Is a shadow")
    page.keyboard.press("End")
    page.keyboard.type(" of a cat a cat?")
    house.judge(page)
    look(page, "ask-dialog")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#ask[open]")).to_have_count(0)
    expect(page.locator("#task-pane [data-kept]")).to_have_text(re.compile("^Question 1 is asked."))
    title(page, "item-1")
    ready(page, "approve")
    made = Question.objects.get()
    assert made.item is not None and made.item.external_id == "item-1"
    assert Seat.objects.get(person=town.people[0].person_id, slot="open").state == "leased"
    look(page, "ask-asked")
    page.keyboard.press("a")
    title(page, "item-2")
    type_question(page, "And of a dog?")  # beside the pane that stood ready
    page.keyboard.press("Control+Enter")
    expect(page.locator("#task-pane [data-kept]")).to_have_text(re.compile("^Question 2 is asked."))
    sent(page)
    assert [one.item.external_id for one in Question.objects.order_by("number") if one.item] == ["item-1", "item-2"]
    return page


def wish(house: House, edna: Actor) -> Page:
    """Read what was asked, begin to answer, and wish for the item as an example."""
    desk = house.page(edna, color_scheme="dark")
    desk.goto(f"{house.address}/")
    desk.get_by_role("link", name=re.compile("^2 wait")).click()
    expect(desk.get_by_role("heading", name="Not covered")).to_be_visible()
    house.judge(desk)
    look(desk, "ask-desk")
    desk.get_by_role("link", name="Question 1").click()
    desk.get_by_label("What you say to it").fill("It is not: what is seen is the ground.")
    house.judge(desk)
    look(desk, "ask-question")
    desk.get_by_role("link", name="Make the item an example").click()
    desk.get_by_role("radio", name="Incorrect").check()
    desk.get_by_label("What it shows and why it was judged so").fill("A shadow of a cat is none.")
    desk.get_by_label("Section").select_option("toys")
    desk.get_by_label("Why this item is to be shown").fill("Somebody was in doubt.")
    house.judge(desk)
    look(desk, "ask-example")
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_text("Asked. Until somebody lets the item be shown, nothing of it is copied.")).to_be_visible()
    return desk


def consent(house: House, carl: Actor) -> None:
    """Let the item be shown."""
    records = house.page(carl)
    records.goto(f"{house.address}/")
    records.get_by_role("region", name="May these items be shown in a guideline?").get_by_role("link").click()
    expect(records.get_by_role("button", name="It may be shown")).to_be_visible()
    house.judge(records)
    look(records, "ask-consent")
    records.get_by_role("button", name="It may be shown").click()
    expect(records.get_by_text("The item may be shown now. Its editors can make the example.")).to_be_visible()
    assert Consent.objects.get().state == "given"


def make(house: House, desk: Page) -> None:
    """Put the example into the draft, filled in as it was wished for."""
    desk.goto(f"{house.address}/projects/cats/questions/")
    desk.get_by_role("region", name="May be shown, and no example yet").get_by_role("link").click()
    expect(desk.get_by_label("What it shows and why it was judged so")).to_have_value("A shadow of a cat is none.")
    desk.get_by_role("button", name="Put it into the draft").click()
    desk.wait_for_url("**/admin/guidelines/**")
    look(desk, "ask-in-draft")
    example = ItemExample.objects.get()
    publish(desk, house.address)
    assert example.example.encode() in bytes(GuidelineVersion.objects.get(number=2).body)


def close(house: House, desk: Page) -> None:
    """Close the question with the version that covers it."""
    made = Question.objects.get(number=1)
    desk.goto(f"{house.address}/projects/cats/questions/{made.uuid}/")
    desk.get_by_role("radio", name="Covered by a version").check()
    desk.get_by_label("What you say to it").fill("See the new example.")
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_text("Question 1 is closed, and whoever asked is told.")).to_be_visible()


def read_answer(house: House, page: Page) -> None:
    """Read the answer from one's first page on."""
    page.goto(f"{house.address}/")
    page.get_by_role("link", name="Version 2 covers it").click()
    expect(page.get_by_text("See the new example.")).to_be_visible()
    house.judge(page)
    look(page, "ask-answered")
    page.get_by_role("link", name="Version 2 of the guideline covers it.").click()
    page.wait_for_url("**/guideline/?version=2")
    assert house.faults == []


def test_a_question_from_the_workbench_to_a_published_example(house: House) -> None:
    town = town_of(3)
    edna, carl = editor(town), editor(town, "carl", "compliance")
    published(town, edna)
    page = ask_twice(house, town)
    desk = wish(house, edna)
    consent(house, carl)
    make(house, desk)
    close(house, desk)
    read_answer(house, page)


def test_a_section_is_asked_about_while_one_reads(house: House) -> None:
    town = town_of(1)
    published(town, editor(town))
    page = house.page(dataclasses.replace(town.people[0]), color_scheme="dark")
    page.goto(f"{house.address}/projects/cats/guideline/")
    page.get_by_role("link", name="Ask about “Toys”").click()
    expect(page.locator("#question-section")).to_have_value("toys")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Write something first.")).to_be_visible()
    page.keyboard.type("What of plush dogs?")
    house.judge(page)
    look(page, "ask-reading")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-kept]")).to_have_text(re.compile("^Question 1 is asked."))
    assert Question.objects.get().section == "toys"
    page.goto(f"{house.address}/projects/cats/questions/")
    expect(page.get_by_role("heading", name="Your questions")).to_be_visible()
    house.judge(page)
    look(page, "ask-mine")
    assert [fault for fault in house.faults if "422" not in fault] == []


def test_the_panel_beside_the_item_names_the_section(house: House) -> None:
    town = town_of(1)
    published(town, editor(town))
    page = open_bench(house, town)
    title(page, "item-1")
    page.keyboard.press("g")
    page.locator("[data-guide-part] .lines button", has_text="Toys").click()
    expect(page.locator("[data-guide-part] h3")).to_have_text("Toys")
    page.keyboard.press("q")
    expect(page.locator("#question-section")).to_have_value("toys")
    for _ in range(20):
        asked(town, text="More?")
    page.keyboard.type("One too many?")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Twenty questions of yours wait")).to_be_visible()
    expect(page.locator("#ask textarea")).to_have_value("One too many?")
    title(page, "item-1")
