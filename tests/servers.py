"""The real server and worker, each in a process of its own, on the database of an arena; made to be killed."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connections


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def environment(**changes: str) -> dict[str, str]:
    """Give a process the arena's database and the tests' data folder."""
    database = connections.settings["default"]
    if database["ENGINE"].endswith("sqlite3"):
        url = f"sqlite:{database['NAME']}"
    else:
        where = f"{database['HOST']}" if not database["HOST"].startswith("/") else ""
        port = f":{database['PORT']}" if database["PORT"] else ""
        query = f"?host={database['HOST']}" if database["HOST"].startswith("/") else ""
        secret = f":{quote(database['PASSWORD'])}" if database["PASSWORD"] else ""
        url = f"postgresql://{database['USER']}{secret}@{where}{port}/{database['NAME']}{query}"
    return os.environ | {"DATABASE_URL": url, "HITL_LOOPBACK": "1", "HITL_HOSTS": "127.0.0.1"} | changes


@dataclass
class Program:
    """A program in a process group of its own."""

    command: list[str]
    changes: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it."""
        self.process = subprocess.Popen(
            self.command, env=environment(**self.changes), cwd=settings.BASE_DIR, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def kill(self) -> None:
        """Kill it and its children with no chance to tidy up."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(30)
            self.process = None


class Server(Program):
    """The web server."""

    def __init__(self, **changes: str) -> None:
        self.port = free_port()
        super().__init__(
            [
                sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port),
                "--workers", "1", "--blocking-threads", changes.get("HITL_WEB_THREADS", "4"), "hitl.server:application",
            ],
            changes,
        )  # fmt: skip

    def start(self) -> None:
        """Start it and wait until it answers."""
        super().start()
        for _ in range(300):
            try:
                self.call("GET", "/api/v1/docs/")
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError("the server did not start")

    def call(
        self, method: str, path: str, token: str = "", body: bytes | None = None, kind: str = "application/json"
    ) -> tuple[int, Any]:
        """Call it over HTTP; give status and what came, as JSON where it is."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            headers = {"Content-Type": kind} | ({"Authorization": f"Bearer {token}"} if token else {})
            connection.request(method, path, body=body, headers=headers)
            response = connection.getresponse()
            content = response.read()
        except http.client.HTTPException as problem:
            raise ConnectionError(str(problem)) from problem
        finally:
            connection.close()
        is_json = "json" in (response.getheader("Content-Type") or "")
        return response.status, json.loads(content) if is_json and content else content


def worker(**changes: str) -> Program:
    """The worker with the clock in it."""
    command = [sys.executable, "-m", "celery", "-A", "hitl.celery", "worker", "-B", "-P", "threads", "-c", "2"]
    return Program([*command, "-s", str(settings.HITL_DATA / f"clock-{free_port()}")], changes)
