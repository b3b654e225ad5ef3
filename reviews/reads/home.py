"""What a person's first page and rail tell: their queues with what waits, what needs them, their last decisions."""

import datetime as dt
import json
import zoneinfo
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.models.sql import Row, ask, ask_one
from reviews.reads.levels import Above, waiting_above
from reviews.reads.listing import COUNTED, HeldItems, held_items, waiting_in
from reviews.reads.pace import Pace, pace
from reviews.reads.readers import reminded
from reviews.reads.stream import Mine, decisions
from reviews.reads.waiting import with_waiting
from reviews.rights import ADJUDICATION

LINES = f"""
SELECT l.id AS lane_id, q.id AS queue_id, q.slug, q.name, q.level, p.slug AS project_slug, p.name AS project_name,
    p.time_zone, EXISTS (SELECT 1 FROM reviews_personlane g WHERE g.lane_id = l.id AND g.person_id = %s AND g.gated)
    AS gated
FROM reviews_lane l JOIN reviews_queue q ON q.id = l.queue_id JOIN accounts_project p ON p.id = q.project_id
WHERE l.id IN (SELECT pl.lane_id FROM reviews_personlane pl JOIN accounts_membership m ON m.id = pl.membership_id
    WHERE pl.person_id = %s AND m.from_at <= %s AND (m.until_at IS NULL OR m.until_at > %s))
ORDER BY p.name, p.id, q.level, q.name, q.id LIMIT {COUNTED}
"""  # noqa: S608 - a constant
OPEN = """
SELECT s.lease_until, i.external_id, q.slug AS queue_slug, q.name AS queue_name, p.slug AS project_slug,
    p.name AS project_name
FROM reviews_seat s JOIN reviews_task t ON t.id = s.task_id JOIN reviews_item i ON i.id = s.item_id
JOIN reviews_queue q ON q.id = t.queue_id JOIN accounts_project p ON p.id = i.project_id
WHERE s.person_id = %s AND s.state = 'leased' AND s.slot = 'open' AND s.lease_until > %s
"""


RETURNED = """
SELECT i.external_id, q.slug AS queue_slug, p.slug AS project_slug, p.name AS project_name, q.name AS queue_name,
    n.body AS rework
FROM reviews_seat s JOIN reviews_task t ON t.id = s.task_id JOIN reviews_item i ON i.id = s.item_id
JOIN reviews_queue q ON q.id = t.queue_id JOIN accounts_project p ON p.id = i.project_id
JOIN reviews_withdrawal w ON w.task_id = t.id AND w.person_id = s.kept_for_id AND w.attempt = (
    SELECT max(o.attempt) FROM reviews_withdrawal o WHERE o.task_id = t.id AND o.person_id = s.kept_for_id)
LEFT JOIN audit_payload n ON n.event_id = w.event_id AND n.section = 'rework'
WHERE s.kept_for_id = %s AND s.state = 'open' AND t.state = 'open' ORDER BY s.kept_until, s.id LIMIT 20
"""


@dataclass(frozen=True, slots=True)
class Line:
    """A queue that a person may work. `waiting` counts seats open to them; `key` opens it, if it has one.

    Among what waits are `disagreements` to settle and `appeals` to hear.
    `gated`: they get nothing of it until they acknowledge the project's guideline and model cards.
    """

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
    disagreements: int = 0
    appeals: int = 0
    gated: bool = False

    @property
    def kind(self) -> str:
        """Tell the project's adjudication queue from the others."""
        return ADJUDICATION if self.queue == ADJUDICATION else ""


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
    """One thing that needs the person, with the queue where it waits; `held` items wait in no queue.

    `above` is what was escalated and waits in a queue that others work; `place` is the slug of its project. `reads`
    is the project whose guideline is to be acknowledged; somebody may have asked for it. What has none of these stands
    on the page itself, at the element `at`.
    """

    icon: str
    sentence: str
    line: Line | None = None
    held: HeldItems | None = None
    above: Above | None = None
    place: str = ""
    at: str = ""
    reads: str = ""
    asked_by: str = ""
    asked_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Returned:
    """A decision of the person's that was returned to them, with the note on what to look at again."""

    external_id: str
    project: str
    project_name: str
    queue: str
    queue_name: str
    note: str


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
    returned: list[Returned] = field(default_factory=list)

    @property
    def gated(self) -> Line | None:
        """Give a queue whose project's guideline is to be acknowledged before anything of it comes."""
        return next((line for line in self.lines if line.gated), None)

    @property
    def next(self) -> Line | None:
        """Give the queue to start with: what is due first, adjudication before other work."""
        waiting = [line for line in self.lines if line.waiting and not line.gated]
        last = dt.datetime.max.replace(tzinfo=dt.UTC)
        return min(waiting, key=lambda line: (line.due_at or last, not line.kind, line.oldest_at or last), default=None)


