"""A house of its own for each journey: a fresh database with committed data, a server on it, a browser before it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol
from django.db import connections
from playwright.sync_api import Browser, expect

from tests.house import House, served

HERE = Path(__file__).parent
expect.set_options(timeout=15_000)  # a page that is late on a busy machine is no fault


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Walk each journey on one engine by default, file by file in turn; on the other one it is a long test.

    What a browser shows does not depend on the engine, and each engine's loop has its own tests. PostgreSQL, whose
    other tests take longer, has every third file.
    """
    files = sorted(path.name for path in HERE.glob("test_*.py"))
    on_postgres = config.getoption("engine") == "postgres"
    for item in items:
        if item.path.parent == HERE and (files.index(item.path.name) % 3 == 2) != on_postgres:
            item.add_marker("long")


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


def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Walk a journey that failed once more, in a fresh house: a busy machine may keep a browser waiting too long.

    So it is with tests of whole programs, beside this folder. What fails twice has failed; what was walked twice is
    told in the summary. This hook is asked of every test: the others fail at once.
    """
    if item.path.parent not in (HERE, HERE.parent):
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    reports = runtestprotocol(item, log=False, nextitem=nextitem)
    if any(report.failed for report in reports):
        told = next(report.longreprtext.strip().splitlines()[-1] for report in reports if report.failed)
        item.warn(pytest.PytestWarning(f"walked twice: {told}"))
        item._initrequest()  # type: ignore[attr-defined]
        reports = runtestprotocol(item, log=False, nextitem=nextitem)
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True
