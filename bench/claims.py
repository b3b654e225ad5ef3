"""Claims at many clients: hitl's verb beside the claim by hand, each person claiming once."""

import argparse
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection
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
    with _clients(options.clients) as clients:
        about = what_is_known(town)
        sides: list[Callable[[Actor], Any]] = [
            lambda who: claim_next(by=who, at=timezone.now(), queue=town.general),
            lambda who: bare.claim(clients.connection, about, who.person_id, who.pseudonym),
        ]
        for side in sides:  # connect, prepare
            clients.rate(side, town)
        ratio, ours, theirs = turns(lambda: clients.rate(sides[0], town), lambda: clients.rate(sides[1], town), options.rounds)
    note = f"{ours:,.0f} claims/s beside {theirs:,.0f}; the bare side makes its leaves by json and hashlib"
    return [Figure(f"claim at {options.clients} clients, of bare SQL", ratio, "", at_least=0.6, note=note)]


class _Clients:
    """Threads with two connections each: Django's and a bare one."""

    def __init__(self, count: int, pool: ThreadPoolExecutor, kept: threading.local) -> None:
        self.count, self.pool, self.kept = count, pool, kept

    @property
    def connection(self) -> psycopg.Connection:
        """The bare connection of this thread."""
        if not hasattr(self.kept, "connection"):
            self.kept.connection = psycopg.connect(dsn())
        return self.kept.connection

    def rate(self, side: Callable[[Actor], Any], town: Town) -> float:
        """Let every client claim for its people; give claims a second. What was claimed counts as decided then."""
        ready = threading.Barrier(self.count + 1)
        lost = []

        def work(number: int) -> None:
            ready.wait()
            for who in town.people[number : self.count * EACH : self.count]:
                if side(who) is None:
                    lost.append(who)

        done = [self.pool.submit(work, number) for number in range(self.count)]
        ready.wait()
        start = time.perf_counter()
        for one in done:
            one.result()
        took = time.perf_counter() - start
        if lost:
            raise SystemExit(f"{len(lost)} claims of {side} found nothing")
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE reviews_seat SET state = 'decided', slot = NULL, lease_until = NULL "
                "WHERE state = 'leased' AND person_id = ANY(%s)",
                [[who.person_id for who in town.people]],
            )
        return self.count * EACH / took


@contextmanager
def _clients(count: int) -> Iterator[_Clients]:
    kept = threading.local()
    with ThreadPoolExecutor(count) as pool:
        yield _Clients(count, pool, kept)
        together = threading.Barrier(count)

        def close(_: int) -> None:
            together.wait()
            connection.close()
            if hasattr(kept, "connection"):
                kept.connection.close()

        list(pool.map(close, range(count)))


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
            "v": 1, "prior": [], "guideline": None, "taxonomy": taxonomy.digest, "rights": rights.digest, "model_card": None,
            "assets": [], "recipe": None, "confidence": True, "build": "0.1.0", "locale": "en",
        },
    }  # fmt: skip
