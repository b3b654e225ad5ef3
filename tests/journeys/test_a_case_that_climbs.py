"""An overdue case climbs two levels and is answered; another is returned with guidance: by keyboard, judged by axe."""

import datetime as dt
import os
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Membership
from reviews.actions import climb
from reviews.models import Acknowledgement, Item, Outcome, Task
from tests.house import House
from tests.journeys.steps import ASKING, open_bench, sent, title
from tests.journeys.test_looking_after import focus, with_role
from tests.reviews.test_escalation import QUEUES, rule
from tests.town import Town, build

CLOCK = [
    {"name": "Late", "on": "overdue", "after": "PT1H", "to": {"level": 1, "queue": "senior", "notify": ["operations"]}},
    {"name": "Very late", "on": "overdue", "after": "PT2H", "to": {"level": 2, "queue": "head"}},
]
ALL = ["approve", "correct", "reject", "escalate", "skip"]
ROLES = [
    {"queue": "general", "role": "reviewer", "allow": ALL},
    *({"queue": queue, "role": "adjudicator", "allow": ALL} for queue in ("senior", "head", "adjudication")),
]


def late_town(**changes: Any) -> Town:
    """Build a town whose one item came in five hours ago and was due after two."""
    rights = ASKING | {
        "escalation": [rule("asked"), *CLOCK],
        "service_levels": [{"queue": "general", "due_after": "PT2H"}],
        "verdicts": ROLES,
    }
    town = build(queues=QUEUES, rights=rights, **changes)
    town.now -= dt.timedelta(hours=5, minutes=1)
    Membership.objects.update(from_at=town.now)
    town.send(0.5)
    return town


def look(house: House, page: Page, name: str) -> None:
    house.judge(page)
    if folder := os.environ.get("TEST_SCREENS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_an_overdue_case_climbs_two_levels_and_is_answered(house: House) -> None:
    town = late_town()
    operator = with_role(town, "operations")
    desk = house.page(operator)
    desk.goto(f"{house.address}/projects/cats/operations/")
    expect(desk.locator("section[aria-labelledby=late] tbody tr")).to_have_count(1)
    expect(desk.locator("section[aria-labelledby=late] .badge")).to_contain_text("late")
    look(house, desk, "late-before")
    town.wait(hours=3)
    assert climb(at=town.now) == 1
    desk.goto(house.address)
    expect(desk.locator("main aside")).to_contain_text("1 escalated item waits for an answer")
    look(house, desk, "operations-home")
    town.wait(hours=2)
    assert climb(at=town.now) == 1
    answerer = town.adjudicators[0]
    page = house.page(answerer)
    acknowledged(house, page)
    page.keyboard.press("a")
    sent(page)
    assert Outcome.objects.get().source == "adjudicator"
    desk.goto(f"{house.address}/projects/cats/items/{Item.objects.get().uuid}/")
    history = desk.get_by_text("The item was escalated to Head: nobody answered in time")
    expect(history.first).to_be_visible()  # near midnight its days are two lists
    expect(desk.locator(".levels li")).to_have_count(3)
    look(house, desk, "item")


def acknowledged(house: House, page: Page) -> None:
    """Go to the case that waits at the head from home, and acknowledge it."""
    page.goto(house.address)
    need = page.locator("main aside .msg").first
    expect(need).to_contain_text("1 escalated item waits for an answer")
    look(house, page, "adjudicator-home")
    need.get_by_role("link").focus()
    page.keyboard.press("Enter")
    title(page, "item-1")
    expect(page.locator(".side .note:visible").first).to_contain_text("Escalated to Head: nobody answered in time.")
    look(house, page, "head-bench")
    focus(page, "Acknowledge")
    page.keyboard.press("Enter")
    title(page, "item-1")
    expect(page.get_by_role("button", name="Acknowledge")).to_have_count(0)
    assert Acknowledgement.objects.get().task.queue.slug == "head"
    page.get_by_text("This item so far").click()
    expect(page.locator(".levels li")).to_have_count(3)
    look(house, page, "head-bench-levels")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_case_is_returned_with_guidance_by_keyboard(house: House, scheme: str) -> None:
    town = late_town(people=2)
    town.wait(hours=3)
    climb(at=town.now)
    page = open_bench(house, town, town.adjudicators[0], "senior", color_scheme=scheme)
    title(page, "item-1")
    focus(page, "Return")
    page.keyboard.press("Enter")
    expect(page.locator("#rationale")).to_be_focused()
    look(house, page, f"return-{scheme}")
    page.keyboard.type("Look at the ears, not the tail.")
    focus(page, "Return")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Nothing waits for you here.")).to_be_visible()
    assert Task.objects.get(state="open").queue.slug == "general"
    below = open_bench(house, town, color_scheme=scheme, viewport={"width": 834, "height": 1112})
    title(below, "item-1")
    expect(below.locator(".side .note:visible").first).to_contain_text("Look at the ears, not the tail.")
    look(house, below, f"guided-{scheme}")
