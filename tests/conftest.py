"""Fixtures that all tests share."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from django.conf import settings

from tests.arena import fresh_database

if TYPE_CHECKING:
    from accounts.models import Project
    from accounts.reads import Actor

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def pytest_configure() -> None:
    """Let passwords of this process be hashed quickly."""
    settings.PASSWORD_HASHERS = ["tests.hashing.QuickScrypt"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run on one engine by default what no engine changes."""
    if config.getoption("engine") == "postgres":
        for item in items:
            if item.get_closest_marker("one_engine"):
                item.add_marker("long")


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Fail a test that leaves this process in real time: what starts later would starve the machine."""
    if hasattr(os, "sched_getscheduler") and os.sched_getscheduler(0) != os.SCHED_OTHER:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
        pytest.fail(f"{item.nodeid} left this process in real time; a library did that", pytrace=False)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: object) -> Iterator[None]:
    """Migrate the test database, whichever tests were picked: an arena copies it without the `django_db` mark."""
    from django.test.utils import setup_databases, teardown_databases

    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        kept = setup_databases(verbosity=0, interactive=False)
    yield
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        teardown_databases(kept, verbosity=0)


@pytest.fixture
def arena(django_db_setup: None, django_db_blocker: object) -> Iterator[str]:
    """Give a fresh database with committed data, for tests with several connections; its name is the value."""
    with django_db_blocker.unblock(), fresh_database() as name:  # type: ignore[attr-defined]
        yield name


@pytest.fixture
def by(db: None) -> "Actor":
    """Give the installation's console, which may do what an owner may."""
    from accounts.reads import console

    return console()


@pytest.fixture
def project(by: "Actor") -> "Project":
    """Give a bare project."""
    from accounts.actions import create_project

    return create_project(slug="shelves", name="Shelves", task_type="classification", by=by, at=AT)


@pytest.fixture
def other(by: "Actor") -> "Project":
    """Give another one, of another kind."""
    from accounts.actions import create_project

    return create_project(slug="calls", name="Calls", task_type="transcript", by=by, at=AT)


@pytest.fixture
def erasures_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Teach the ledger the event of an erasure, for one test: the app that will record it is not there yet."""
    from audit.reads import KINDS, EventKind

    monkeypatch.setitem(KINDS, "compliance.subject_erased", EventKind("compliance.subject_erased", "It was erased"))
