"""Fixtures that all tests share."""

from collections.abc import Iterator

import pytest

from tests.arena import fresh_database


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
