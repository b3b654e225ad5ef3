"""A house of its own for each journey: a fresh database with committed data, a server on it, a browser before it."""

from collections.abc import Iterator

import pytest
from django.db import connections
from playwright.sync_api import Browser

from tests.house import House, served


@pytest.fixture(scope="session")
def browser(settled: None, browser: Browser) -> Browser:
    """Give the run's browser, started after the databases were made and let go.

    From then on playwright's loop runs in this thread, and what was connected before it is out of Django's sight.
    """
    return browser


@pytest.fixture(scope="session")
def settled(django_db_setup: None, django_db_blocker: object) -> None:
    """Make the test database and close the connection that did."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        connections.close_all()


@pytest.fixture
def house(arena: str, browser: Browser, axe: str) -> Iterator[House]:
    """Give a server on the arena's database, and browsers before it."""
    with served(browser, axe) as found:
        yield found
