"""Events appended by one writer and by eight: the ledger's verb beside bare INSERTs of the same rows.

Each transaction appends one event with two payload sections. No sequencer runs meanwhile: it takes no lock that a
writer needs, and its own pace is a figure beside these.
"""

import argparse
import hashlib
import multiprocessing
import os
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import psycopg
from django.db import connections, transaction
from django.test.utils import override_settings
from django.utils import timezone

from accounts.reads import clock
from audit.actions import NO_HEAD, entry, record, seal
from audit.models import Pending
from audit.reads import uuid7
from bench.bare import EVENT, commit, encode
from bench.claims import dsn, what_is_known
from bench.filling import Town
from bench.measuring import Figure, seconds, turns

EACH = 400
CLAIM = {"token": "01a213d6-0fbb-7851-8bef-01ffee2a95af", "slot": "prefetch", "seat": 1}


def measure(town: Town, options: argparse.Namespace) -> list[Figure]:
    figures = []
    for writers in (1, 8):
        ratio, ours, theirs = turns(
            lambda n=writers: _rate(town, "hitl", n), lambda n=writers: _rate(town, "bare", n), options.rounds
        )
        note = f"{ours:,.0f} events/s beside {theirs:,.0f}, a transaction each; bare leaves made by json and hashlib"
        figures.append(Figure(f"appends by {writers}, of bare INSERTs", ratio, "", at_least=0.6, note=note))
    return [*figures, _sequencer(town)]


def _sequencer(town: Town) -> Figure:
    """Place and sign what was appended; say how many events a second."""
    waiting = Pending.objects.count()
    with tempfile.TemporaryDirectory() as keys, override_settings(LEDGER_KEYS=Path(keys), LEDGER_WITNESS=None):
        took = seconds(lambda: seal(by=clock(), at=timezone.now(), wait=True))
    note = f"{waiting:,} events in {took:.1f} s, tree, tiles and checkpoint included"
    return Figure("events that one sequencer places a second", waiting / took, "", note=note)


def _rate(town: Town, side: str, writers: int) -> float:
    """Fork the writers, let them begin together, and give events a second."""
    about = what_is_known(town)
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    pipes = []
    for _ in range(writers):
        ours, theirs = fork.Pipe()
        fork.Process(target=_write, args=(theirs, town, about, side), daemon=True).start()
        ours.recv()
        pipes.append(ours)
    start = time.perf_counter()
    for pipe in pipes:
        pipe.send("go")
    for pipe in pipes:
        pipe.recv()
    return writers * EACH / (time.perf_counter() - start)


def _write(pipe: Connection, town: Town, about: dict[str, Any], side: str) -> None:
    import hitl.wsgi  # noqa: F401 - both sides run in a process that is set up as a server's is

    bare = psycopg.connect(dsn()) if side == "bare" else None
    for _ in range(10):  # connect, prepare
        _append(town, about, bare)
    pipe.send("ready")
    pipe.recv()
    for _ in range(EACH):
        _append(town, about, bare)
    pipe.send("done")
    os._exit(0)


def _append(town: Town, about: dict[str, Any], bare: psycopg.Connection | None) -> None:
    if bare is not None:
        return _append_by_hand(town, about, bare)
    at = timezone.now()
    who = town.people[0]
    with transaction.atomic():
        record(
            [
                entry(
                    log=(town.project.log_id, about["origin"]), type="reviews.claimed", actor=who.pseudonym,
                    role="reviewer", via="api", project=town.project.uuid, stream=f"task/{uuid7(at)}", head=NO_HEAD,
                    at=at, tags={"item": str(uuid7(at)), "kind": "work", "rights": 1},
                    sections={"claim": CLAIM, "presentation": about["manifest"]},
                )
            ]
        )  # fmt: skip
    return None


def _append_by_hand(town: Town, about: dict[str, Any], bare: psycopg.Connection) -> None:
    at = timezone.now()
    with bare.transaction(), bare.cursor() as cursor:
        event, stream = uuid7(at), f"task/{uuid7(at)}"
        body1, body2, salt1, salt2 = encode(CLAIM), encode(about["manifest"]), os.urandom(32), os.urandom(32)
        actor = town.people[0].pseudonym
        leaf = encode(
            {
                "v": 1, "log": about["origin"], "id": str(event), "ts": at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
                "type": "reviews.claimed", "actor": actor, "role": "reviewer", "via": "api", "proj": about["project"],
                "tags": {"item": str(uuid7(at)), "queue": None, "model": None, "rights": 1, "kind": "work",
                         "source": None},
                "stream": stream, "sseq": 1, "sprev": None,
                "pay": {"claim": commit("claim", salt1, body1), "presentation": commit("presentation", salt2, body2)},
            }
        )  # fmt: skip
        values = {
            "id": event, "log": about["log"], "at": at, "leaf": leaf, "hash": hashlib.sha256(b"\x00" + leaf).digest(),
            "stream": stream, "sseq": 1, "actor": actor, "project": about["project_uuid"],
            "salt1": salt1, "body1": body1, "salt2": salt2, "body2": body2,
        }  # fmt: skip
        cursor.execute(EVENT, values, prepare=True)
