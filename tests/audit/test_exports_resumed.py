"""Exports that are killed, and how much memory they take."""

import random
import tracemalloc
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.actions import Choice, export_records
from accounts.reads import console
from audit.actions import NO_HEAD, bundling, entry, record, seal
from audit.bundle import Bundle, growing
from audit.models import Event, Log
from tests.audit.exports import busy, exported, files_of, verified
from tests.killing import killed_in_journal

CONTENT = ("entries.ndjson", "payloads.ndjson", "contents.ndjson", "records.csv", "erasures.json")


def killed(target: Path, after: int, *, end: int) -> bool:
    """Export in a child that is killed when its journal is written to for the `after`-th time; tell whether it was."""
    choice, by = Choice(begin=0, end=end), console()

    def work() -> None:
        log = Log.objects.get()
        export_records(log=log, choice=choice, target=target, by=by, now=timezone.now, resume=True)

    return killed_in_journal(after, work)


@pytest.mark.parametrize("name", ["bundle", "bundle.zip"])
def test_an_export_killed_again_and_again_goes_on_and_ends_as_one_that_never_was(
    arena: str, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundling, "STEP", 4)
    busy(items=8)
    seal(by=console(), at=timezone.now(), wait=True)
    end = Log.objects.get().tree_size
    chance = random.Random(7)
    deaths = 0
    while killed(tmp_path / name, chance.randint(2, 25), end=end):
        deaths += 1
        assert not (tmp_path / name).exists() and deaths < 200
    assert deaths >= 3 and verified(tmp_path / name)["exit"] == 0
    assert Event.objects.filter(type="audit.exported").count() == 1
    exported(tmp_path / f"whole-{name}", begin=0, end=end)
    ours, theirs = files_of(tmp_path / name), files_of(tmp_path / f"whole-{name}")
    assert {path: ours[path] for path in CONTENT} == {path: theirs[path] for path in CONTENT}
    assert not list(tmp_path.glob("*.part")) and not list(tmp_path.glob("*.journal"))


@pytest.mark.parametrize("name", ["bundle", "bundle.zip"])
@pytest.mark.parametrize("left", ["nothing", "half"])
def test_a_bundle_that_its_journal_alone_is_left_of_is_begun_anew(
    arena: str, tmp_path: Path, name: str, left: str
) -> None:
    """As after a kill between the bundle's name and its journal's end, when it was moved away."""
    busy(items=2)
    bundle = Bundle(tmp_path / name)
    bundle.begin({"a": 1})
    for path in ("first", "second"):
        bundle.write(path, growing.whole(b"words " * 100))
    bundle.leave()
    part = tmp_path / f"{name}.part"
    if left == "nothing":
        part.rename(tmp_path / f"moved-{name}")
    elif name == "bundle":
        (part / "second").unlink()
    else:
        with part.open("r+b") as file:
            file.truncate(part.stat().st_size // 2)
    again = Bundle(tmp_path / name)
    assert (again.plan, again.written) == (None, [])
    again.leave()
    exported(tmp_path / name, resume=True)
    assert verified(tmp_path / name)["exit"] == 0
    assert not list(tmp_path.glob("*.part")) and not list(tmp_path.glob("*.journal"))


@pytest.mark.parametrize("name", ["bundle", "bundle.zip"])
def test_a_piece_that_a_crash_spoilt_is_written_anew(tmp_path: Path, name: str) -> None:
    bundle = Bundle(tmp_path / name)
    bundle.begin({"a": 1})
    pieces = [b"one\n" * 1000, b"two\n" * 1000]
    bundle.write("first", growing.whole(b"first"))
    with pytest.raises(ZeroDivisionError):
        bundle.write("lines", lambda _cursor: ((piece, 1 // (1 - at)) for at, piece in enumerate(pieces)))
    bundle.leave()
    torn = tmp_path / f"{name}.part" / "lines" if name == "bundle" else tmp_path / f"{name}.part"
    raw = bytearray(torn.read_bytes())
    raw[-3:] = b"\0\0\0"
    torn.write_bytes(raw)
    again = Bundle(tmp_path / name)
    assert again.plan == {"a": 1}
    again.write(
        "lines",
        lambda cursor: ((piece, at) for at, piece in enumerate(pieces) if at > (-1 if cursor is None else cursor)),
    )
    again.finish()
    assert files_of(tmp_path / name) == {"first": b"first", "lines": b"".join(pieces)}


@pytest.mark.parametrize("name", ["bundle", "bundle.zip"])
def test_what_was_written_and_not_noted_is_cut_and_the_rest_is_kept(tmp_path: Path, name: str) -> None:
    bundle = Bundle(tmp_path / name)
    bundle.begin({})
    with pytest.raises(ZeroDivisionError):
        bundle.write("lines", lambda _cursor: ((b"one\n" * 1000, 1 // (1 - at)) for at in range(2)))
    bundle.leave()
    torn = tmp_path / f"{name}.part" / "lines" if name == "bundle" else tmp_path / f"{name}.part"
    with torn.open("ab") as file:
        file.write(b"more than was noted")
    again, seen = Bundle(tmp_path / name), []
    again.write("lines", lambda cursor: seen.append(cursor) or iter([(b"two\n", 2)]))
    again.finish()
    assert seen == [1] and files_of(tmp_path / name) == {"lines": b"one\n" * 1000 + b"two\n"}


@pytest.mark.django_db
def test_an_export_that_could_not_take_its_name_is_recorded_once(tmp_path: Path) -> None:
    busy(items=2)
    target = tmp_path / "bundle"

    def told(path: str, _done: int, _all: int) -> None:
        if path == "records.csv" and not target.exists():
            target.mkdir()
            (target / "somebody's").touch()

    with pytest.raises(OSError, match="not empty"):
        export_records(
            log=Log.objects.get(), choice=Choice(), target=target, by=console(), now=timezone.now, told=told
        )  # fmt: skip
    (target / "somebody's").unlink()
    target.rmdir()
    exported(target, resume=True)
    assert Event.objects.filter(type="audit.exported").count() == 1 and verified(target)["exit"] == 0


def fill(count: int) -> Log:
    """Fill a log with events that have a payload of a kilobyte each."""
    log = Log.objects.create(origin=f"many.invalid/{count}")
    at = timezone.now()
    for start in range(0, count, 2000):
        with transaction.atomic():
            record([
                entry(
                    log=(log.pk, log.origin), type="audit.alarm_raised", actor="x_1", role=None, via="clock",
                    project=None,
                    stream=f"log/{count}-{n}", head=NO_HEAD, at=at, sections={"alarm": {"code": "x" * 1000}},
                )
                for n in range(start, start + 2000)
            ])  # fmt: skip
    count_rows()
    seal(by=console(), at=at, logs=[log], wait=True)
    count_rows()
    return log


def count_rows() -> None:
    """Let the planner know how many rows there are: nobody else sees what this transaction wrote, to count it."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def held_by(log: Log, target: Path) -> int:
    """Give the most bytes that Python held while a log was exported."""
    tracemalloc.start()
    exported(target, log=log)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


@pytest.mark.django_db
def test_five_times_the_events_take_no_more_memory(tmp_path: Path) -> None:
    few, many = fill(4_000), fill(20_000)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # nothing was committed, so autovacuum has counted nothing
            cursor.execute("ANALYZE audit_event, audit_leaf, audit_payload")
    exported(tmp_path / "warm", log=few)
    small = held_by(few, tmp_path / "few.zip")
    large = held_by(many, tmp_path / "many.zip")
    assert large < 24_000_000 and large < small + 4_000_000, (small, large)
