"""Batches: where they may be made, which one a person has open, and its tiles."""

import datetime as dt
import json
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from audit.models.sql import Row, ask, ask_one, many, postgres
from reviews.reads.composing import Choice
from reviews.reads.held import AS_IT_STANDS, BY_TAKING, Held, held, look_all, verdicts_for
from reviews.reads.pane import pane, percent, step
from reviews.reads.published import rights_of, taxonomy_of
from reviews.reads.said import words_of
from reviews.reads.stages import Stage, stage

ALLOWED = """
SELECT q.id AS queue_id, q.slug, p.slug AS project_slug, rv.body AS rights_body,
    (SELECT tv.body FROM guidelines_guidelinesetup gs JOIN guidelines_taxonomyversion tv ON tv.id = gs.taxonomy_id
        WHERE gs.project_id = p.id)
        AS taxonomy_body,
    (SELECT {join}(m.role, ' ') FROM accounts_membership m WHERE m.project_id = p.id AND m.person_id = %s
        AND m.from_at <= %s AND (m.until_at IS NULL OR m.until_at > %s)) AS roles
FROM reviews_queue q JOIN accounts_project p ON p.id = q.project_id JOIN reviews_setup su ON su.project_id = p.id
JOIN reviews_rightsversion rv ON rv.project_id = p.id
    AND rv.number = (SELECT max(o.number) FROM reviews_rightsversion o WHERE o.project_id = p.id)
LEFT JOIN accounts_preference pf ON pf.person_id = %s
WHERE NOT su.blur AND NOT su.grey AND su.hard_items IS NULL AND su.hard_minutes IS NULL
    AND NOT COALESCE(pf.blur, false) AND NOT COALESCE(pf.grey, false)
    AND p.task_type = 'classification' AND su.show_prediction AND {which}
"""
OF_MY_LANES = """
q.id IN (SELECT l.queue_id FROM reviews_lane l JOIN reviews_personlane pl ON pl.lane_id = l.id WHERE pl.person_id = %s)
"""
LIVE = """
SELECT b.id, b.uuid, b.queue_id, s.id AS seat_id, s.lease_until, c.token
FROM reviews_seat s JOIN reviews_claim c ON c.id = s.claim_id JOIN reviews_batch b ON b.id = c.batch_id
WHERE s.person_id = %s AND s.place IS NOT NULL ORDER BY s.id
"""
MINE = """
SELECT b.id, b.uuid, b.person_id, b.queue_id, q.slug AS queue_slug, p.slug AS project_slug
FROM reviews_batch b JOIN reviews_queue q ON q.id = b.queue_id JOIN accounts_project p ON p.id = q.project_id
WHERE b.uuid = %s
"""


OF_A_BATCH = {
    **AS_IT_STANDS,
    "source": "reviews_claim z JOIN reviews_seat s ON s.id = z.seat_id",
    "claim": "z.id",
    "where": "z.batch_id = %s AND {which}",
}


@dataclass(frozen=True, slots=True)
class Tile:
    """One item of a batch as the grid shows it; `labels` are the proposal's codes, `words` their names and colours."""

    held: Held
    place: int
    stage: Stage
    labels: list[str]
    words: list[tuple[str, str, int]]
    percent: int | None
    step: int


@dataclass(frozen=True, slots=True)
class Group:
    """The tiles with one proposal."""

    name: str
    number: int
    tiles: list[Tile]


@dataclass(frozen=True, slots=True)
class Grid:
    """A batch on screen: its tiles by proposal, and until when it is leased."""

    uuid: uuid.UUID
    until: dt.datetime
    groups: list[Group]

    @property
    def tiles(self) -> list[Tile]:
        """The tiles in the order of the grid."""
        return [tile for group in self.groups for tile in group.tiles]

    @property
    def choices(self) -> list[Choice]:
        """The labels that may be given instead, none where a correction needs a reason or is not allowed."""
        one = self.tiles[0].held
        corrects = "correct" in one.allowed and "correct" not in one.reason_for
        return pane(one).choices if corrects else []


def most_at_once(queue_id: int, person_id: int, at: dt.datetime) -> int:
    """Give how many proposals of a queue a person may confirm at once, by the decision rights in force; 0 if none."""
    rows = _allowed("q.id = %s", queue_id, person_id, at)
    return _most(rows[0]) if rows else 0


