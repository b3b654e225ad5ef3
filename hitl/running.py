"""Run hitl on one machine: broker, web, worker and clock as children of one process, until it is told to stop."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from hitl.broker import Broker, end_with_parent

GRACE_S = 10
STEADY_S = 60
LONGEST_WAIT_S = 30

Process = subprocess.Popen[bytes]


class CannotRun(Exception):  # noqa: N818 - a fact that the command tells
    """hitl cannot start, or cannot go on; the message is for the person at the terminal."""


@dataclass
class Part:
    """One child: how it is started, and when it may be started again after it died.

    A vital part takes the rest with it; another is started again after a rest that doubles with every early death.
    """

    name: str
    start: Callable[[], Process]
    vital: bool = False
    process: Process | None = None
    started_at: float = 0
    again_at: float = 0
    rest_s: float = 1

    def begin(self, at: float) -> None:
        """Start the child."""
        self.process, self.started_at = self.start(), at

    def ended(self, at: float) -> int:
        """Note that the child died, end what it started itself, give its code, and set when it may start again."""
        assert self.process
        kill_group(self.process)
        code = self.process.returncode
        self.rest_s = 1 if at - self.started_at > STEADY_S else min(self.rest_s * 2, LONGEST_WAIT_S)
        self.process, self.again_at = None, at + self.rest_s
        return code


@dataclass
class House:
    """All the parts of one running installation. `say` takes sentences for the person at the terminal."""

    say: Callable[[str], None]
    parts: list[Part] = field(default_factory=list)

    def add(self, part: Part) -> None:
        """Start a part and keep it."""
        self.parts.append(part)
        part.begin(time.monotonic())

    def watch(self) -> None:
        """Start again what dies, until a vital part does.

        Raises:
            CannotRun: a vital part died.
        """
        while True:
            at = time.monotonic()
            for part in self.parts:
                self._look_after(part, at)
            time.sleep(0.2)

    def _look_after(self, part: Part, at: float) -> None:
        if part.process is None:
            if at >= part.again_at:
                part.begin(at)
        elif part.process.poll() is not None:
            code = part.ended(at)
            if part.vital:
                raise CannotRun(f"The {part.name} ended with code {code}, so hitl stops.")
            self.say(f"The {part.name} ended with code {code}; it starts again in {part.rest_s:.0f} s.")

    def stop(self) -> None:
        """Ask every part to end, the last one first; kill, with all its children, what does not within GRACE_S."""
        until = time.monotonic() + GRACE_S
        running = [(part, part.process) for part in reversed(self.parts) if part.process]
        for part, process in running:
            if part.name != "broker":
                process.terminate()
        for part, process in running:
            if part.name == "broker":
                process.terminate()
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.say(f"The {part.name} did not end in {GRACE_S} s and was killed.")
            kill_group(process)


def kill_group(process: Process) -> None:
    """Kill what is left of a child and its own children, which share its session."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def spawn(command: list[str], environment: dict[str, str], folder: Path) -> Process:
    """Start a child in a session of its own, so that Ctrl-C reaches it through us alone."""
    return subprocess.Popen(  # noqa: S603 - our own commands
        command, env=environment, cwd=folder, start_new_session=True, preexec_fn=end_with_parent
    )


def broker_part(broker: Broker) -> Part:
    """Give the part that is the embedded broker."""
    return Part("broker", broker.start)


def celery_part(name: str, arguments: list[str], environment: dict[str, str], folder: Path) -> Part:
    """Give a part that is a Celery program."""
    command = [sys.executable, "-m", "celery", "-q", "-A", "hitl.celery", *arguments, "-l", "WARNING"]
    calm = environment | {"PYTHONWARNINGS": "ignore:You're running the worker with superuser"}  # a container's root
    return Part(name, lambda: spawn(command, calm, folder))


def web_part(port: int, threads: int, environment: dict[str, str], folder: Path) -> Part:
    """Give the part that answers browsers and programs, on loopback."""
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += [
        "--workers",
        "1",
        "--blocking-threads",
        str(threads),
        "--workers-kill-timeout",
        "5s",
        "--log-level",
        "error",
    ]
    return Part("web server", lambda: spawn([*command, "hitl.server:application"], environment, folder), vital=True)


def wanted_port(text: str) -> int:
    """Read PORT and see that nothing listens there.

    Raises:
        CannotRun: it is no port, or it is taken.
    """
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise CannotRun(f"PORT is {text!r}. Set it to a number from 1 to 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(text)))
        except PermissionError as refused:
            raise CannotRun(f"Port {text} needs root. Set PORT to a number above 1023: PORT=8001 make run") from refused
        except OSError as taken:
            free = int(text) % 65535 + 1
            raise CannotRun(f"Port {text} is busy. Stop what uses it, or choose one: PORT={free} make run") from taken
    return int(text)


def wait_for_web(part: Part, address: str) -> None:
    """Wait until the web server answers.

    Raises:
        CannotRun: it died, or did not answer in a minute.
    """
    until = time.monotonic() + 60
    while time.monotonic() < until and part.process and part.process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310 - our own address
        except urllib.error.HTTPError:
            return  # it answered
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise CannotRun("The web server did not start. What it said stands above.")
