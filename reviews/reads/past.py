"""A project's past, in chunks: items as they came, where they went, what audits found, how long decisions took.

Each chunk is one short statement by keys, outside of any transaction, and locks nothing.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Any, NamedTuple

import msgspec

from accounts.models import Project
from audit.models.sql import ask, ask_one, many, postgres, tuples
from guidelines.models import ModelVersion
from reviews.models import Item, Seed
from reviews.rights import Past, month_seed, seed_commitment, units
from reviews.rights.numbers import exact

CHUNK = 5000
CHUNK_BYTES = 32_000_000
ENOUGH, MOST_TIMES, OLDEST = 20, 2000, 200_000
LOOKED_AT = 20
"""Newest items whose segments are offered to tell items apart by."""
NEWEST = "SELECT {columns} FROM reviews_item WHERE project_id = %s AND id < %s ORDER BY id DESC LIMIT %s"
FITTING = f"""
SELECT * FROM (SELECT n.*, sum(coalesce(length(n.body), 0)) OVER (ORDER BY n.id DESC) - coalesce(length(n.body), 0)
    AS before FROM ({NEWEST.format(columns="*")}) n) w WHERE w.before < %s
"""  # noqa: S608 - constants
ITEMS = """
SELECT i.id, i.external_id, i.received_at, i.impact, i.cost, i.units, {body} AS body, r.arm, r.rule, r.problem,
    r.switch, r.rights_id, r.draws, p.confidence, p.model_version_id
FROM ({newest}) i {joined} WHERE i.received_at >= %s ORDER BY i.id DESC{then}
"""
LOOKED_UP = """
CROSS JOIN LATERAL (SELECT * FROM reviews_route WHERE item_id = i.id AND routed_at <= %s
    ORDER BY number DESC LIMIT 1) r
LEFT JOIN LATERAL (SELECT * FROM reviews_prediction WHERE item_id = i.id AND purpose = 'route' LIMIT 1) p ON true
"""
"""For PostgreSQL: each item is looked up by key, where a join would read the whole of both tables for every chunk."""
JOINED = """
JOIN reviews_route r ON r.item_id = i.id AND r.routed_at <= %s
LEFT JOIN reviews_prediction p ON p.item_id = i.id AND p.purpose = 'route'
"""
COUNT = "SELECT count(*) AS items FROM reviews_item WHERE project_id = %s AND id <= %s AND received_at >= %s"
FINDINGS = """
SELECT e.stream, e.type, e.recorded_at, p.body FROM audit_event e
LEFT JOIN audit_payload p ON p.event_id = e.id AND p.section = 'audit'
WHERE e.stream IN {places} AND e.type IN ('reviews.audit_recorded', 'reviews.audit_annulled') ORDER BY e.stream, e.sseq
"""
TIMES = """
SELECT d.id, q.slug, t.kind, d.active_ms, q.project_id, d.decided_at FROM (
    SELECT id, task_id, active_ms, decided_at FROM reviews_decision WHERE id < %s ORDER BY id DESC LIMIT %s) d
JOIN reviews_task t ON t.id = d.task_id JOIN reviews_queue q ON q.id = t.queue_id ORDER BY d.id DESC
"""
EVER = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Came(NamedTuple):
    """One item of the past, as it came and where it went.

    `pi` is the rate that its audit was drawn at, "0" where it was not; `u` is that draw's number where it is on record.
    """

    id: int
    external_id: str
    received_at: dt.datetime
    past: Past
    arm: str
    rule: str
    rights_id: int
    pi: str
    u: int | None
    audited: bool


class _Drawn(msgspec.Struct):
    purpose: str
    pi: str
    u: str
    drawn: bool


class _Body(msgspec.Struct):
    segments: dict[str, str] | None = None


_read_body = msgspec.json.Decoder(_Body).decode
_read_draws = msgspec.json.Decoder(list[_Drawn]).decode


@dataclass(frozen=True)
class Span:
    """What part of a project's past is meant: items up to the id `last`, received from `since` on (None: all).

    `at` is the instant that it is past to: what was routed, decided or found later is left out.
    """

    project: Project
    last: int
    since: dt.datetime | None
    at: dt.datetime

    @property
    def begin(self) -> dt.datetime:
        """The instant from which on items belong to it."""
        return self.since or EVER


def items_in(span: Span) -> int:
    """Count the items of a part of the past."""
    found = ask_one(COUNT, [span.project.pk, span.last, span.begin])
    return int(found.items) if found else 0


def chunk(span: Span, below: int, *, bodies: bool, models: dict[int, tuple[str, str]]) -> list[Came]:
    """Give the newest items below an id, at most 5,000 and, with bodies, about 32 MB; none: there are no more."""
    joined, then = (LOOKED_UP, "") if postgres() else (JOINED, ", r.number DESC")
    newest, most = (FITTING, [CHUNK_BYTES]) if bodies else (NEWEST.format(columns="*"), [])
    sql = ITEMS.format(body="i.body" if bodies else "NULL", newest=newest, joined=joined, then=then)
    found: list[Came] = []
    for row in tuples(sql, [span.project.pk, below, CHUNK, *most, span.at, span.begin]):
        if not found or found[-1].id != row[0]:  # the newest route of an item comes first, and governs
            found.append(_came(row, models))
    return found


def _came(row: Any, models: dict[int, tuple[str, str]]) -> Came:
    (
        id_,
        external_id,
        received_at,
        impact,
        cost,
        units,
        body,
        arm,
        rule,
        problem,
        switch,
        rights_id,
        draws,
        sure,
        model,
    ) = row
    past = Past(
        _number(sure), impact, _number(cost), units, switch, rule == "unknown_label",
        models[model] if model is not None else None, body, problem == "retired_label",
    )  # fmt: skip
    audit = next((one for one in _read_draws(draws) if one.purpose == "audit"), None) if '"audit"' in draws else None
    if audit is None:
        return Came(id_, external_id, received_at, past, arm, rule, rights_id, "0", None, False)
    pi, taken = (audit.pi, audit.drawn) if arm == "accept" else ("0", False)
    return Came(id_, external_id, received_at, past, arm, rule, rights_id, pi, int(audit.u, 16), taken)


def _number(value: Any) -> Decimal | None:
    """Read a decimal as either engine gives it."""
    return value if value is None or type(value) is Decimal else exact(value)


def models_of(project: Project) -> dict[int, tuple[str, str]]:
    """Give the names and versions of a project's models."""
    rows = ModelVersion.objects.filter(project=project).values_list("pk", "name", "version")
    return {pk: (name, version) for pk, name, version in rows}


