"""`make run`: everything starts, what dies is told, and nothing is left when it ends."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from hitl.broker import end_with_parent, free_port
from tests.services import alive, identity

pytestmark = pytest.mark.one_engine


class Run:
    """One `manage.py run` and what it says."""

    def __init__(self, folder: Path, port: int, *arguments: str, **environment: str) -> None:
        own = {name: value for name, value in os.environ.items() if name not in ("REDIS_URL", "DATABASE_URL")}
        own |= {"HITL_DATA": str(folder), "PORT": str(port)} | environment
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "run", *arguments]
        self.said = folder.with_suffix(".said")
        with self.said.open("w") as said:
            self.process = subprocess.Popen(
                command,
                env=own,
                stdin=subprocess.PIPE,
                stdout=said,
                stderr=said,
                text=True,
                preexec_fn=end_with_parent,
            )

    def hears(self, pattern: str) -> None:
        """Wait until something is said."""
        until = time.monotonic() + 60
        while not re.search(pattern, self.said.read_text()):
            assert self.process.poll() is None and time.monotonic() < until, self.said.read_text()
            time.sleep(0.05)

    def children(self) -> dict[str, int]:
        """Give the processes that it started, theirs too, by command."""
        parents, found = {self.process.pid}, {}
        for stat in sorted(Path("/proc").glob("[0-9]*/stat"), key=lambda path: int(path.parent.name)):
            try:
                parent, command = (
                    int(stat.read_text().rpartition(")")[2].split()[1]),
                    (stat.parent / "cmdline").read_text(),
                )
            except OSError:
                continue  # it has just ended
            if parent in parents:
                parents.add(int(stat.parent.name))
                found.setdefault(command.replace("\0", " "), int(stat.parent.name))
        return found

    def child(self, word: str) -> int:
        """Give the first process whose command holds a word."""
        return next(pid for command, pid in self.children().items() if word in command)

    def ends(self) -> int:
        """Wait for its end and give its code."""
        self.process.stdin.close()
        return self.process.wait(30)


@pytest.fixture
def start(folder):
    """Give `Run` on the module's folder; what a failed test left running ends with the test."""
    started = []

    def begin(*arguments: str, port: object = None, name: str = "data", **environment: str) -> Run:
        run = Run(folder.with_name(name), port or free_port(), *arguments, **environment)
        started.append(run)
        return run

    yield begin
    for run in started:
        if run.process.poll() is None:
            run.process.terminate()
            run.process.wait(30)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Iterator[Path]:
    """Give a data folder in which a demo seems to be loaded."""
    made = tmp_path_factory.mktemp("house") / "data"
    made.mkdir()
    (made / "demo.txt").write_text("reviewer@demo.example  a-password\n")
    return made


def test_a_run_starts_all_tells_what_dies_and_leaves_nothing_on_ctrl_c(start):
    run = start()
    run.hears(r"hitl runs at http://127\.0\.0\.1:\d+/")
    run.hears(r"Programs may be called back inside this network at: 127\.0\.0\.1")
    run.hears(r"\n\s*reviewer@demo\.example  a-password")
    run.hears(r"Enter the demo without a password at http://127\.0\.0\.1:\d+/demo/")
    assert [
        word
        for word in ("valkey", "granian", "hitl.celery worker", "hitl.celery beat")
        if not any(word in c for c in run.children())
    ] == []
    os.kill(run.child("hitl.celery worker"), signal.SIGKILL)
    run.hears(r"The worker ended with code -9; it starts again")
    children = [identity(pid) for pid in run.children().values()]
    run.process.send_signal(signal.SIGINT)
    assert run.ends() == 0
    assert not any(map(alive, children))


def test_a_run_ends_when_its_web_server_dies(start):
    run = start()
    run.hears("hitl runs at")
    children = [identity(pid) for pid in run.children().values()]
    os.kill(run.child("granian"), signal.SIGKILL)
    assert run.ends() == 1
    assert "The web server ended with code -9, so hitl stops." in run.said.read_text()
    assert not any(map(alive, children))


def test_a_busy_port_is_said_and_nothing_starts(start):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run = start(port=port)
        assert run.ends() == 1
    assert f"Port {port} is busy." in run.said.read_text()


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
def test_a_port_that_is_none_is_said(start, port):
    run = start(port=port)
    assert run.ends() == 1
    assert f"PORT is '{port}'." in run.said.read_text()


def test_a_second_run_on_the_same_data_is_refused(start, folder):
    first = start()
    first.hears("hitl runs at")
    second = start(name="other", HITL_DATA=str(folder))
    assert second.ends() == 1
    assert "hitl runs already" in second.said.read_text()
    first.process.send_signal(signal.SIGTERM)
    assert first.ends() == 0


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [({}, "Nothing was removed."), ({"DATABASE_URL": "postgresql://a@b/c"}, "DATABASE_URL is set")],
)
def test_loading_afresh_without_a_yes_removes_nothing(start, folder, environment, sentence):
    before = sorted(folder.iterdir())
    run = start("--afresh", **environment)
    run.process.stdin.write("no\n")
    assert run.ends() == 1
    assert sentence in run.said.read_text()
    assert sorted(folder.iterdir()) == before
