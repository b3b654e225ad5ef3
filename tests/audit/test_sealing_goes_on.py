"""Sealing while others write: it comes to its end, signs on the way, and says a time that holds."""

import datetime as dt
import itertools
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.actions import Choice, export_records
from accounts.reads import clock, console
from audit.actions import sealing, sequencing
from audit.actions.sealing import seal
from audit.models import Checkpoint, Log, Pending
from tests.audit.exports import verified
from tests.audit.test_sealing import AT, write
from tests.town import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MOST", "MOST_ON_POSTGRES"):
        monkeypatch.setattr(sequencing, name, 20)
    monkeypatch.setattr(sealing, "SIGNED_AT_LATEST", 20)


def written_meanwhile(count: int) -> Any:
    """Have as many events written with each batch that gets its places."""

    def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        done = execute(sql, params, many, context)
        if sql.startswith("UPDATE audit_log SET tree_size"):
            write(count)
        return done

    return connection.execute_wrapper(wrapper)


def test_sealing_ends_and_signs_though_events_come_as_fast_as_they_get_their_places(small_batches: None) -> None:
    seal(by=clock(), at=AT)
    write(50)
    with written_meanwhile(20):
        sealed = seal(by=clock(), at=AT)[0]
    assert 50 <= sealed.placed <= 120
    assert sealed.checkpoint is not None and sealed.checkpoint.size == Log.objects.get().tree_size
    assert Pending.objects.exists()


def test_a_batch_that_is_not_full_is_the_last(small_batches: None) -> None:
    seal(by=clock(), at=AT)
    write(3)
    with written_meanwhile(3):
        assert seal(by=clock(), at=AT)[0].placed == 3


def test_a_long_queue_is_signed_between_its_batches_each_at_its_own_time(small_batches: None) -> None:
    seal(by=clock(), at=AT)
    before = Checkpoint.objects.count()
    write(70)
    ticks = itertools.count()
    seal(by=clock(), at=AT, now=lambda: AT + dt.timedelta(seconds=next(ticks)))
    made = Checkpoint.objects.order_by("size")[before:]
    assert [later.size - one.size for one, later in itertools.pairwise(made)] == [20, 20, 10]
    assert len({one.created_at for one in made}) == 4


def test_an_event_younger_than_the_signers_clock_leaves_the_ledger_whole(tmp_path: Path) -> None:
    """The signer's clock is six minutes behind that of those who write."""
    town = build()
    behind = town.now
    seal(by=clock(), at=behind)
    town.now = behind + dt.timedelta(minutes=6)
    town.send(0.5)
    seal(by=clock(), at=behind)

    town.now = behind + dt.timedelta(minutes=7)
    town.send(0.5)
    seal(by=clock(), at=town.now)
    export_records(
        log=Log.objects.get(), choice=Choice(), target=tmp_path / "b", by=console(), now=lambda: town.now
    )  # fmt: skip
    report = verified(tmp_path / "b")
    assert (report["exit"], report["findings"]) == (0, [])


def test_the_clock_reads_the_time_anew_when_it_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    from hitl import beat

    ticks = itertools.count()
    monkeypatch.setattr(timezone, "now", lambda: AT + dt.timedelta(seconds=next(ticks)))
    write(1)
    beat.seal_ledger()
    assert Checkpoint.objects.latest("size").created_at > AT + dt.timedelta(seconds=1)
