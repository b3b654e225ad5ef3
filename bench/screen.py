"""The next item on screen: from the key to the frame that shows it, in a real browser with the flow's own script."""

import argparse
import statistics
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page, expect, sync_playwright

from accounts.actions import add_person, give_membership
from accounts.reads import Actor, actor_of_person, console
from bench.filling import Town
from bench.measuring import Figure
from tests.browser import FLAGS, program
from tests.house import House, served

ITEMS = 30
WARM = 5
WATCH = """() => {
    addEventListener('keydown', event => { window.pressed = event.timeStamp }, true);
    new MutationObserver(() => requestAnimationFrame(() => setTimeout(() => {
        window.shown = performance.now() - window.pressed;
    }))).observe(document.querySelector('.flow'), {childList: true});
}"""


def measure(town: Town, options: argparse.Namespace) -> list[Figure]:
    who = _reviewer(town)
    call_command("collectstatic", interactive=False, verbosity=0)
    with ThreadPoolExecutor(1) as alone:  # playwright's loop wants a thread to itself
        return alone.submit(_walk, town, who).result()


def _reviewer(town: Town) -> Actor:
    at = timezone.now()
    made = add_person(name="Bench", email=f"bench-{at:%H%M%S%f}@hitl.invalid", by=console(), at=at)
    person = getattr(made, "person", made)
    give_membership(person=person, project=town.project, role="reviewer", by=console(), at=at)
    return actor_of_person(person, "browser")


def _walk(town: Town, who: Actor) -> list[Figure]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program(), args=FLAGS)
        with served(chromium, "") as house:
            page, weight = _open(house, town, who)
            took = [_next(page) for _ in range(ITEMS)][WARM:]
        chromium.close()
    tail = statistics.quantiles(took, n=10)[-1]
    note = f"median of {len(took)}; nine in ten within {tail:.0f} ms; no request is waited for"
    return [
        Figure("next item on screen after the key", statistics.median(took), "ms", at_most=100, note=note),
        Figure(
            "the review page without its media", weight / 1000, "kB", at_most=300, note="all that a first visit loads"
        ),
    ]


def _open(house: House, town: Town, who: Actor) -> tuple[Page, int]:
    page = house.page(who)
    sizes: list[int] = []
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    page.goto(f"{house.address}/projects/{town.project.slug}/queues/{town.general.slug}/work/")
    expect(page.locator("#task-pane h1")).not_to_be_empty()
    page.wait_for_load_state("networkidle")
    page.evaluate(WATCH)
    return page, sum(sizes)


def _next(page: Page) -> float:
    before = page.locator("#task-pane h1").inner_text()
    page.keyboard.press("a")
    expect(page.locator("#task-pane:not([data-fresh]):not([data-ahead]) h1")).not_to_have_text(before)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(60)
    took: Any = page.evaluate("() => window.shown")
    return float(took)
