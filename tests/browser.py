"""The browser of the tests: Debian's Chromium, driven by playwright, with axe to judge pages by."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

AXE = Path(__file__).resolve().parent.parent / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def program() -> str | None:
    """Give the path of a Chromium, or None where there is none."""
    return os.environ.get("TEST_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """Give one Chromium for the whole run; a test opens a context of its own in it."""
    if not program():
        pytest.fail(
            "There is no Chromium here. `make test` installs it; or set TEST_CHROMIUM to its path.", pytrace=False
        )
    try:
        from django.db import connections
        from playwright.sync_api import sync_playwright
    except ImportError:
        pytest.fail("playwright is missing. `make test` installs it.", pytrace=False)
    connections.close_all()  # playwright's loop hides from Django what was open before it
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program(), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """Give the source of axe-core, for `page.evaluate` in an isolated world."""
    if not AXE.exists():
        pytest.fail("axe-core is missing. `make test` installs it.", pytrace=False)
    return AXE.read_text()
