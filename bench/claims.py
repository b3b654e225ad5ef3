"""Claims at many clients: hitl's verb beside the claim by hand, each person claiming once.

The clients are threads with connections of their own, in as many processes as a server would have workers; in one
process both sides would wait for Python's lock.
"""

import argparse
import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

import psycopg
from django.db import connection, connections
from django.utils import timezone

from accounts.reads import Actor
from bench import bare
from bench.filling import Town
from bench.measuring import Figure, turns
from guidelines.models import TaxonomyVersion
from reviews.actions import claim_next
from reviews.models import RightsVersion

EACH = 20


def people(options: argparse.Namespace) -> int:
    """Say how many people one round needs."""
    return options.clients * EACH


def measure(town: Town, options: argparse.Namespace) -> list[Figure]:
    workers = min(2 * (os.cpu_count() or 1), options.clients)
    with _working(town, options.clients, workers) as pipes:
        for side in ("hitl", "bare"):  # connect, prepare
            _rate(town, pipes, options, side)
        ratio, ours, theirs = turns(
            lambda: _rate(town, pipes, options, "hitl"), lambda: _rate(town, pipes, options, "bare"), options.rounds
        )
    note = f"{ours:,.0f} claims/s beside {theirs:,.0f}, in {workers} processes; bare leaves made by json and hashlib"
    return [Figure(f"claim at {options.clients} clients, of bare SQL", ratio, "", at_least=0.6, note=note)]


def _rate(town: Town, pipes: list[Connection], options: argparse.Namespace, side: str) -> float:
    """Let every client claim for its people; give claims a second. What was claimed counts as decided then."""
    start = time.perf_counter()
    for pipe in pipes:
        pipe.send(side)
    lost = sum(pipe.recv() for pipe in pipes)
    took = time.perf_counter() - start
    if lost:
        raise SystemExit(f"{lost} claims of {side} found nothing; fill more rows")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE reviews_seat SET state = 'decided', slot = NULL, lease_until = NULL "
            "WHERE state = 'leased' AND person_id = ANY(%s)",
            [[who.person_id for who in town.people]],
        )
    return people(options) / took


@contextmanager
def _working(town: Town, clients: int, workers: int) -> Iterator[list[Connection]]:
    """Fork the processes; each does a side's claims when told, and says how many found nothing."""
    about = what_is_known(town)
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    pipes, running = [], []
    for number in range(workers):
        ours, theirs = fork.Pipe()
        own = range(number, clients, workers)
        process = fork.Process(target=_work, args=(theirs, town, about, clients, own), daemon=True)
        process.start()
        pipes.append(ours)
        running.append(process)
    try:
        yield pipes
    finally:
        for pipe in pipes:
            pipe.send("")
        for process in running:
            process.join(30)


def _work(pipe: Connection, town: Town, about: dict[str, Any], clients: int, own: range) -> None:
    import hitl.wsgi  # noqa: F401 - both sides run in a process that is set up as a server's is

    kept = threading.local()

    def by_hand(who: Actor) -> Any:
        if not hasattr(kept, "connection"):
            kept.connection = psycopg.connect(dsn())
        return bare.claim(kept.connection, about, who.person_id, who.pseudonym)

    sides: dict[str, Callable[[Actor], Any]] = {
        "hitl": lambda who: claim_next(by=who, at=timezone.now(), queue=town.general),
        "bare": by_hand,
    }
    with ThreadPoolExecutor(len(own)) as pool:
        ready = threading.Barrier(len(own))

        def claim_all(client: int, side: str) -> int:
            ready.wait()  # a thread for each client, so that each has its connections
            return sum(sides[side](who) is None for who in town.people[client : clients * EACH : clients])

        while side := pipe.recv():
            pipe.send(sum(pool.map(claim_all, own, [side] * len(own))))
    os._exit(0)


def dsn() -> str:
    """Give the address of the database that Django uses."""
    settings = connection.settings_dict
    named = {
        "dbname": settings["NAME"], "user": settings["USER"], "password": settings["PASSWORD"],
        "host": settings["HOST"], "port": settings["PORT"],
    }  # fmt: skip
    return psycopg.conninfo.make_conninfo(**{name: value for name, value in named.items() if value})


def what_is_known(town: Town) -> dict[str, Any]:
    """Give what a program by hand would keep in memory."""
    project = town.project
    taxonomy = TaxonomyVersion.objects.filter(project=project).latest("number")
    rights = RightsVersion.objects.filter(project=project).latest("number")
    return {
        "queue": town.general.pk,
        "log": project.log_id,
        "origin": project.log.origin,
        "project": str(project.uuid),
        "project_uuid": project.uuid,
        "taxonomy": taxonomy.pk,
        "manifest": {
            "v": 1, "prior": [], "guideline": None, "taxonomy": taxonomy.digest, "rights": rights.digest,
            "model_card": None, "assets": [], "recipe": None, "confidence": True, "build": "0.1.0", "locale": "en",
        },
    }  # fmt: skip
