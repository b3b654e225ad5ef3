"""A database of its own for a test that commits: races, kills, live servers.

Frozen rows refuse the flush of Django's TransactionTestCase, so such a test gets a copy of the migrated database and
drops it afterwards.
"""

import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from queue import SimpleQueue
from typing import Any

import psycopg
from django.db import connections


def _close_all() -> None:
    for connection in connections.all(initialized_only=True):
        connection.close()


@contextmanager
def fresh_database() -> Iterator[str]:
    """Point the default connection at a fresh copy of the migrated test database; drop it at the end."""
    settings = connections.settings["default"]
    template = settings["NAME"]
    _close_all()
    name, drop = _copy(settings, template)
    settings["NAME"] = name
    connections["default"].settings_dict["NAME"] = name
    try:
        yield name
    finally:
        _close_all()
        settings["NAME"] = template
        connections["default"].settings_dict["NAME"] = template
        drop()


def _copy(settings: dict[str, Any], template: str) -> tuple[str, Callable[[], None]]:
    label = uuid.uuid4().hex[:12]
    if settings["ENGINE"].endswith("sqlite3"):
        from pathlib import Path

        path = Path(template).with_name(f"arena-{label}.sqlite3")
        with sqlite3.connect(template) as source, sqlite3.connect(path) as target:
            source.backup(target)
        target.close()
        source.close()

        def unlink() -> None:
            for part in path.parent.glob(f"{path.name}*"):
                part.unlink()

        return str(path), unlink
    name = f"arena_{label}"
    server = {
        "host": settings["HOST"], "port": settings["PORT"] or None, "user": settings["USER"] or None,
        "password": settings["PASSWORD"] or None, "dbname": "postgres",
    }  # fmt: skip

    def on_server(statement: str) -> None:
        with psycopg.connect(**server, autocommit=True) as server_connection:
            server_connection.execute(statement)

    on_server(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return name, lambda: on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


class Worker(threading.Thread):
    """A thread with a database connection of its own that runs what it is given, one call after another."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.calls: SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None] = SimpleQueue()
        self.start()

    def begin(self, call: Callable[[], Any]) -> Future[Any]:
        """Start a call; its answer or exception comes by the future."""
        future: Future[Any] = Future()
        self.calls.put((call, future))
        return future

    def run(self) -> None:
        while (given := self.calls.get()) is not None:
            call, future = given
            try:
                future.set_result(call())
            except BaseException as problem:  # noqa: BLE001 - handed to whoever waits
                future.set_exception(problem)
        _close_all()

    def end(self) -> None:
        """Finish what was begun and close the connection."""
        self.calls.put(None)
        self.join(30)