def batch_lines(person_id: int, at: dt.datetime) -> set[tuple[str, str]]:
    """List the queues, as (project, queue), that a person may work in batches; one statement."""
    rows = _allowed(OF_MY_LANES, person_id, person_id, at)
    return {(row.project_slug, row.slug) for row in rows if _most(row)}


def _allowed(which: str, value: int, person_id: int, at: dt.datetime) -> list[Row]:
    sql = ALLOWED.format(join="string_agg" if postgres() else "group_concat", which=which)
    return ask(sql, [person_id, at, at, person_id, value])


def _most(row: Row) -> int:
    """Batches are for those who may approve there without giving a reason each time; a tile has no room for turns."""
    if row.taxonomy_body and taxonomy_of(row.taxonomy_body).get("turns"):
        return 0
    rights = rights_of(row.rights_body)
    allowed, reasons = verdicts_for(rights, row.slug, (row.roles or "").split())
    return rights.most_in_a_batch(row.slug) if "approve" in allowed and "approve" not in reasons else 0


def live_batch(person_id: int) -> list[Row]:
    """Read the seats that a person holds in a batch, lapsed ones too."""
    return ask(LIVE, [person_id])


def batch_row(batch: uuid.UUID) -> Row | None:
    """Read a batch with its owner and place."""
    return ask_one(MINE, [batch])


def grid(batch: Row, person_id: int, at: dt.datetime) -> Grid | None:
    """Read a batch as it is now; None when nothing of it is leased any more."""
    rows = sorted((row for row in look_at_batch(batch.id, person_id, at)), key=lambda row: row.seat_place)
    live = [row for row in rows if row.person_id == person_id and row.lease_until > at]
    if not live:
        return None
    groups: dict[str, Group] = {}
    for row in live:
        tile = _tile(row)
        name = ", ".join(word for _term, word, _number in tile.words)
        number = tile.words[0][2] if tile.words else 0
        groups.setdefault(name, Group(name, number, [])).tiles.append(tile)
    return Grid(batch.uuid, min(row.lease_until for row in live), list(groups.values()))


def facts_of(shown: Grid, person_id: int) -> dict[str, Any]:
    """Give what the page's script must know of a batch."""
    taxonomy = shown.tiles[0].held.taxonomy
    return {
        "person": str(person_id),
        "tiles": [
            {"token": str(tile.held.token), "task": str(tile.held.task.uuid), "labels": tile.labels}
            for tile in shown.tiles
        ],
        "names": {label["code"]: label.get("name") or label["code"] for label in taxonomy["labels"]},
        "many": bool(taxonomy.get("many")),
    }


def _tile(row: Row) -> Tile:
    manifest: dict[str, Any] = json.loads(row.manifest)
    shown = held(row, prior=[], manifest=manifest)
    return Tile(
        shown,
        row.seat_place,
        stage(shown.item.data, manifest),
        list((shown.proposal or {}).get("labels", [])),
        words_of(shown.proposal, shown.taxonomy),
        percent(shown.confidence),
        step(shown.confidence),
    )


def look_at_all_taken(take: str, taking: list[Any], person_id: int, at: dt.datetime) -> list[Row]:
    """Take several seats and read them, as `look_at_taken`, in one statement."""
    how = {**BY_TAKING, "first": BY_TAKING["first"].format(take=take)}
    return look_all(how, [*taking, person_id, at, at, *[person_id] * 5])


def look_at_batch(batch_id: int, person_id: int, at: dt.datetime, tokens: Collection[uuid.UUID] = ()) -> list[Row]:
    """Read the seats of a batch that are leased; with `tokens` those of these claims, whatever became of them."""
    if tokens:
        placeholders, values = many(tokens)
        how = {**OF_A_BATCH, "where": OF_A_BATCH["where"].format(which=f"z.token IN {placeholders}")}
        return look_all(how, [person_id, at, at, *[person_id] * 5, batch_id, *values])
    how = {**OF_A_BATCH, "where": OF_A_BATCH["where"].format(which="s.claim_id = z.id AND s.state = 'leased'")}
    return look_all(how, [person_id, at, at, *[person_id] * 5, batch_id])