def home(
    person_id: int,
    at: dt.datetime,
    *,
    running: Collection[int] = (),
    known: list[Line] | None = None,
    roles: Mapping[int, tuple[str, Collection[str]]] | None = None,
    signatures: int = 0,
) -> Home:
    """Read a person's first page; at most nine statements, three fewer when the lines are `known`.

    It tells what is held in projects they are `running`, and what was escalated to them or is told to their `roles`, by
    project with its slug; and that so many `signatures` of theirs are waited for.
    """
    mine = lines(person_id, at) if known is None else known
    reader = timezone.get_current_timezone_name()
    zone = reader if reader != "UTC" or not mine else mine[0].zone
    local = at.astimezone(zoneinfo.ZoneInfo(zone))
    today = local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(dt.UTC)
    held = held_items(running)
    city = zone.rpartition("/")[2].replace("_", " ")
    own = pace(person_id, at, today=today)
    needs = [*_needs_to_read(mine, person_id), *_needs_above(mine, roles or {}), *_signing(signatures)]
    needs += _needs(mine, held)
    back = returned_to(person_id)
    return Home(local, city, mine, open_claim_of(person_id, at), decisions(person_id, at), own, needs, back)


def lines(person_id: int, at: dt.datetime) -> list[Line]:
    """List the queues that a person may work, with what waits there; three statements, on SQLite one a 200 lanes more.

    What they may not sit in, since they have a part in it already, is not counted.
    """
    rows = ask(LINES, [person_id, person_id, at, at])
    waiting = waiting_in([row.lane_id for row in rows], person_id, at) if rows else {}
    found: dict[int, Line] = {}
    for row in rows:
        seen = waiting.get(row.lane_id)
        line = with_waiting(found.get(row.queue_id) or _line(row), seen, at)
        if seen is not None:
            more = {"disagreements": line.disagreements + seen.disagreements, "appeals": line.appeals + seen.appeals}
            line = replace(line, **more)
        found[row.queue_id] = line
    return [replace(line, key=str(key) if key < 10 else "") for key, line in enumerate(found.values(), 1)]


def _line(row: Row) -> Line:
    return Line(
        row.project_slug, row.project_name, row.time_zone, row.slug, row.name, row.level, 0, 0, None, None, False,
        gated=bool(row.gated),
    )  # fmt: skip


def open_claim_of(person_id: int, at: dt.datetime) -> OpenClaim | None:
    """Give the claim that is on this person's screen."""
    row = ask_one(OPEN, [person_id, at])
    if row is None:
        return None
    return OpenClaim(
        row.external_id, row.project_slug, row.project_name, row.queue_slug, row.queue_name, row.lease_until
    )


def returned_to(person_id: int) -> list[Returned]:
    """List what was returned to this person and is not redone yet, what is kept shortest first; one statement."""
    return [
        Returned(
            row.external_id,
            row.project_slug,
            row.project_name,
            row.queue_slug,
            row.queue_name,
            json.loads(row.rework)["note"] if row.rework is not None else "",
        )
        for row in ask(RETURNED, [person_id])
    ]


def _needs_above(mine: list[Line], roles: Mapping[int, tuple[str, Collection[str]]]) -> list[Need]:
    """Name what was escalated and nobody has acknowledged: to whom may answer it, and to the roles that are told."""
    queues = {(line.project, line.queue): line for line in mine if line.level > 0}
    able = {project for project, _queue in queues}
    asked = [project for project, (slug, has) in roles.items() if slug in able or set(has) - {"reviewer"}]
    needs = []
    for one in waiting_above(asked):
        slug, has = roles[one.project]
        line = queues.get((slug, one.queue))
        if one.unanswered and ((line and line.waiting) or not one.told.isdisjoint(has)):
            sentence = ngettext(
                "%(n)d escalated item waits for an answer", "%(n)d escalated items wait for an answer", one.unanswered
            )
            needs.append(Need("up", sentence % {"n": one.unanswered}, line, above=one, place=slug))
    return needs


def _signing(signatures: int) -> list[Need]:
    if not signatures:
        return []
    sentence = ngettext("%(n)d answer waits for your signature", "%(n)d answers wait for your signature", signatures)
    return [Need("seal", sentence % {"n": signatures}, at="signatures")]


def _needs_to_read(mine: list[Line], person_id: int) -> list[Need]:
    """Name the projects where something is to be acknowledged, with who asked last; a statement where there are any."""
    gated = {line.project: line.project_name for line in mine if line.gated}
    asked = reminded(person_id) if gated else {}
    needs = []
    for slug, name in gated.items():
        sentence = _("%(project)s: read what is in force and acknowledge it to get work") % {"project": name}
        who, when = asked.get(slug, ("", None))
        needs.append(Need("book", sentence, reads=slug, asked_by=who, asked_at=when))
    return needs


def _needs(mine: list[Line], held: list[HeldItems]) -> list[Need]:
    needs = []
    for one in held:
        sentence = ngettext("%(n)d item is held", "%(n)d items are held", one.count)
        needs.append(Need("lock", sentence % {"n": one.count}, held=one))
    for line in mine:
        if line.gated:
            continue
        if line.disagreements:
            sentence = ngettext("%(n)d disagreement to settle", "%(n)d disagreements to settle", line.disagreements)
            needs.append(Need("scales", sentence % {"n": line.disagreements}, line))
        if line.appeals:
            sentence = ngettext("%(n)d appeal to hear", "%(n)d appeals to hear", line.appeals)
            needs.append(Need("scales", sentence % {"n": line.appeals}, line))
        if line.overdue:
            sentence = ngettext("%(n)d item is overdue", "%(n)d items are overdue", line.overdue)
            needs.append(Need("clock", sentence % {"n": line.overdue}, line))
    return needs
