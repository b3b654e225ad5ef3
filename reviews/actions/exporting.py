"""Exports asked for on a page: written by a worker, kept for some days, then removed."""

import datetime as dt
import hashlib
import logging
import zipfile
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from django.conf import settings
from django.db.models import DateTimeField, F, Value
from django.db.models.functions import Least

from accounts.actions import Choice, export_records
from accounts.models import Project
from accounts.policies import role_in
from accounts.reads import Actor, actor_of_person
from audit.actions import Exported
from audit.errors import ExportBusy, Refusal, TargetTaken
from reviews.actions.enqueuing import enqueue
from reviews.actions.long_runs import OFTEN, Clock, begin_run, save_run, take_up_runs
from reviews.errors import ExportRunning, ExportStopped, NoRoomForExport
from reviews.models import UNFINISHED, Chosen, Export, ExportState, Item
from reviews.policies import exporting
from reviews.reads.exports import may_stay

JOB = "reviews.make_export"
MOST_TRIES = 5
COUNTED = ("entries.ndjson", "payloads.ndjson", "contents.ndjson", "records.csv")
"""The files that grow with the ledger; what is written of them is the progress."""
log = logging.getLogger(__name__)


def ask_export(
    *,
    project: Project,
    by: Actor,
    at: dt.datetime,
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
    item: Item | None = None,
) -> Export:
    """Ask for a project's records, of [since, until), of one item, or all of them; a worker writes the file.

    Raises:
        Forbidden: the actor is not compliance there, or may be asked about its items.
        ExportRunning: one that they asked for is not done yet.
    """
    person_id = by.person_id or 0
    exporting(role_in(person_id, project.pk, at))
    asked = Export(
        project=project,
        person_id=person_id,
        asked_at=at,
        moved_at=at,
        chosen=Chosen.ITEM if item else Chosen.DATES if since or until else Chosen.WHOLE,
        since_at=since,
        until_at=until,
        item=item.uuid if item else None,
        external_id=item.external_id if item else "",
    )
    save_run(asked, JOB, ExportRunning)
    return asked


def make_export(*, export_id: int, now: Clock) -> None:
    """Write what was asked for, or go on with it; one at a time, so that other work is not kept from its workers.

    Does nothing where it is done, failed or gone, or where another worker is at it. Its rights are those that the
    person has now. Holds no transaction open.
    """
    row = begin_run(Export.objects.select_related("project__log", "person"), export_id, now(), alone=True)
    if row is None:
        return
    try:
        made = _written(row, now)
    except ExportBusy:  # its worker is silent and alive: no try of it failed
        Export.objects.filter(pk=row.pk, state=ExportState.RUNNING).update(tries=F("tries") - 1)
        return
    except Refusal as problem:
        _fail(row, problem, now())
    except OSError as problem:
        log.warning("An export could not be written: %s", problem)
        _fail(row, NoRoomForExport(), now())
    else:
        _finish(row, made, now())
    waiting = Export.objects.filter(state=ExportState.WAITING).order_by("pk")
    enqueue(JOB, waiting.values_list("pk", flat=True)[:1])


def find_exports(*, at: dt.datetime) -> list[int]:
    """Ask again for exports that a lost broker or a killed worker left; give their ids.

    What was tried too often has failed.
    """
    unfinished = Export.objects.filter(state__in=UNFINISHED)
    give_up = partial(_fail, problem=ExportStopped(), at=at)
    return take_up_runs(unfinished, JOB, at, most_tries=MOST_TRIES, give_up=give_up)


def drop_exports(*, at: dt.datetime) -> int:
    """Remove the files whose time is over, or that may hold what was erased since, and give how many; rows stay."""
    kept = Export.objects.select_related("project").filter(state=ExportState.DONE).order_by("pk")
    over = [row for row in kept if not may_stay(row, at)]
    for row in over:
        row.path.unlink(missing_ok=True)
        ended = Export.objects.filter(pk=row.pk, state=ExportState.DONE)
        ended.update(state=ExportState.GONE, moved_at=at, kept_until=Least("kept_until", Value(at, DateTimeField())))
    return len(over)


def _written(row: Export, now: Clock) -> Exported:
    role = exporting(role_in(row.person_id, row.project_id, now()))
    row.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    choice = Choice(project=row.project, item=row.item, since=row.since_at, until=row.until_at)
    try:
        return export_records(
            log=row.project.log,
            choice=choice,
            target=row.path,
            by=actor_of_person(row.person, "browser").as_role(role),
            now=now,
            resume=True,
            told=_teller(row, now),
        )
    except TargetTaken:
        return _standing(row)


def _teller(row: Export, now: Clock) -> Callable[[str, int, int], None]:
    """Give what hears how far the export is and notes it, at most once a second."""
    noted = [now()]

    def told(path: str, done: int, total: int) -> None:
        at = now()
        if path not in COUNTED or at - noted[0] < OFTEN:
            return
        noted[0] = at
        before = COUNTED.index(path) * total
        running = Export.objects.filter(pk=row.pk, state=ExportState.RUNNING)
        running.update(done=before + done, total=len(COUNTED) * total, moved_at=at)

    return told


def _standing(row: Export) -> Exported:
    """Read what an export is that got its name before its worker could say so."""
    with zipfile.ZipFile(row.path) as bundle:
        note = bundle.read("manifest.note")
    told = dict(line.split(" ", 1) for line in note.decode().split("\n")[1:4])
    begin, end = map(int, told["range"].split(" "))
    return Exported(row.path, begin, end, int(told["tree"]), hashlib.sha256(note).hexdigest())


def _finish(row: Export, made: Exported, at: dt.datetime) -> None:
    total = len(COUNTED) * (made.end - made.begin)
    Export.objects.filter(pk=row.pk, state=ExportState.RUNNING).update(
        state=ExportState.DONE,
        moved_at=at,
        done=total,
        total=total,
        begin=made.begin,
        end=made.end,
        size=made.size,
        manifest=made.manifest,
        bytes=row.path.stat().st_size,
        kept_until=at + dt.timedelta(days=settings.EXPORT_DAYS),
    )


def _fail(row: Export, problem: Refusal, at: dt.datetime) -> None:
    """Note why it failed, in English as refusals are written; what there is of it goes."""
    said = type(problem).sentence
    Export.objects.filter(pk=row.pk, state__in=UNFINISHED).update(
        state=ExportState.FAILED, moved_at=at, said=said[:255]
    )
    for end in (".part", ".journal"):
        with suppress(OSError):
            row.path.with_name(row.path.name + end).unlink(missing_ok=True)
