"""A project's past, in chunks: items as they came, where they went, what audits found, how long decisions took.

Each chunk is one short statement by keys, outside of any transaction, and locks nothing.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from accounts.models import Project
from audit.models.sql import ask, ask_one, many, tuples
from guidelines.models import ModelVersion
from reviews.models import Seed
from reviews.rights import Past, month_seed, seed_commitment, unit
from reviews.rights.numbers import exact

CHUNK = 5000
CHUNK_BYTES = 32_000_000
ENOUGH, MOST_TIMES, OLDEST = 20, 2000, 200_000
NEWEST = "SELECT {columns} FROM reviews_item WHERE project_id = %s AND id < %s ORDER BY id DESC LIMIT %s"
SIZES = NEWEST.format(columns="id, coalesce(length(body), 0) AS bytes")
ITEMS = f"""
SELECT i.id, i.uuid, i.external_id, i.received_at, i.impact, i.cost, i.units, {{body}} AS body, r.arm, r.rule, r.switch,
    r.rights_id, r.draws, p.confidence, p.model_version_id
FROM ({NEWEST.format(columns="*")}) i JOIN reviews_route r ON r.item_id = i.id
LEFT JOIN reviews_prediction p ON p.item_id = i.id AND p.purpose = 'route'
WHERE i.received_at >= %s AND r.routed_at <= %s ORDER BY i.id DESC, r.number DESC
"""  # noqa: S608 - constants
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
    uuid: UUID
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
    limit = _fitting(span.project.pk, below) if bodies else CHUNK
    sql = ITEMS.format(body="i.body" if bodies else "NULL")
    found: list[Came] = []
    for row in tuples(sql, [span.project.pk, below, limit, span.begin, span.at]):
        if not found or found[-1].id != row[0]:  # the newest route of an item comes first, and governs
            found.append(_came(row, models))
    return found


def _fitting(project: int, below: int) -> int:
    """Tell how many of the next items have bodies that fit into memory; one always does."""
    size = 0
    sizes = tuples(SIZES, [project, below, CHUNK])
    for count, (_id, bytes_) in enumerate(sizes):
        size += bytes_
        if size > CHUNK_BYTES and count:
            return count
    return CHUNK


def _came(row: Any, models: dict[int, tuple[str, str]]) -> Came:
    (
        id_,
        uuid,
        external_id,
        received_at,
        impact,
        cost,
        units,
        body,
        arm,
        rule,
        switch,
        rights_id,
        draws,
        sure,
        model,
    ) = row
    past = Past(
        _number(sure), impact, _number(cost), units, switch, rule == "unknown_label",
        models[model] if model is not None else None, body,
    )  # fmt: skip
    audit = next((one for one in _read_draws(draws) if one.purpose == "audit"), None) if '"audit"' in draws else None
    if audit is None:
        return Came(id_, uuid, external_id, received_at, past, arm, rule, rights_id, "0", None, False)
    pi, taken = (audit.pi, audit.drawn) if arm == "accept" else ("0", False)
    return Came(id_, uuid, external_id, received_at, past, arm, rule, rights_id, pi, int(audit.u, 16), taken)


def _number(value: Any) -> Decimal | None:
    """Read a decimal as either engine gives it."""
    return None if value is None else exact(value)


def models_of(project: Project) -> dict[int, tuple[str, str]]:
    """Give the names and versions of a project's models."""
    rows = ModelVersion.objects.filter(project=project).values_list("pk", "name", "version")
    return {pk: (name, version) for pk, name, version in rows}


class Draws:
    """The draws of a project's audits, made again by the seeds of their months."""

    def __init__(self, project: Project, master: bytes) -> None:
        self._project = project
        self._seeds: dict[str, bytes] = {}
        for month, commitment in Seed.objects.filter(project=project).values_list("month", "commitment"):
            seed = month_seed(master, project.uuid, month)
            if seed_commitment(seed).hex() == commitment:
                self._seeds[month] = seed

    def u(self, item: Came) -> int | None:
        """Give an item's number for its audit: as recorded, else made again; None where its month has no seed here."""
        if item.u is not None:
            return item.u
        at = item.received_at.astimezone(dt.UTC)
        seed = self._seeds.get(f"{at.year:04}-{at.month:02}")
        return None if seed is None else unit(seed, self._project.uuid, "audit", item.external_id)


def findings(items: Iterable[UUID], before: dt.datetime) -> dict[UUID, str]:
    """Give what audits of these items found, `agrees` or `differs`, where it was recorded before an instant and stands.

    Of several, the first one that was not annulled counts: it judged what the model answered.
    """
    named = {f"item/{uuid}": uuid for uuid in items}
    if not named:
        return {}
    places, streams = many(named)
    found: dict[UUID, tuple[str, bool]] = {}
    for row in ask(FINDINGS.format(places=places), streams):
        uuid = named[row.stream]
        if row.type == "reviews.audit_annulled":
            found.pop(uuid, None)
        elif row.body is not None and uuid not in found:
            found[uuid] = (msgspec.json.decode(row.body)["finding"], row.recorded_at < before)
    return {uuid: finding for uuid, (finding, out) in found.items() if out}


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
    rows = tuples(NEWEST.format(columns="body"), [project.pk, 2**62, 100])
    seen = {key for (body,) in rows if body is not None for key in (msgspec.json.decode(body).get("segments") or {})}
    return list(dict.fromkeys([*configured, *sorted(seen)]))
