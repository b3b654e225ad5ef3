"""`make run`: the whole of hitl on this machine."""

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import get_commands
from django.core.management.base import BaseCommand, CommandError

from hitl import environment as reading
from hitl.broker import Broker, NoBroker
from hitl.running import (
    CannotRun,
    House,
    broker_part,
    celery_part,
    wait_for_web,
    wanted_port,
    web_part,
)


class Command(BaseCommand):
    """Prepare the data folder, then run until Ctrl-C."""

    help = "Run web, worker, clock and broker on 127.0.0.1 until Ctrl-C (see `make run`)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take `--afresh`."""
        parser.add_argument("--afresh", action="store_true", help="remove the data folder, load the demo, and end")

    def handle(self, *args: Any, afresh: bool, **options: Any) -> None:
        """Run, and tell in a sentence what stands in the way."""
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if name != signal.SIGHUP or signal.getsignal(name) != signal.SIG_IGN:  # nohup stays
                signal.signal(name, signal.default_int_handler)
        house = House(say=self.say)
        try:
            with alone(settings.HITL_DATA):
                self.live(house, afresh)
        except (CannotRun, NoBroker) as problem:
            raise CommandError(str(problem)) from problem
        except KeyboardInterrupt:
            self.say("\nStopping hitl.")
        finally:
            for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(name, signal.SIG_IGN)
            house.stop()

    def live(self, house: House, afresh: bool) -> None:
        """Prepare, start every part, and watch over them."""
        port = 0 if afresh else wanted_port(os.environ.get("PORT") or "8000")
        environment = dict(os.environ, HITL_LOOPBACK="1", HITL_DATA=str(settings.HITL_DATA), PYTHONUNBUFFERED="1")
        environment["HITL_CALLBACK_HOSTS"] = environment.get("HITL_CALLBACK_HOSTS") or LOOPBACK
        environment["HITL_DEMO_DOOR"] = environment.get("HITL_DEMO_DOOR") or "1"
        if afresh:
            self.clear()
        if not environment.get("REDIS_URL"):
            broker = Broker()
            house.add(broker_part(broker))
            environment["REDIS_URL"] = broker.url
        self.prepare(environment)
        if afresh:
            return self.say("The data folder is new. `make run` starts hitl.")
        folder, clock = settings.BASE_DIR, str(settings.HITL_DATA / "clock")
        web = web_part(port, settings.WEB_THREADS, environment, folder)
        house.add(web)
        house.add(celery_part("worker", ["worker", "-P", "threads", "-c", "4"], environment, folder))
        house.add(celery_part("clock", ["beat", "--pidfile=", "--schedule", clock], environment, folder))
        address = f"http://127.0.0.1:{port}/"
        wait_for_web(web, address)
        self.greet(address, environment["HITL_CALLBACK_HOSTS"])
        return house.watch()

    def greet(self, address: str, called: str) -> None:
        """Print the address, and who can sign in to the demo."""
        self.say(f"\nhitl runs at {address}    Ctrl-C stops it. Its data: {settings.HITL_DATA}\n")
        self.say(f"Programs may be called back inside this network at: {called.replace(',', ', ')}\n")
        demo = settings.HITL_DATA / "demo.txt"
        if demo.exists():
            self.say(demo.read_text())
            if reading.flag("HITL_DEMO_DOOR", True):
                self.say(f"\nEnter the demo without a password at {address}demo/\n")

    def prepare(self, environment: dict[str, str]) -> None:
        """Bring database and static files up to date, and load the demo the first time."""
        self.manage(environment, "migrate", "--noinput", "-v", "0")
        stamp = settings.HITL_DATA / "static.sha256"
        digest = static_digest()
        if not stamp.exists() or stamp.read_text() != digest:
            self.manage(environment, "collectstatic", "--noinput", "--clear", "-v", "0")
            stamp.write_text(digest)
        if not (settings.HITL_DATA / "demo.txt").exists() and "demo" in get_commands():
            self.say("Loading the demo ...")
            self.manage(environment, "demo", "load")
            self.manage(environment, "ledger", "seal")  # before the clock finds that what was loaded waited for long

    def manage(self, environment: dict[str, str], *arguments: str) -> None:
        """Run another command of hitl.

        Raises:
            CannotRun: it failed.
        """
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]
        if subprocess.run(command, env=environment, check=False).returncode:  # noqa: S603 - our own command
            raise CannotRun(f"`manage.py {' '.join(arguments)}` failed: see above.")

    def clear(self) -> None:
        """Empty the data folder, after a typed yes or with YES=1.

        Raises:
            CannotRun: the answer was no, or the database is not in the folder.
        """
        folder: Path = settings.HITL_DATA
        if os.environ.get("DATABASE_URL"):
            raise CannotRun(
                "DATABASE_URL is set: only the embedded database can be loaded afresh. Drop yours yourself."
            )
        if folder in (Path.home(), *settings.BASE_DIR.parents, settings.BASE_DIR):
            raise CannotRun(f"{folder} holds more than hitl's data. Remove what you mean yourself.")
        held = sorted(found.name for found in folder.iterdir() if found.name != LOCK)
        self.say(f"This removes all of {folder}: {', '.join(held)}.")
        if os.environ.get("YES") != "1" and input("Type yes to go on: ").strip().lower() != "yes":
            raise CannotRun("Nothing was removed.")
        for name in held:
            path = folder / name
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()

    def say(self, sentence: str) -> None:
        """Print at once."""
        self.stdout.write(sentence)
        self.stdout.flush()


LOCK = "running"
LOOPBACK = "127.0.0.1,localhost,::1"


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Let one `run` at a time use the data folder.

    Raises:
        CannotRun: another one does.
    """
    with (folder / LOCK).open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            raise CannotRun(f"hitl runs already on {folder}. Stop it, or set HITL_DATA to another folder.") from taken
        yield


def static_digest() -> str:
    """Give a digest of every static file's place, size and time: collecting again takes seconds, looking does not."""
    found = [
        (path, stat.st_size, stat.st_mtime_ns)
        for finder in get_finders()
        for path, storage in finder.list([])
        for stat in [Path(storage.path(path)).stat()]
    ]
    return hashlib.sha256(repr((settings.STORAGES["staticfiles"], sorted(found))).encode()).hexdigest()
