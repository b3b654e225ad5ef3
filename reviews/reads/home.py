"""What a person's first page and rail tell: their queues with what waits, what needs them, their last decisions."""

import datetime as dt
import json
import zoneinfo
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.models.sql import Row, ask, ask_one
from reviews.reads.composing import words_of
from reviews.reads.listing import COUNTED, HeldItems, held_items, waiting_in
from reviews.reads.pace import Pace, pace
from reviews.reads.published import rights_of
from reviews.reads.waiting import with_waiting
from reviews.rights import ADJUDICATION, duration

LINES = f"""
SELECT l.id AS lane_id, q.id AS queue_id, q.slug, q.name, q.level, p.slug AS project_slug, p.name AS project_name,
    p.time_zone
FROM reviews_lane l JOIN reviews_queue q ON q.id = l.queue_id JOIN accounts_project p ON p.id = q.project_id
WHERE l.id IN (SELECT pl.lane_id FROM reviews_personlane pl JOIN accounts_membership m ON m.id = pl.membership_id
    WHERE pl.person_id = %s AND m.from_at <= %s AND (m.until_at IS NULL OR m.until_at > %s))
ORDER BY p.name, p.id, q.level, q.name, q.id LIMIT {COUNTED}
"""  # noqa: S608 - a constant
MINE = """
SELECT d.uuid, d.verdict, d.body, d.decided_at, t.state AS task_state, t.item_id, i.uuid AS item_uuid, i.external_id,
    i.state AS item_state, q.name AS queue_name, q.slug AS queue_slug, p.slug AS project_slug, p.name AS project_name,
    rv.body AS rights_body, tv.body AS taxonomy_body, ps.manifest,
    o.released_at, o.id AS outcome_id, w.id AS withdrawal_id
FROM reviews_decision d JOIN reviews_task t ON t.id = d.task_id JOIN reviews_item i ON i.id = t.item_id
JOIN reviews_queue q ON q.id = t.queue_id JOIN accounts_project p ON p.id = i.project_id
JOIN reviews_route r ON r.item_id = i.id
    AND r.number = (SELECT max(x.number) FROM reviews_route x WHERE x.item_id = i.id)
JOIN reviews_rightsversion rv ON rv.id = r.rights_id
JOIN reviews_presentation ps ON ps.claim_id = d.claim_id JOIN guidelines_taxonomyversion tv ON tv.id = ps.taxonomy_id
LEFT JOIN reviews_outcome o ON o.task_id = t.id AND o.annulled_at IS NULL
LEFT JOIN reviews_withdrawal w ON w.task_id = d.task_id AND w.person_id = d.person_id AND w.attempt = d.attempt
WHERE d.person_id = %s ORDER BY d.id DESC LIMIT %s
"""
OPEN = """
SELECT s.lease_until, i.external_id, q.slug AS queue_slug, q.name AS queue_name, p.slug AS project_slug,
    p.name AS project_name
FROM reviews_seat s JOIN reviews_task t ON t.id = s.task_id JOIN reviews_item i ON i.id = s.item_id
JOIN reviews_queue q ON q.id = t.queue_id JOIN accounts_project p ON p.id = i.project_id
WHERE s.person_id = %s AND s.state = 'leased' AND s.slot = 'open' AND s.lease_until > %s
"""


@dataclass(frozen=True, slots=True)
class Line:
    """A queue that a person may work. `waiting` counts seats open to them; `key` opens it, if it has one."""

    project: str
    project_name: str
    zone: str
    queue: str
    name: str
    level: int
    waiting: int
    overdue: int
    oldest_at: dt.datetime | None
    due_at: dt.datetime | None
    soon: bool
    key: str = ""

    @property
    def kind(self) -> str:
        """Tell the project's adjudication queue from the others."""
        return ADJUDICATION if self.queue == ADJUDICATION else ""


@dataclass(frozen=True, slots=True)
class Mine:
    """One of a person's last decisions. `changes` says what it changed, `standing` where it is now."""

    uuid: UUID
    verdict: str
    decided_at: dt.datetime
    item: UUID
    external_id: str
    project: str
    project_name: str
    changes: str
    withdrawable: bool
    withdrawn: bool
    standing: str