class Draws:
    """The draws of a project's audits, made again by the seeds of their months."""

    def __init__(self, project: Project, master: bytes) -> None:
        self._units: dict[tuple[int, int], Callable[[str], int]] = {}
        for month, commitment in Seed.objects.filter(project=project).values_list("month", "commitment"):
            seed = month_seed(master, project.uuid, month)
            if seed_commitment(seed).hex() == commitment:
                self._units[int(month[:4]), int(month[5:])] = units(seed, project.uuid, "audit")

    def u(self, item: Came) -> int | None:
        """Give an item's number for its audit: as recorded, else made again; None where its month has no seed here."""
        if item.u is not None:
            return item.u
        at = item.received_at.astimezone(dt.UTC)
        unit_of = self._units.get((at.year, at.month))
        return None if unit_of is None else unit_of(item.external_id)


def findings(items: Collection[int], before: dt.datetime) -> dict[int, str]:
    """Give what audits of these items found, where it was recorded before an instant and stands.

    That is `agrees`, `differs`, or `retired` where the audited label could not be said again. Of several, the first one
    that was not annulled counts: it judged what the model answered.
    """
    if not items:
        return {}
    named = {f"item/{uuid}": pk for pk, uuid in Item.objects.filter(pk__in=items).values_list("pk", "uuid")}
    places, streams = many(named)
    found: dict[int, tuple[str, bool]] = {}
    for row in ask(FINDINGS.format(places=places), streams):
        item = named[row.stream]
        if row.type == "reviews.audit_annulled":
            found.pop(item, None)
        elif row.body is not None and item not in found:
            found[item] = (msgspec.json.decode(row.body)["finding"], row.recorded_at < before)
    return {item: finding for item, (finding, out) in found.items() if out}


@dataclass(frozen=True, slots=True)
class Times:
    """How long decisions of a queue and kind took: their number, and the median in milliseconds, None under 20."""

    decisions: int
    median_ms: float | None


def times_of(span: Span) -> dict[tuple[str, str], Times]:
    """Give how long a project's decisions took, by queue and kind: of each the newest 2,000 with a measured time.

    Of all decisions of the installation the last 200,000 are looked through.
    """
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    below, left = 2**62, OLDEST
    while left > 0:
        rows = tuples(TIMES, [below, min(CHUNK, left)])
        for _id, slug, kind, active_ms, project_id, decided_at in rows:
            ours = project_id == span.project.pk and decided_at <= span.at
            if ours and active_ms is not None and len(found[slug, kind]) < MOST_TIMES:
                found[slug, kind].append(active_ms)
        left = left - CHUNK if len(rows) == CHUNK else 0
        below = rows[-1][0] if rows else 0
    return {
        key: Times(len(spent), float(median(spent)) if len(spent) >= ENOUGH else None) for key, spent in found.items()
    }


def segment_keys(project: Project, configured: Collection[str]) -> list[str]:
    """Give the keys that a project's items can be told apart by: the configured ones, and those of its newest items."""
    rows = tuples(NEWEST.format(columns="body"), [project.pk, 2**62, LOOKED_AT])
    seen = {key for (body,) in rows if body is not None for key in (_read_body(body).segments or {})}
    return list(dict.fromkeys([*configured, *sorted(seen)]))
