"""A house of its own for each journey: a fresh database with committed data, a server on it, a browser before it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.house import House, served


@pytest.fixture
def house(arena: str, browser: Browser, axe: str) -> Iterator[House]:
    """Give a server on the arena's database, and browsers before it."""
    with served(browser, axe) as found:
        yield found
