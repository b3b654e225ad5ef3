"""Take pictures of every page of a running demo, in light and dark, on a small screen and on a tablet.

    .venv/bin/python demo/scripts/picture_pages.py http://127.0.0.1:8000 docs/images/pages

`make run` has to be running there, with the demo's door open, and the checkout on PYTHONPATH. The demo is used as
people use it, so reset it afterwards. Needs what `make test` installs. Further words name the pages to take.
"""

import io
import json
import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import FLAGS, program

SCREENS = {"screen": (1280, 720), "tablet": (834, 1112)}
SCHEMES = ("light", "dark")
Step = Callable[[Page], None]


def at(path: str) -> Step:
    return lambda page: void(page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/")[2] + path))


def void(_: object) -> None:
    return None


def bench(project: str, queue: str) -> Step:
    """Open a queue's workbench; an item of another queue that is still open is given back first."""

    def step(page: Page) -> None:
        at(f"/projects/{project}/queues/{queue}/work/")(page)
        if f"/projects/{project}/queues/{queue}/" not in page.url:
            page.get_by_role("button", name="Give back").click()
            page.wait_for_load_state("networkidle")
            at(f"/projects/{project}/queues/{queue}/work/")(page)

    return step


def keys(page: Page) -> None:
    at("/")(page)
    page.keyboard.press("?")


def first_item(project: str, state: str) -> Step:
    def step(page: Page) -> None:
        at(f"/projects/{project}/items/?state={state}")(page)
        page.locator("main table a").first.click()
        page.wait_for_load_state("networkidle")

    return step


def seen(project: str) -> Step:
    def step(page: Page) -> None:
        first_item(project, "decided")(page)
        page.get_by_role("link", name="What was on the screen").first.click()
        page.wait_for_load_state("networkidle")

    return step


def led(path: str, link: str, part: str = "main") -> Step:
    """Open a page and follow the first link in a part of it that is named so."""

    def step(page: Page) -> None:
        at(path)(page)
        page.locator(part).get_by_role("link", name=re.compile(link)).first.click()
        page.wait_for_load_state("networkidle")

    return step


def appeal(page: Page) -> None:
    first_item("credit", "decided")(page)
    page.get_by_role("link", name="Take in an appeal").click()
    page.wait_for_load_state("networkidle")


def held_back(page: Page) -> None:
    """Hold everything of a project, send it some items, and ask what turning the switch back would do."""
    turned("hold-everything", "The vendor reports a fault in this model")(page)
    token = re.search(r"hitl_\S+", (Path(os.environ.get("HITL_DATA") or ".hitl") / "demo.txt").read_text())
    assert token
    rows = (Path(__file__).parent.parent / "reviews" / "items.jsonl").read_text().splitlines()[:40]
    items = [{**json.loads(row), "external_id": f"held-{time.time_ns()}"} for row in rows]
    told = page.request.post(
        page.url.split("/projects/")[0] + "/api/v1/projects/reviews/items/",
        headers={"Authorization": f"Bearer {token[0]}"},
        data={"items": items},
    )
    assert told.ok, told.text()
    at("/projects/reviews/switch/?position=normal")(page)


def turned(position: str, why: str) -> Step:
    def step(page: Page) -> None:
        at(f"/projects/reviews/switch/?position={position}")(page)
        page.locator("[name=reason]").fill(why)
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_load_state("networkidle")

    return step


def pressed(project: str, queue: str, key: str, part: str) -> Step:
    """Open a workbench and press a key there; the part that it opens is waited for."""

    def step(page: Page) -> None:
        bench(project, queue)(page)
        page.keyboard.press(key)
        page.locator(part).first.wait_for()

    return step


WRITING = "/admin/guidelines/guidelineversion/photos/"
CARDS = "/admin/guidelines/guidelineversion/credit/cards/"
REPLAYS, DRAFT = "/projects/photos/replays/", "/admin/reviews/rightsversion/photos/draft/"
PAGES: list[tuple[str, str, Step]] = [
    ("door", "", at("/demo/")),
    ("sign-in", "", at("/sign-in/")),
    ("home-reviewer", "reviewer", at("/")),
    ("workbench-picture", "reviewer", bench("photos", "general")),
    ("workbench-form", "reviewer", bench("credit", "general")),
    ("workbench-text", "reviewer", bench("reviews", "general")),
    ("batch", "reviewer", at("/projects/photos/queues/general/batch/")),
    ("settings", "reviewer", at("/settings/")),
    ("own-rights", "reviewer", at("/settings/rights/")),
    ("keys", "reviewer", keys),
    ("guideline", "reviewer", at("/projects/photos/guideline/")),
    ("guideline-panel", "reviewer", pressed("photos", "general", "g", "#side-guide, .guide.panel")),
    ("model-card", "reviewer", pressed("photos", "general", "m", "#side-card")),
    ("ask", "reviewer", pressed("photos", "general", "q", "dialog[open]")),
    ("questions", "guideline_editor", at("/projects/photos/questions/")),
    ("question", "guideline_editor", led("/projects/photos/questions/", "^Question 1")),
    ("guideline-changes", "reviewer", at("/projects/photos/guideline/changes/?from=1")),
    ("model-cards", "reviewer", at("/projects/credit/cards/")),
    ("readers", "operations", at("/projects/credit/guideline/readers/")),
    ("rereviews", "operations", at("/projects/photos/rereviews/")),
    ("guideline-versions", "guideline_editor", at(WRITING)),
    ("guideline-writing", "guideline_editor", at(f"{WRITING}draft/en/")),
    ("guideline-labels", "guideline_editor", at(f"{WRITING}draft/en/labels/")),
    ("guideline-examples", "guideline_editor", at(f"{WRITING}draft/en/examples/")),
    ("guideline-publishing", "guideline_editor", at(f"{WRITING}draft/en/publishing/")),
    ("card-versions", "guideline_editor", led(CARDS, "credit|policy|.", "main table")),
    ("home-adjudicator", "adjudicator", at("/")),
    ("adjudication", "adjudicator", bench("credit", "adjudication")),
    ("second-signature", "adjudicator", led("/", "^case-", "section:has-text('second signature')")),
    ("home-operations", "operations", at("/")),
    ("operations", "operations", at("/projects/credit/operations/")),
    ("items", "operations", at("/projects/photos/items/")),
    ("item", "operations", first_item("credit", "decided")),
    ("levels", "operations", first_item("credit", "escalated")),
    ("appeal", "operations", appeal),
    ("callbacks", "operations", at("/projects/credit/callbacks/")),
    ("replays", "operations", at(REPLAYS)),
    ("replay", "operations", led(REPLAYS, "all that ever came in")),
    ("rights-editor", "operations", at(DRAFT)),
    ("rights-publishing", "operations", at(f"{DRAFT}publishing/")),
    ("presentation", "compliance", seen("credit")),
    ("home-compliance", "compliance", at("/")),
    ("trail", "compliance", at("/projects/credit/trail/")),
    ("exports", "compliance", at("/projects/credit/exports/")),
    ("home-editor", "guideline_editor", at("/")),
    ("home-owner", "owner", at("/")),
    ("new-project", "owner", at("/new-project/")),
    ("project", "owner", at("/projects/photos/")),
    ("tray", "owner", at("/projects/photos/tray/")),
    ("threshold", "owner", at("/projects/photos/threshold/")),
    ("admin", "owner", at("/admin/")),
    ("not-found", "reviewer", at("/nowhere/")),
    ("switch-back", "operations", held_back),
]


def main(address: str, folder: Path, only: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program(), args=FLAGS)
        for screen, (width, height) in SCREENS.items():
            for scheme in SCHEMES:
                picture(chromium, address, folder, (screen, width, height, scheme), only)
        chromium.close()


def picture(chromium: Browser, address: str, folder: Path, size: tuple[str, int, int, str], only: list[str]) -> None:
    screen, width, height, scheme = size
    pages: dict[str, Page] = {}
    for name, role, step in PAGES:
        if only and name not in only:
            continue
        if role not in pages:
            context = chromium.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,
                reduced_motion="reduce",
                locale="en-GB",
            )
            pages[role] = context.new_page()
            pages[role].goto(f"{address}/demo/")
            if role:
                pages[role].locator(f"form:has([name=role][value={role}]) button").click()
                pages[role].wait_for_load_state("networkidle")
        page = pages[role]
        step(page)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(300)
        made = Image.open(io.BytesIO(page.screenshot()))
        made.convert("RGB").save(folder / f"{name}-{screen}-{scheme}.webp", quality=62, method=6)
        print(name, screen, scheme)
    if pages.get("operations") and (not only or "switch-back" in only):
        turned("normal", "The vendor has mended it")(pages["operations"])
    for page in pages.values():
        page.context.close()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"), Path(sys.argv[2]), sys.argv[3:])
