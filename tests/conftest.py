"""Fixtures that all tests share."""

from collections.abc import Iterator

import pytest

from tests.arena import fresh_database


@pytest.fixture
def arena(django_db_setup: None, django_db_blocker: object) -> Iterator[str]:
    """Give a fresh database with committed data, for tests with several connections; its name is the value."""
    with django_db_blocker.unblock(), fresh_database() as name:  # type: ignore[attr-defined]
        yield name
