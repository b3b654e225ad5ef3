"""Writers that roll back, sequencers side by side, and a kill at each statement: every committed event exactly once."""

import datetime as dt
import os
import random
import signal
from concurrent.futures import Future
from typing import Any

import pymerkle  # type: ignore[import-untyped]
import pytest
from django.db import transaction

from accounts.reads import clock
from audit.actions import NO_HEAD, Head, entry, record, seal, sequence
from audit.models import Checkpoint, Event, Leaf, Log, Pending
from audit.reads import uuid7
from audit.reads.nodes import node_reader
from audit.tree import consistency, consistent, parse_checkpoint
from tests.arena import Worker
from tests.invariants import breaches
from tests.killing import killed_at
from tests.verifying import ledger_verifies

AT = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)


class Rolled(Exception):  # noqa: N818
    """A writer changed its mind."""


def write(log: tuple[int, str], count: int, *, fail: bool) -> list[str]:
    """Record a stream of events in one transaction, which may roll back; give the ids that stand."""
    stream, head, made = f"log/{uuid7(AT)}", NO_HEAD, []
    try:
        with transaction.atomic():
            for _ in range(count):
                one = entry(
                    log=log, type="audit.alarm_raised", actor="x_" + "0" * 24, role="clock", via="clock", project=None,
                    stream=stream, head=Head(head.sseq, head.hash), at=AT, sections={"alarm": {"code": "none"}},
                )  # fmt: skip
                record([one])
                head = one.head
                made.append(str(one.uuid))
            if fail:
                raise Rolled
    except Rolled:
        return []
    return made


def whole(committed: set[str]) -> None:
    """See that each committed event has one place, and that the tree is what others make of its leaves."""
    leaves = list(Leaf.objects.order_by("log_index").values_list("log_index", "event__event_id", "event__leaf"))
    assert [place for place, _, _ in leaves] == list(range(len(leaves)))
    assert {str(event) for _, event, _ in leaves} == {
        str(one) for one in Event.objects.values_list("event_id", flat=True)
    }
    assert committed <= {str(event) for _, event, _ in leaves}
    assert not Pending.objects.exists()
    log = Log.objects.get()
    theirs = pymerkle.InmemoryTree(algorithm="sha256")
    for _, _, leaf in leaves:
        theirs.append_entry(bytes(leaf))
    assert bytes(log.root) == theirs.get_root()
    assert breaches() == []
    reader = node_reader(log.pk)
    newest = Checkpoint.objects.order_by("size", "created_at").last()
    assert newest is not None and newest.size == log.tree_size
    for one in Checkpoint.objects.all():
        found = parse_checkpoint(one.note)
        proof = consistency(found.size, newest.size, reader)
        assert consistent(found.size, found.root, newest.size, bytes(newest.root), proof)
    ledger_verifies()


def test_eight_writers_and_three_sequencers_place_each_committed_event_once(arena: str) -> None:
    log = Log.objects.get()
    place, voice = (log.pk, log.origin), clock()
    writers, sequencers = [Worker() for _ in range(8)], [Worker() for _ in range(3)]
    chance = random.Random(7)

    def write_some(seed: int) -> list[str]:
        dice = random.Random(seed)
        return [one for _ in range(12) for one in write(place, dice.randint(1, 4), fail=dice.random() < 0.3)]

    def seal_some(seed: int) -> None:
        for turn in range(25):
            if seed:
                sequence(log.pk)
            else:
                seal(by=voice, at=AT + dt.timedelta(seconds=turn))

    told: list[Future[Any]] = [writer.begin(lambda n=n: write_some(n)) for n, writer in enumerate(writers)]
    done: list[Future[Any]] = [one.begin(lambda n=n: seal_some(n)) for n, one in enumerate(sequencers)]
    committed = {one for future in told for one in future.result(120)}
    for future in done:
        future.result(120)
    for worker in writers + sequencers:
        worker.end()
    assert chance and len(committed) > 100
    seal(by=voice, at=AT + dt.timedelta(minutes=20), wait=True)
    whole(committed)


def test_a_sequencer_killed_at_each_statement_loses_and_doubles_nothing(arena: str) -> None:
    log = Log.objects.get()
    place, voice = (log.pk, log.origin), clock()
    committed: set[str] = set()
    step, reached = 1, True
    while reached:
        committed |= set(write(place, 3, fail=False))
        write(place, 2, fail=True)
        at = AT + dt.timedelta(seconds=step)
        reached = killed_at(step, lambda at=at: seal(by=voice, at=at))  # type: ignore[misc]
        step += 1
    assert step > 10
    seal(by=voice, at=AT + dt.timedelta(minutes=20))
    whole(committed)


def test_a_kill_between_the_signers_memory_and_the_checkpoint_signs_the_same_tree_again(
    arena: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = Log.objects.get()
    voice = clock()
    write((log.pk, log.origin), 3, fail=False)

    def work() -> None:
        Checkpoint.save = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment]
        seal(by=voice, at=AT)

    assert killed_at(10**6, work)
    assert not Checkpoint.objects.exists()
    write((log.pk, log.origin), 2, fail=False)
    seal(by=voice, at=AT + dt.timedelta(seconds=1))
    whole(set())
