"""The run uses the servers that it says it uses, and leaves none behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.db import connection

from tests import services

PROBE = """
import time

def test_probe():
    print("up", flush=True)
    time.sleep(60)
"""


@pytest.mark.django_db
def test_the_tests_run_on_the_engine_that_was_chosen(engine):
    assert connection.vendor == {"sqlite": "sqlite", "postgres": "postgresql"}[engine]
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


@pytest.mark.django_db
def test_sqlite_runs_as_it_does_in_an_installation(engine):
    if engine == "postgres":
        return
    with connection.cursor() as cursor:
        modes = {}
        for name in ("journal_mode", "synchronous", "foreign_keys"):
            modes[name] = cursor.execute(f"PRAGMA {name}").fetchone()[0]
    assert modes == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_the_broker_answers_to_its_password_alone():
    with redis.Redis.from_url(settings.CELERY_BROKER_URL) as client:
        assert client.ping()
    stranger = settings.CELERY_BROKER_URL.replace(":" + settings.CELERY_BROKER_URL.split(":")[2].split("@")[0], "")
    with redis.Redis.from_url(stranger) as client, pytest.raises(redis.AuthenticationError):
        client.ping()


def test_the_data_folder_is_a_temporary_one():
    assert services.running.folder / "data" == settings.HITL_DATA
    assert services.running.folder.stat().st_mode & 0o077 == 0o011


def test_a_killed_run_leaves_no_server(engine, tmp_path):
    kill_a_run(engine, tmp_path)


@pytest.mark.long
def test_runs_killed_at_any_moment_leave_no_server(engine, tmp_path):
    for tenth in range(0, 20, 2):
        kill_a_run(engine, tmp_path, after_s=tenth / 10)


def kill_a_run(engine: str, tmp_path: Path, after_s: float | None = None) -> None:
    """Kill a run of pytest, at once or when its test runs, and see its servers end and its folder removed."""
    (tmp_path / "test_probe.py").write_text(PROBE)
    command = [sys.executable, "-m", "pytest", "-s", "-c", str(settings.BASE_DIR / "pyproject.toml")]
    command += [f"--engine={engine}", str(tmp_path / "test_probe.py")]
    run = subprocess.Popen(command, cwd=settings.BASE_DIR, stdout=subprocess.PIPE)
    if after_s is None:
        assert any(b"up" in line for line in run.stdout)
    else:
        time.sleep(after_s)
    assert after_s or run.poll() is None
    folder = services.running.folder.with_name(f"{services.PREFIX}{os.getuid()}-{run.pid}")
    pids = folder / "pids"
    servers = pids.read_text().splitlines() if pids.exists() else []
    run.send_signal(signal.SIGKILL)
    run.wait()
    run.stdout.close()
    services.clear_stale()
    until = time.monotonic() + 10
    while any(map(services.alive, servers)):
        assert time.monotonic() < until, servers
        time.sleep(0.05)
    assert not folder.exists()