@dataclass(frozen=True, slots=True)
class OpenClaim:
    """The item that is on a person's screen, or was when they left."""

    external_id: str
    project: str
    project_name: str
    queue: str
    queue_name: str
    until_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that needs the person, with the queue where it waits; `held` items wait in no queue."""

    icon: str
    sentence: str
    line: Line | None = None
    held: HeldItems | None = None


@dataclass(frozen=True, slots=True)
class Home:
    """The first page of someone who decides; today begins in the time zone `zone`."""

    now: dt.datetime
    zone: str
    lines: list[Line]
    open: OpenClaim | None
    decisions: list[Mine]
    pace: Pace
    needs: list[Need] = field(default_factory=list)

    @property
    def next(self) -> Line | None:
        """Give the queue to start with: what is due first, adjudication before other work."""
        waiting = [line for line in self.lines if line.waiting]
        last = dt.datetime.max.replace(tzinfo=dt.UTC)
        return min(waiting, key=lambda line: (line.due_at or last, not line.kind, line.oldest_at or last), default=None)


def home(person_id: int, at: dt.datetime, *, running: Collection[int] = (), known: list[Line] | None = None) -> Home:
    """Read a person's first page; at most eight statements, three fewer when the lines are `known`.

    It tells what is held in projects they are `running`.
    """
    mine = lines(person_id, at) if known is None else known
    reader = timezone.get_current_timezone_name()
    zone = reader if reader != "UTC" or not mine else mine[0].zone
    local = at.astimezone(zoneinfo.ZoneInfo(zone))
    today = local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(dt.UTC)
    held = held_items(running)
    city = zone.rpartition("/")[2].replace("_", " ")
    own = pace(person_id, at, today=today)
    return Home(local, city, mine, open_claim_of(person_id, at), decisions(person_id, at), own, _needs(mine, held))


def lines(person_id: int, at: dt.datetime) -> list[Line]:
    """List the queues that a person may work, with what waits there; three statements, on SQLite one a 200 lanes more.

    What they may not sit in, since they have a part in it already, is not counted.
    """
    rows = ask(LINES, [person_id, at, at])
    waiting = waiting_in([row.lane_id for row in rows], person_id, at) if rows else {}
    found: dict[int, Line] = {}
    for row in rows:
        found[row.queue_id] = with_waiting(found.get(row.queue_id) or _line(row), waiting.get(row.lane_id), at)
    return [replace(line, key=str(key) if key < 10 else "") for key, line in enumerate(found.values(), 1)]


def _line(row: Row) -> Line:
    return Line(
        row.project_slug, row.project_name, row.time_zone, row.slug, row.name, row.level, 0, 0, None, None, False
    )


def open_claim_of(person_id: int, at: dt.datetime) -> OpenClaim | None:
    """Give the claim that is on this person's screen."""
    row = ask_one(OPEN, [person_id, at])
    if row is None:
        return None
    return OpenClaim(
        row.external_id, row.project_slug, row.project_name, row.queue_slug, row.queue_name, row.lease_until
    )


def decisions(person_id: int, at: dt.datetime, limit: int = 8) -> list[Mine]:
    """List a person's last decisions, newest first; one statement."""
    return [_mine(row, at) for row in ask(MINE, [person_id, limit])]


def stream(person_id: int, at: dt.datetime) -> list[Mine]:
    """List a person's last decisions while any of them may be withdrawn, newest first; one statement."""
    found = decisions(person_id, at)
    return found if any(one.withdrawable for one in found) else found[:1]


def _mine(row: Row, at: dt.datetime) -> Mine:
    return Mine(
        row.uuid,
        "answer" if _blind(row) else row.verdict,
        row.decided_at,
        row.item_uuid,
        row.external_id,
        row.project_slug,
        row.project_name,
        _changes(row),
        _withdrawable(row, at),
        row.withdrawal_id is not None,
        _standing(row),
    )


def _blind(row: Row) -> bool:
    """Tell whether the verdict was derived from a proposal that its author has not seen."""
    return row.verdict in {"approve", "correct"} and json.loads(row.manifest)["prediction"] == "hidden"


def _withdrawable(row: Row, at: dt.datetime) -> bool:
    if row.withdrawal_id is not None or row.released_at is not None or row.task_state == "closed":
        return False
    if row.item_state in {"held", "withdrawn", "expired", "erased"}:
        return False
    final = row.outcome_id is None and (row.task_state != "open" or row.verdict == "skip")
    return not (final and at > row.decided_at + duration(rights_of(row.rights_body).release_after))


def _standing(row: Row) -> str:
    if row.withdrawal_id is not None:
        return _("Withdrawn")
    if row.released_at is not None:
        return _("Released")
    if row.verdict in {"skip", "escalate"} or row.task_state == "passed_on":
        return _("Passed on")
    return _("With others") if row.task_state == "open" else _("Settled")


def _changes(row: Row) -> str:
    if row.body is None:
        return _("Erased")
    body: dict[str, Any] = json.loads(row.body)
    if row.verdict == "correct" or _blind(row):
        words = words_of(body["output"], json.loads(row.taxonomy_body))
        return ", ".join(f"{term}: {word}" if term else word for term, word, _number in words)
    return body["sent"].get("rationale") or ""


def _needs(mine: list[Line], held: list[HeldItems]) -> list[Need]:
    needs = []
    for one in held:
        sentence = ngettext("%(n)d item is held", "%(n)d items are held", one.count)
        needs.append(Need("lock", sentence % {"n": one.count}, held=one))
    for line in mine:
        if line.kind and line.waiting:
            sentence = ngettext("%(n)d disagreement to settle", "%(n)d disagreements to settle", line.waiting)
            needs.append(Need("scales", sentence % {"n": line.waiting}, line))
        if line.overdue:
            sentence = ngettext("%(n)d item is overdue", "%(n)d items are overdue", line.overdue)
            needs.append(Need("clock", sentence % {"n": line.overdue}, line))
    return needs
