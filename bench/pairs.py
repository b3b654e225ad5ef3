"""Next and submit: statements, and the server's CPU, with `opened` between them as in a day's work."""

import argparse
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.utils import timezone

from accounts.actions import make_token
from accounts.models import Person, Scope
from accounts.reads import Actor, console
from bench import filling
from bench.filling import Town
from bench.measuring import Figure
from bench.web import Web
from reviews.actions import claim_next, decide, open_claim, receive
from reviews.models import Queue
from reviews.wire import read_decision, read_items

PAIRS = 15
APPROVE = json.dumps({"verdict": "approve", "active_ms": 4000}).encode()
NOT_OURS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


def measure(town: Town, options: argparse.Namespace) -> list[Figure]:
    counted = _counted(town.people[-1], town.general, options.statements)
    return [
        *_figures(counted, "PostgreSQL", 16),
        *_cost(town, options),
    ]


def counts(options: argparse.Namespace) -> list[dict[str, Any]]:
    """Count on a small town of this engine: what SQLite's process tells."""
    from dataclasses import asdict

    queue, who = filling.hamlet()
    lines = [{"external_id": f"item-{number}", "data": {"text": "?"}, "model": {"name": "m", "version": "1"},
              "prediction": {"labels": ["cat"]}, "confidence": 0.5} for number in range(20)]  # fmt: skip
    body = "\n".join(json.dumps(line) for line in lines).encode()
    receive(
        project=queue.project, entries=read_items(body, "application/x-ndjson").entries, by=console(), at=timezone.now()
    )
    return [asdict(one) for one in _figures(_counted(who, queue, options.statements), "SQLite", 24)]


def _figures(counted: dict[str, list[str]], engine: str, most: int) -> list[Figure]:
    both = len(counted["next"]) + len(counted["submit"])
    note = f"next {len(counted['next'])}, submit {len(counted['submit'])}; without BEGIN and COMMIT"
    return [
        Figure(f"next + submit on {engine}", both, "statements", at_most=most, note=note),
        Figure(f"opened on {engine}", len(counted["opened"]), "statements", at_most=8),
    ]


def _counted(who: Actor, queue: Queue, show: bool) -> dict[str, list[str]]:
    """Give the statements of each verb, the second time round."""
    found: dict[str, list[str]] = {}
    for _ in range(2):
        with _heard() as found["next"]:
            held = claim_next(by=who, at=timezone.now(), queue=queue)
        assert held is not None
        with _heard() as found["opened"]:
            open_claim(token=held.token, by=who, at=timezone.now())
        with _heard() as found["submit"]:
            decide(token=held.token, sent=read_decision(APPROVE), by=who, at=timezone.now())
    if show:
        for verb, statements in found.items():
            print(f"\n{verb} on {connection.vendor}:")
            for number, statement in enumerate(statements, 1):
                print(f"{number:>3}. {statement[:140]}")
    return found


@contextmanager
def _heard() -> Iterator[list[str]]:
    heard: list[str] = []

    def hear(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.startswith(NOT_OURS):
            heard.append(" ".join(sql.split()))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(hear):
        yield heard


def _cost(town: Town, options: argparse.Namespace) -> list[Figure]:
    """Give the CPU of this process and the statements of a request, by calls of the WSGI application."""
    web, key = Web(), _key(town)
    path = f"/api/v1/projects/{town.project.slug}/queues/{town.general.slug}/claims/"
    spent, heard = [], 0
    for number in range(PAIRS * options.rounds + 5):
        start = time.process_time()
        with _heard() as statements:
            claim = web.call("POST", path, key)["claim"]["token"]
        middle = time.process_time()
        web.call("PUT", f"/api/v1/claims/{claim}/opening/", key)
        opened = time.process_time()
        with _heard() as more:
            web.call("POST", f"/api/v1/claims/{claim}/decision/", key, APPROVE)
        if number >= 5:
            spent.append(middle - start + time.process_time() - opened)
        heard = len(statements) + len(more)
    mean = sum(spent) / len(spent) * 1000
    note = f"mean of {len(spent)} pairs over HTTP in this process; {heard} statements with sign-in"
    return [Figure("next + submit, server CPU", mean, "ms", at_most=30, note=note)]


def _key(town: Town) -> str:
    """Make a token of the last reviewer, who signs in for it to count."""
    who = town.people[-1]
    person = Person.objects.get(pk=who.person_id)
    get_user_model().objects.get_or_create(person=person, defaults={"email": "bench@hitl.invalid", "password": "!"})
    _, plain = make_token(
        projects=[town.project], scopes=[Scope.DECISIONS_WRITE], by=console(), at=timezone.now(), person=person
    )
    return plain
