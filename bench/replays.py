"""Decision rights tried on a whole past, beside plain COPY of the same columns."""

import argparse
import time

import psycopg
from django.utils import timezone

from accounts.actions import add_person, give_membership
from accounts.models import Person
from accounts.reads import Actor, actor_of_person, console
from bench.claims import dsn
from bench.filling import RIGHTS, Town
from bench.measuring import Figure, turns
from reviews.actions import ask_replay, make_replay
from reviews.actions.seeding import seed_of_month
from reviews.models import Item, Replay

ELSEWHERE = {"field": "segments.geography", "op": "in", "value": ["FR", "NL"]}
SURER = {"field": "confidence", "op": "<", "value": "0.30"}
NORMAL = {"field": "impact", "op": "=", "value": "normal"}
TRIED = RIGHTS | {
    "routing": [
        {"name": "Abroad", "when": [ELSEWHERE], "then": {"arm": "review", "queue": "general"}},
        {
            "name": "Unsure",
            "when": [SURER, NORMAL],
            "then": {"arm": "review", "queue": "general"},
        },
    ],
    "otherwise": {"arm": "accept", "audit_rate": "0.05"},
}  # fmt: skip
COLUMNS = """
COPY (SELECT i.id, i.uuid, i.external_id, i.received_at, i.impact, i.cost, i.units, i.body, r.arm, r.rule, r.switch,
    r.rights_id, r.draws, p.confidence, p.model_version_id
FROM reviews_item i JOIN reviews_route r ON r.item_id = i.id
LEFT JOIN reviews_prediction p ON p.item_id = i.id AND p.purpose = 'route'
WHERE i.project_id = %s) TO STDOUT (FORMAT binary)
"""


def measure(town: Town, options: argparse.Namespace) -> list[Figure]:
    count = Item.objects.filter(project=town.project).count()
    for at in Item.objects.filter(project=town.project).datetimes("received_at", "month"):
        seed_of_month(project=town.project, at=at)
    operator = _operator(town)
    seen: list[tuple[float, float]] = []

    def ours() -> float:
        asked = {"project": town.project, "document": TRIED, "segment": "geography"}
        row = ask_replay(**asked, by=operator, at=timezone.now())
        start, worked = time.perf_counter(), time.process_time()
        make_replay(replay_id=row.pk, now=timezone.now)
        seen.append((time.perf_counter() - start, time.process_time() - worked))
        assert Replay.objects.get(pk=row.pk).state == "done"
        return count / seen[-1][0]

    def bare() -> float:
        start = time.perf_counter()
        with psycopg.connect(dsn()) as connection, connection.cursor().copy(COLUMNS, [town.project.pk]) as rows:
            for _row in rows:
                pass
        return count / (time.perf_counter() - start)

    ratio, mine, other = turns(ours, bare, min(options.rounds, 3))
    note = f"{mine:,.0f} items/s beside {other:,.0f}; by confidence, impact and a segment, told apart by it"
    took, worked = min(seen)
    limit = max(30 * count / 1_000_000, 1)
    return [
        Figure(f"replay of {count:,} items, of plain COPY", ratio, "", at_least=0.05, note=note),
        Figure(f"replay of {count:,} items", took, "s", at_most=limit, note=f"of these {worked:.1f} s in the worker"),
    ]


def _operator(town: Town) -> Actor:
    """Give somebody who runs the project; the one of an earlier run where the database was kept."""
    known = Person.objects.filter(name="Operator").first()
    if known is None:
        made = add_person(name="Operator", email="operator@hitl.invalid", by=console(), at=timezone.now())
        known = getattr(made, "person", made)
        give_membership(person=known, project=town.project, role="operations", by=console(), at=timezone.now())
    return actor_of_person(known, "browser")
