"""Exporting: a part of the ledger as a bundle that anyone can verify (docs/bundle.md)."""

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction

from audit.actions.bundling import Told, write_files
from audit.actions.keys import log_keys
from audit.actions.logs import Voice, lock_log, record_on_log
from audit.actions.sealing import seal
from audit.bundle import Bundle, Busy, manifest_text, whole
from audit.errors import (
    ErasedMeanwhile,
    ExportBusy,
    ExportDiffers,
    ExportHalfWritten,
    NotCited,
    NothingToExport,
    TargetTaken,
)
from audit.models import Checkpoint, Log, Payload
from audit.reads.filters import Cut, Filter, bounds_in_time
from audit.reads.gone import erased_after
from audit.reads.ids import timestamp
from audit.tree import signed

MANIFEST = "manifest.note"
TRIES = 3
"""How often an export is begun anew because something was erased while it ran."""


@dataclass(frozen=True)
class Wanted:
    """What is to be exported: entries [begin, end) of a log (None: from its first, to its last), the chosen of them.

    A time in `chosen` narrows the range to the entries of that time, where none is given. `cite` names entries that get
    a proof of their own, `known` sizes of trees that somebody kept a checkpoint of.
    """

    chosen: Filter = field(default_factory=Filter)
    begin: int | None = None
    end: int | None = None
    cite: tuple[int, ...] = ()
    known: tuple[int, ...] = ()


@dataclass(frozen=True)
class Exported:
    """A bundle that was written: its range, the tree it stands against, and the SHA-256 of its manifest."""

    target: Path
    begin: int
    end: int
    size: int
    manifest: str


def export(
    *,
    log: Log,
    wanted: Wanted,
    target: Path,
    by: Voice,
    now: Callable[[], dt.datetime],
    names: Mapping[UUID, str] | None = None,
    resume: bool = False,
    told: Told = lambda _path, _done, _all: None,
) -> Exported:
    """Seal the log, write a bundle against its newest checkpoint, and record who exported what.

    `names` are those of projects, for the report. The bundle takes its name at `target` when it is whole. What a killed
    export left is gone on with by `resume`; where something was erased meanwhile, the bundle is begun anew. Holds no
    transaction open while it writes.

    Raises:
        TargetTaken, ExportHalfWritten, ExportDiffers, ExportBusy: the place is not free for this export.
        NothingToExport: no entry lies in the range.
        NotCited: a record to cite does not lie in the range.
        ErasedElsewhere, ErasedMeanwhile: what was erased cannot be named in it.
    """
    if target.exists():
        raise TargetTaken
    try:
        bundle = Bundle(target)
    except Busy as problem:
        raise ExportBusy from problem
    try:
        _plan_or_resume(bundle, log, wanted, by, now, resume)
        words = {str(uuid): name for uuid, name in (names or {}).items()}
        for _ in range(TRIES):
            plan = bundle.plan or {}
            cut = _cut(log, plan, wanted)
            write_files(bundle, cut, plan, words, told)
            if not erased_after(log.pk, cut.size):
                return _finish(bundle, log, cut, by, now)
            bundle.begin(_planned(log, wanted, by, now))
        bundle.give_up()
        raise ErasedMeanwhile
    except BaseException:
        bundle.leave()
        raise


def _plan_or_resume(
    bundle: Bundle, log: Log, wanted: Wanted, by: Voice, now: Callable[[], dt.datetime], resume: bool
) -> None:
    """Begin a bundle, or take up what is there; what holds something that was erased since is begun anew."""
    plan = bundle.plan
    if plan is not None and not resume:
        raise ExportHalfWritten
    if plan is not None and plan["asked"] != _asked(log, wanted, by):
        raise ExportDiffers
    if plan is None or erased_after(log.pk, plan["tree"]):
        try:
            bundle.begin(_planned(log, wanted, by, now))
        except BaseException:
            bundle.give_up()
            raise


def _asked(log: Log, wanted: Wanted, by: Voice) -> dict[str, Any]:
    known = {"known": list(wanted.known)} if wanted.known else {}
    return known | {
        "log": log.origin,
        "filter": wanted.chosen.document(),
        "range": [wanted.begin, wanted.end],
        "cite": list(wanted.cite),
        "exporter": by.pseudonym,
    }


def _planned(log: Log, wanted: Wanted, by: Voice, now: Callable[[], dt.datetime]) -> dict[str, Any]:
    """Seal the log and say what the bundle will be, so that a later run makes the same one."""
    at = now()
    seal(by=by, at=at, logs=[log], wait=True, now=now)
    newest = Checkpoint.objects.filter(log=log).order_by("size", "created_at").last()
    if newest is None:
        raise NothingToExport
    begin, end = _range(log, wanted, newest.size)
    if not all(begin <= index < end for index in wanted.cite):
        raise NotCited
    return {
        "asked": _asked(log, wanted, by),
        "origin": log.origin,
        "range": [begin, end],
        "tree": newest.size,
        "filter": wanted.chosen.document(),
        "exporter": by.pseudonym,
        "made": timestamp(at),
        "checkpoint": newest.note,
        "row": newest.pk,
    }


def _range(log: Log, wanted: Wanted, size: int) -> tuple[int, int]:
    begin, end, chosen = wanted.begin, wanted.end, wanted.chosen
    if begin is None and end is None and (chosen.since or chosen.until):
        begin, end = bounds_in_time(log.pk, size, chosen.since, chosen.until)
    begin, end = begin or 0, size if end is None else end
    if not 0 <= begin < end <= size:
        raise NothingToExport
    return begin, end


def _cut(log: Log, plan: dict[str, Any], wanted: Wanted) -> Cut:
    begin, end = plan["range"]
    cite = tuple(sorted(set(wanted.cite)))
    return Cut(log.pk, begin, end, plan["tree"], plan["row"], wanted.chosen, cite, wanted.known)


def _finish(bundle: Bundle, log: Log, cut: Cut, by: Voice, now: Callable[[], dt.datetime]) -> Exported:
    """Sign the manifest, record the export, and give the bundle its name, in this order."""
    plan = bundle.plan or {}
    text = manifest_text(plan, [one for one in bundle.written if one.path != MANIFEST])
    note = signed(text, [key.line(text) for key in log_keys(log.origin)]).encode()
    bundle.write(MANIFEST, whole(note))
    digest = next(one.sha256 for one in bundle.written if one.path == MANIFEST)
    _note_export(log.pk, plan, digest, by, now())
    bundle.finish()
    return Exported(bundle.target, cut.begin, cut.end, cut.size, digest)


@transaction.atomic
def _note_export(log_id: int, plan: dict[str, Any], digest: str, by: Voice, at: dt.datetime) -> None:
    """Record an export in the log's stream, once, however often its end is tried. Locks the log."""
    log = lock_log(log_id)
    began = dt.datetime.fromisoformat(plan["made"])
    known = Payload.objects.filter(
        event__stream=f"log/{log.uuid}", event__type="audit.exported", event__recorded_at__gte=began
    )
    bodies = known.filter(body__isnull=False).values_list("body", flat=True)
    if any(json.loads(bytes(body or b""))["manifest"] == digest for body in bodies):
        return
    told = {name: plan[name] for name in ("range", "tree", "filter")} | {"manifest": digest}
    record_on_log(log, "audit.exported", by=by, at=at, sections={"export": told})
