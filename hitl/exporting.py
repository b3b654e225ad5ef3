"""`ledger export`: its arguments, and what it says on a terminal."""

import datetime as dt
import sys
import uuid
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, OutputWrapper
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from accounts.actions import Choice, export_records
from accounts.reads import Actor, actor_of_user, console
from audit.models import Log
from audit.reads import KINDS
from audit.tree import parse_checkpoint
from hitl.commands import project_of, user_of

HELP = "write a bundle that outsiders verify: all of a log, or a part of it"

KNOWN = "prove that a checkpoint, which somebody kept, is this log's beginning"


def declare(export: ArgumentParser) -> None:
    """Take the log, the part of it, and the place."""
    place = export.add_mutually_exclusive_group(required=True)
    place.add_argument("--to", type=Path, help="the bundle: a path that ends in .zip, else a folder")
    place.add_argument("--to-lock", action="store_true", help="two objects in LEDGER_S3_BUCKET, under Object Lock")
    export.add_argument("--retain-until", type=instant, metavar="TIME", help="with --to-lock; else LEDGER_S3_DAYS")
    export.add_argument("--log", metavar="ORIGIN", help="the log, where there are several and no project is named")
    export.add_argument("--from", dest="begin", type=int, metavar="INDEX", help="the first entry")
    export.add_argument("--to-index", dest="end", type=int, metavar="INDEX", help="the entry behind the last one")
    export.add_argument("--since", type=instant, metavar="TIME", help="from this time on: 2026-11-01 or with T09:00Z")
    export.add_argument("--until", type=instant, metavar="TIME", help="up to this time, itself not included")
    export.add_argument("--project", metavar="SLUG", help="disclose what belongs to this project")
    export.add_argument("--item", type=uuid.UUID, metavar="UUID", help="disclose what this item is about")
    export.add_argument("--person", metavar="EMAIL", help="disclose what this person did")
    export.add_argument("--type", dest="types", action="append", default=[], metavar="TYPE", help="disclose this type")
    export.add_argument("--cite", action="append", type=int, default=[], metavar="INDEX", help="prove this entry alone")
    export.add_argument("--known", action="append", type=Path, default=[], metavar="CHECKPOINT", help=KNOWN)
    export.add_argument("--by", metavar="EMAIL", help="whoever exports; the console when left out")
    export.add_argument("--resume", action="store_true", help="go on with the same export, stopped before its end")


def instant(text: str) -> dt.datetime:
    """Read a day or an instant; UTC where it names no zone.

    Raises:
        ArgumentTypeError: it is neither.
    """
    try:
        at = parse_datetime(text) if len(text) > 10 else None
        day = parse_date(text) if at is None else None
    except ValueError:
        at = day = None
    if day is not None:
        at = dt.datetime.combine(day, dt.time())
    if at is None:
        raise ArgumentTypeError(f"{text} is no time; write 2026-11-01 or 2026-11-01T09:00:00Z.")
    return at if at.tzinfo else at.replace(tzinfo=dt.UTC)


def run(options: dict[str, Any], out: OutputWrapper) -> None:
    """Export, and say what stands where.

    Raises:
        CommandError: the choice names something that is not there.
        Refusal: it may not be exported.
    """
    choice, log = _choice(options)
    if options["to_lock"]:
        return _lock(options, log, choice, out)
    if options["retain_until"]:
        raise CommandError("--retain-until goes with --to-lock.")
    if not options["to"].absolute().parent.is_dir():
        raise CommandError(f"There is no folder {options['to'].absolute().parent}.")
    with _progress() as told:
        made = export_records(
            log=log, choice=choice, target=options["to"].absolute(), by=exporter(options["by"]), now=timezone.now,
            resume=options["resume"], told=told,
        )  # fmt: skip
    out.write(f"{options['to']}: entries {made.begin} to {made.end - 1} against a checkpoint of {made.size}")
    out.write(f"manifest sha256 {made.manifest}")
    return None


def _lock(options: dict[str, Any], log: Log, choice: Choice, out: OutputWrapper) -> None:
    from accounts.actions.locking import lock_records  # what speaks to the store takes 15 MB

    if options["resume"]:
        raise CommandError("A locked export that was stopped is begun anew: leave out --resume.")
    until = options["retain_until"] or timezone.now() + dt.timedelta(days=settings.LEDGER_S3_DAYS)
    with _progress() as told:
        made = lock_records(
            log=log, choice=choice, until=until, by=exporter(options["by"]), now=timezone.now, told=told
        )  # fmt: skip
    for part in ("locked", "encrypted"):
        one = made.export[part]
        out.write(f"{one['object']}, version {one['version']}, sha256 {one['sha256']}")
    out.write(f"locked until {made.export['retain_until']}; key {made.key}; manifest sha256 {made.export['manifest']}")


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """Show how far an export is where somebody looks on; its library takes memory that nobody else needs."""
    if not sys.stderr.isatty():
        yield lambda path, done, total: None
        return
    from rich.console import Console
    from rich.progress import Progress, TaskID

    with Progress(console=Console(stderr=True), transient=True) as progress:
        bars: dict[str, TaskID] = {}

        def told(path: str, done: int, total: int) -> None:
            if path not in bars:
                bars[path] = progress.add_task(path, total=total)
            progress.update(bars[path], completed=done)

        yield told


def _choice(options: dict[str, Any]) -> tuple[Choice, Log]:
    given = {name: options[name] is not None for name in ("begin", "end", "since", "until")}
    if (given["begin"] or given["end"]) and (given["since"] or given["until"]):
        raise CommandError("Name a range by --from and --to-index, or by --since and --until.")
    unknown = [name for name in options["types"] if name not in KINDS]
    if unknown:
        raise CommandError(f"There is no type {unknown[0]}. Types are: {', '.join(sorted(KINDS))}.")
    project = project_of(options["project"]) if options["project"] else None
    log = project.log if project and not options["log"] else _log(options["log"])
    choice = Choice(
        project=project,
        person=user_of(options["person"]).person if options["person"] else None,
        item=options["item"],
        types=tuple(options["types"]),
        begin=options["begin"],
        end=options["end"],
        since=options["since"],
        until=options["until"],
        cite=tuple(options["cite"]),
        known=tuple(sorted({_known(path, log) for path in options["known"]})),
    )
    return choice, log


def _known(path: Path, log: Log) -> int:
    """Give the size of a checkpoint that somebody kept; whether its root is ours the verifier says."""
    try:
        found = parse_checkpoint(path.read_text("utf-8"))
    except (OSError, ValueError) as problem:
        raise CommandError(f"{path} is no checkpoint that can be read: {problem}") from problem
    if found.origin != log.origin:
        raise CommandError(f"{path} is a checkpoint of the log {found.origin}.")
    return found.size


def _log(origin: str | None) -> Log:
    logs = list(Log.objects.filter(origin=origin) if origin else Log.objects.order_by("pk")[:2])
    if len(logs) != 1:
        raise CommandError(f"There is no log {origin}." if origin else "There are several logs; name one by --log.")
    return logs[0]


def exporter(email: str | None) -> Actor:
    """Give whoever an e-mail names, else the console."""
    return actor_of_user(user_of(email), "command") if email else console()
