"""What happened in projects, in words, newest first: a stretch of the ledger at a time, at most six statements.

Event ids are UUIDs of version 7, so their unique index is the order of time. A page looks at a stretch of at most
`WINDOW` events and says where to go on, however seldom what is asked for occurs.
"""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from accounts.models import Role
from audit.models.sql import Row, ask, ask_one, many
from audit.reads import KINDS, first_uuid7
from reviews.models import Item, Queue
from reviews.reads.history import TONES, Words, measures, members_of, sentence_of
from reviews.reads.words import WORDS

PAGE = 50
WINDOW = 5000
LAST = UUID(int=2**128 - 1)
LAST_DAY = dt.date.max - dt.timedelta(days=2)  # a later one has no end in every zone
EVENTS = """
SELECT w.* FROM (SELECT e.id, e.event_id AS event_uuid, e.recorded_at, e.leaf, e.type, e.actor,
        e.project AS project_uuid
    FROM audit_event e WHERE e.event_id < %s AND e.event_id >= %s ORDER BY e.event_id DESC LIMIT {window}) w
WHERE w.project_uuid IN {places}{more} ORDER BY w.event_uuid DESC LIMIT {limit}
"""
STRETCH = """
SELECT e.event_id AS event_uuid FROM audit_event e WHERE e.event_id < %s AND e.event_id >= %s
ORDER BY e.event_id DESC LIMIT 1 OFFSET {offset}
"""
PAYLOADS = "SELECT p.event_id AS event_number, p.body FROM audit_payload p WHERE p.event_id IN {places}"
ALL_WORDS: Words = {
    **WORDS,
    "role": dict(Role.choices),
    "position": {
        "normal": pgettext_lazy("switch", "normal"),
        "all-to-people": pgettext_lazy("switch", "all to people"),
        "hold-everything": pgettext_lazy("switch", "hold everything"),
    },
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader asks for: a day in their time zone, an actor's pseudonym, a type of event, and where to go on."""

    day: dt.date | None = None
    who: str = ""
    kind: str = ""
    after: UUID | None = None

    @property
    def filtered(self) -> bool:
        """Tell whether anything is left out."""
        return bool(self.day or self.who or self.kind)


@dataclass(frozen=True, slots=True)
class Sight:
    """What a reader may be told: of `items` at all, and of tasks and findings that measure people (`quality`)."""

    items: bool
    quality: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One event in words. `project` is a slug; `item` names the item it is about, by external id."""

    at: dt.datetime
    sentence: str
    actor: str
    role: str
    origin: str
    tone: str
    type: str
    project: str
    item: UUID | None
    external_id: str
    event: UUID

    @property
    def day(self) -> dt.date:
        """Give the day in the reader's time zone."""
        return timezone.localtime(self.at).date()


@dataclass(frozen=True, slots=True)
class Trail:
    """A stretch of the trail; `after` leads to what came before it, None at the beginning of all."""

    entries: list[Entry]
    after: UUID | None


def trail(projects: Mapping[UUID, str], sight: Sight, *, asked: Asked | None = None, limit: int = PAGE) -> Trail:
    """Read a stretch of the trail of these projects, given with their slugs."""
    asked = asked or Asked()
    until, since = _bounds(asked)
    places, params = many(projects)
    more = ""
    wanted: list[str] = []
    for column, value in (("actor", asked.who), ("type", asked.kind)):
        if value:
            more, wanted = f"{more} AND w.{column} = %s", [*wanted, value]
    sql = EVENTS.format(window=WINDOW, places=places, more=more, limit=limit + 1)
    rows = ask(sql, [until, since, *params, *wanted])
    if len(rows) > limit:
        after = rows[limit - 1].event_uuid
    else:
        end = ask_one(STRETCH.format(offset=WINDOW - 1), [until, since])
        after = end.event_uuid if end else None
    seen = [row for row in rows[:limit] if _may_be_told(row, sight)]
    return Trail(_entries(seen, projects), after)


def kinds() -> list[tuple[str, str]]:
    """List the types of events with their sentences, the parts that differ left open."""
    told = [(name, str(kind.sentence).format_map(_Open())) for name, kind in KINDS.items()]
    return sorted(told, key=lambda pair: pair[1])


class _Open(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


def _bounds(asked: Asked) -> tuple[UUID, UUID]:
    until, since = LAST, UUID(int=0)
    if asked.day:
        start = dt.datetime.combine(min(asked.day, LAST_DAY), dt.time(), timezone.get_current_timezone())
        since, until = first_uuid7(start), first_uuid7(start + dt.timedelta(days=1))
    return min(until, asked.after or LAST), since


def _may_be_told(row: Row, sight: Sight) -> bool:
    if not sight.items and json.loads(row.leaf)["tags"].get("item"):
        return False
    return sight.quality or not measures(row)


def _entries(rows: list[Row], projects: Mapping[UUID, str]) -> list[Entry]:
    if not rows:
        return []
    places, ids = many([row.id for row in rows])
    members: dict[int, dict[str, Any]] = defaultdict(dict)
    for payload in ask(PAYLOADS.format(places=places), ids):
        members[payload.event_number].update(members_of(payload.body))
    queues = Queue.objects.filter(project__uuid__in=projects).values_list("slug", "name")
    words = {**ALL_WORDS, "queue": dict(queues)}
    leaves = {row.id: json.loads(row.leaf) for row in rows}
    named = {item for leaf in leaves.values() if (item := _item(leaf))}
    items = dict(Item.objects.filter(uuid__in=named).values_list("uuid", "external_id"))
    found = [_entry(row, leaves[row.id], members[row.id], words, (projects[row.project_uuid], items)) for row in rows]
    order = {row.event_uuid: (row.recorded_at, row.id) for row in rows}
    return sorted(found, key=lambda entry: order[entry.event], reverse=True)


def _item(leaf: dict[str, Any]) -> UUID | None:
    named = leaf["tags"].get("item")
    return UUID(named) if named else None


def _entry(
    row: Row, leaf: dict[str, Any], members: dict[str, Any], words: Words, place: tuple[str, dict[UUID, str]]
) -> Entry:
    slug, items = place
    item = _item(leaf)
    role = leaf.get("role") or ""
    return Entry(
        row.recorded_at,
        sentence_of(row.type, members, words),
        row.actor,
        str(dict(Role.choices).get(role, _role(row.actor, role))),
        "person" if row.actor.startswith("p_") else "model" if row.actor.startswith("s_") else "house",
        TONES.get(row.type, ""),
        row.type,
        slug,
        item if item in items else None,
        items.get(item, "") if item else "",
        row.event_uuid,
    )


def _role(actor: str, role: str) -> str:
    if actor.startswith("s_"):
        return _("The model’s system")
    if role == "owner":
        return _("Owner")
    return _("Person") if actor.startswith("p_") else _("hitl itself")
