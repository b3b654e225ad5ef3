"""What stands in a tray: how its rows are read, and the first of them as they will be shown."""

import json
from dataclasses import dataclass
from itertools import islice
from typing import Any

from accounts.models import Project
from assets.reads import granted
from guidelines.reads import taxonomy_in_force
from reviews.models import Tray
from reviews.reads.media import sounds_in
from reviews.reads.published import taxonomy_of
from reviews.reads.said import words_of
from reviews.reads.stages import Stage, stage
from reviews.reads.veils import Veil, veil_in
from reviews.wire.rows import ROLES, Answer, Brought, Plan, brought, image_items
from reviews.wire.tables import Table, read_table

FIRST = 5


@dataclass(frozen=True, slots=True)
class Column:
    """A column with its role and its first cells."""

    name: str
    role: str
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Sample:
    """One row as its item will be shown. `percent` is the confidence as text, "" without one."""

    number: int
    external_id: str
    stage: Stage
    proposal: list[tuple[str, str, int]]
    confidence: str
    segments: dict[str, str]


@dataclass(frozen=True, slots=True)
class Preview:
    """A tray as its page shows it. `roles` are those a column can have in this project."""

    tray: Tray
    table: Table | None
    columns: list[Column]
    samples: list[Sample]
    rows: list[tuple[str, ...]]
    roles: list[str]


def taxonomy_of_project(project: Project) -> dict[str, Any]:
    """Give a project's labels and schema in force."""
    standing = taxonomy_in_force(project.pk)
    return taxonomy_of(bytes(standing.body)) if standing else {}


def answer_of(project: Project) -> Answer:
    """Say what a project's answers are made of."""
    taxonomy = taxonomy_of_project(project)
    labels = taxonomy.get("labels", []) if project.task_type == "classification" else []
    named = {one["name"].strip().lower(): one["code"] for one in labels}
    return Answer(
        named | {one["code"].lower(): one["code"] for one in labels},
        bool(taxonomy.get("many")),
        (taxonomy.get("schema") or {}).get("properties", {}),
    )


def table_of(tray: Tray) -> Table:
    """Read the tray's text as its plan says.

    Raises:
        BadBody: it cannot be read so.
    """
    return read_table(tray.text, tray.plan.get("separator", ""), tray.plan.get("header"))


def plan_of(tray: Tray) -> Plan:
    """Give the plan of a tray whose text has been read."""
    return Plan(tuple(tray.plan["roles"]), tray.plan["model"], tray.plan["version"])


def rows_of(tray: Tray) -> tuple[list[Brought], list[tuple[int, str]]]:
    """Make items of all that stands in a tray; gives the rows that do not read too. Images without rows are items."""
    if not tray.text:
        return image_items(tray.files), []
    table = table_of(tray)
    return list(brought(table, plan_of(tray), answer_of(tray.project), tray.files)), list(table.refused)


def preview(tray: Tray) -> Preview:
    """Read a tray for its page."""
    taxonomy = taxonomy_of_project(tray.project)
    table = table_of(tray) if tray.text else None
    rows = brought(table, plan_of(tray), answer_of(tray.project), tray.files) if table else image_items(tray.files)
    whole = islice((row for row in rows if not row.problem), FIRST)
    columns = []
    if table and table.kind == "rows":
        columns = [
            Column(name, role, [str(cells[place]) for _number, cells in table.rows[:3]])
            for place, (name, role) in enumerate(zip(table.columns, tray.plan["roles"], strict=True))
        ]
    form = tray.project.task_type == "form"
    shut = {"label"} if form else {"answer"}
    veil = veil_in(tray.project_id, tray.person_id)
    samples = [_sample(row, tray.project, taxonomy, veil) for row in whole]
    seen = list(zip(*(column.cells for column in columns), strict=True))
    return Preview(tray, table, columns, samples, seen, [one for one in ROLES if one not in shut])


def _sample(row: Brought, project: Project, taxonomy: dict[str, Any], veil: Veil) -> Sample:
    item = json.loads(row.body)
    sent = item.get("data")
    shown = sent if isinstance(sent, dict) else {}
    confidence = item.get("confidence")
    known = sounds_in(shown)
    sounds = {sha256: known[sha256] for sha256 in granted(project, known)}  # what others hold shows in nothing
    return Sample(
        row.number,
        str(item.get("external_id", "")),
        stage(shown, veil=veil, sounds=sounds),
        words_of(item.get("prediction"), taxonomy),
        "" if confidence is None else str(confidence),
        item.get("segments") or {},
    )
