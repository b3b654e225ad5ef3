"""People that the tests of accounts ask for."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connections

if TYPE_CHECKING:
    from playwright.sync_api import Browser

from accounts.actions import add_person, give_membership
from accounts.models import Membership, Person, Project
from accounts.reads import Actor
from tests.conftest import AT

HOUR = timedelta(hours=1)
PASSWORD = "a ring of solid squares"


@pytest.fixture
def ines(by: Actor) -> Person:
    return add_person(name="Ines", email="ines@example.org", password=PASSWORD, by=by, at=AT)


@pytest.fixture
def reviewer(ines: Person, project: Project, by: Actor) -> Membership:
    return give_membership(person=ines, project=project, role="reviewer", by=by, at=AT)


@pytest.fixture(scope="session")
def closed_connections() -> None:
    """Close what the tests before have open: once playwright's loop runs in this thread, nobody sees it any more."""
    connections.close_all()


@pytest.fixture(scope="session")
def browser(closed_connections: None, browser: "Browser") -> "Browser":
    """Give the browser of the run, started with no connection left open: an arena copies only a database at rest."""
    return browser
