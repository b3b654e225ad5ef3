"""Steps of a reviewer's journeys."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.house import House
from tests.town import RIGHTS, Town, build

ALL = ["approve", "correct", "reject", "escalate", "skip"]
ASKING = RIGHTS | {
    "verdicts": [
        {"queue": "general", "role": "reviewer", "allow": ALL, "reason_for": ["reject", "skip"]},
        {"queue": "senior", "role": "adjudicator", "allow": ALL},
        {"queue": "adjudication", "role": "adjudicator", "allow": ALL},
    ],
    "high_impact": {"arm": "review", "queue": "general", "decisions": 2},
    "disagreement": {"measure": "exact", "agree_at": "1", "then": "adjudicate", "at_most": 3, "finally": "adjudicate"},
    "release_after": "PT10M",
}


def town_of(items: int, **changes: Any) -> Town:
    town = build(rights=ASKING, **changes)
    for _ in range(items):
        town.send(0.5)
    return town


def title(page: Page, external_id: str, patience: float = 5_000) -> None:
    expect(page.locator("#task-pane:not([data-fresh]) h1")).to_have_text(external_id, timeout=patience)


def sent(page: Page) -> None:
    """Wait until the last decision is with the server and the item on screen is opened there."""
    expect(page.locator("#task-pane[data-ahead]")).to_have_count(0)
    expect(page.locator("[data-part=last] .last").first).to_be_visible()


def ready(page: Page, verdict: str) -> None:
    expect(page.locator(".verdict[data-ready]")).to_have_attribute("value", verdict)


def open_bench(house: House, town: Town, who: Any = None, queue: str = "general", **options: Any) -> Page:
    page = house.page(who or town.people[0], **options)
    page.goto(f"{house.address}/projects/{town.project.slug}/queues/{queue}/work/")
    return page
