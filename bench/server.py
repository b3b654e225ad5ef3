"""A database of the bench's own, on the server at DATABASE_URL or on an embedded one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg

from tests.services import Services


@contextmanager
def environment(engine: str, keep: str | None) -> Iterator[bool]:
    """Set the environment that hitl/settings.py reads; give whether the database is filled already.

    A database named by `keep` stays for the next run; any other is dropped. SQLite's lives in a temporary folder.
    """
    server = os.environ.get("DATABASE_URL")
    if server and engine == "postgres":
        os.environ["TEST_DATABASE_URL"] = server
    services = Services()
    services.start(engine)
    os.environ["HITL_DRAW_MASTER"] = "be" * 32  # a database that is kept was promised the draws of this one
    try:
        if engine == "sqlite":
            yield False
        else:
            with _database(os.environ["DATABASE_URL"], keep) as known:
                yield known
    finally:
        services.stop()


@contextmanager
def _database(server: str, keep: str | None) -> Iterator[bool]:
    name = keep or f"hitl_bench_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        known = bool(connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone())
        if not known:
            connection.execute(f'CREATE DATABASE "{name}"')
    os.environ["DATABASE_URL"] = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    try:
        yield known
    finally:
        if not keep:
            from django.db import connections

            connections.close_all()
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
