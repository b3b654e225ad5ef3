"""An export from wish to file, in a real browser: by keyboard alone, live, without scripts, judged by axe."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from reviews.jobs import make_export
from reviews.models import Export
from tests.audit.exports import busy, verified
from tests.house import House
from tests.journeys.test_looking_after import SIZES, focus, with_role


@pytest.fixture(autouse=True)
def folders(settings: Any, tmp_path: Path) -> None:
    settings.EXPORTS, settings.LEDGER_KEYS = tmp_path / "exports", tmp_path / "keys"
    settings.LEDGER_WITNESS = tmp_path / "witness.ndjson"


def screen(page: Page, name: str) -> None:
    """Keep a picture where TEST_SCREENS names a folder."""
    if folder := os.environ.get("TEST_SCREENS"):
        page.screenshot(path=f"{folder}/{name}.png")


def test_compliance_makes_and_takes_an_export_by_keyboard_and_an_outsider_verifies_it(
    house: House, tmp_path: Path
) -> None:
    town = busy(items=6)
    page = house.page(with_role(town, "compliance"))
    page.goto(house.address)
    focus(page, "Make an export")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Exports")

    page.wait_for_load_state()
    page.locator("[name=chosen]:checked").press("ArrowUp")
    expect(page.get_by_label("What happened to one item")).to_be_checked()
    expect(page.get_by_label("First day")).to_be_hidden()
    page.keyboard.press("Tab")
    page.keyboard.type("item-99")
    page.keyboard.press("Enter")
    expect(page.get_by_text("This project has no item of this name.")).to_be_visible()
    house.judge(page)
    page.get_by_label("Name of the item").focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("item-2")
    page.keyboard.press("Enter")
    expect(page.get_by_text("It is being made.")).to_be_visible()
    expect(page.locator(".exports .badge")).to_have_text("waiting to be written")

    make_export(Export.objects.get().pk)
    expect(page.locator(".exports .badge")).to_have_text("ready")
    expect(page.locator("#live")).to_contain_text("Item item-2")
    expect(page.locator(".exports [data-module=copy]")).to_be_visible()
    focus(page, "Download")
    with page.expect_download() as taking:
        page.keyboard.press("Enter")
    taking.value.save_as(tmp_path / "taken.zip")
    assert taking.value.suggested_filename.startswith("cats-")
    assert verified(tmp_path / "taken.zip")["exit"] == 0
    assert [fault for fault in house.faults if "422" not in fault] == []


def test_an_export_is_asked_for_and_taken_without_scripts(house: House, tmp_path: Path) -> None:
    town = busy(items=3)
    page = house.page(with_role(town, "compliance"), java_script_enabled=False)
    page.goto(f"{house.address}/projects/cats/exports/")
    page.get_by_role("button", name="Export the whole project").click()
    make_export(Export.objects.get().pk)
    page.get_by_role("link", name="Look again").click()
    with page.expect_download() as taking:
        page.get_by_role("link", name="Download").click()
    taking.value.save_as(tmp_path / "taken.zip")
    assert verified(tmp_path / "taken.zip")["exit"] == 0
    expect(page.locator("#auditor-keys")).to_contain_text("hitl.invalid/")


def shown_in_every_state(town: Any, who: Any) -> None:
    """Let there be an export of each state."""
    at = timezone.now()
    done = {"begin": 0, "end": 48210, "size": 48211, "manifest": "4f" * 32, "bytes": 18_400_211}
    kept = at + timezone.timedelta(days=30)
    for state, more in (
        ("gone", {"chosen": "item", "external_id": "item-2", "kept_until": at, **done}),
        ("failed", {"said": "The ledger has no entry in this range.", "since_at": at, "until_at": at}),
        ("done", {"kept_until": kept, **done}),
        ("running", {"done": 42_000, "total": 100_000}),
    ):
        chosen = more.pop("chosen", "dates" if state == "failed" else "whole")
        Export.objects.create(
            project=town.project, person_id=who.person_id, asked_at=at, moved_at=at, state=state, chosen=chosen, **more
        )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_state_of_an_export_passes_axe_at_both_sizes(house: House, scheme: Any) -> None:
    town = busy(items=3)
    who = with_role(town, "compliance")
    page = house.page(who, color_scheme=scheme)
    for name in ("empty", "full"):
        page.goto(f"{house.address}/projects/cats/exports/")
        for size in SIZES:
            page.set_viewport_size(size)  # type: ignore[arg-type]
            house.judge(page)
            screen(page, f"exports-{name}-{size['width']}-{scheme}")
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, size
        if name == "empty":
            page.get_by_label("What happened on some days").check()
            house.judge(page)
            screen(page, f"exports-days-{scheme}")
            shown_in_every_state(town, who)
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    screen(page, f"exports-below-{scheme}")
    page.goto(house.address)
    house.judge(page)
    screen(page, f"exports-home-{scheme}")
    assert house.faults == []
