"""Checkpoints that an auditor kept: each later export is held against them, or says what is missing."""

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from accounts.reads import console
from audit.actions import anchoring, proving, seal
from audit.models import Anchor, Checkpoint, Event, Log
from audit.reads import earlier
from tests.audit.exports import busy, exported, lines_of, verified
from tests.town import Town

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return busy()


def kept(folder: Path, checkpoint: Checkpoint | None = None) -> Path:
    """Keep a checkpoint, the newest unless one is given."""
    found = checkpoint or Checkpoint.objects.order_by("size").last()
    assert found is not None
    path = folder / f"kept-{found.size}.txt"
    path.write_text(found.note)
    return path


def held(report: dict[str, Any]) -> list[str]:
    """Give the sizes of kept checkpoints that a report says the bundle goes on from."""
    before = [re.match(r"your checkpoint of (\d+) is a beginning", note) for note in report["notes"]]
    return [found[1] for found in before if found] + [one.partition(" ")[2] for one in report["known"]]


def work_on(town: Town, days: int = 1) -> dt.datetime:
    """Let a day pass and work be done; give when that began."""
    town.wait(days=days)
    since = town.now
    for _ in range(3):
        town.send(0.5)
        seal(by=console(), at=town.now)
    return since


def test_an_export_of_a_month_holds_against_a_checkpoint_from_before(town: Town, tmp_path: Path) -> None:
    known = kept(tmp_path)
    since = work_on(town)
    made = exported(tmp_path / "march", since=since, project=town.project)
    report = verified(tmp_path / "march", None, "--known", str(known), "--skew", "200000")
    assert made.begin > int(known.stem.partition("-")[2]) - 1
    assert report["exit"] == 0 and held(report) == [known.stem.partition("-")[2]], report


def test_of_very_many_checkpoints_before_a_range_an_even_selection_is_proven(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(earlier, "MOST", 1)
    since = work_on(town)
    sizes = sorted({one.size for one in Checkpoint.objects.all()})
    made = exported(tmp_path / "b", since=since)
    before = [one["from"] for one in lines_of(tmp_path / "b", "consistency.json")[0] if one["from"] < made.begin]
    assert len(before) == 1 and set(before) <= set(sizes)
    lost = next(one for one in sizes if one < made.begin and one not in before)
    path = kept(tmp_path, Checkpoint.objects.filter(size=lost)[0])
    report = verified(tmp_path / "b", None, "--known", str(path), "--skew", "200000")
    assert (report["exit"], report["verdict"], held(report)) == (90, "NOT PROVEN", [])
    assert "--known" in report["findings"][0]["text"]


def test_an_export_made_with_a_kept_checkpoint_proves_it(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(earlier, "MOST", 1)
    sizes = sorted({one.size for one in Checkpoint.objects.all()})
    path = kept(tmp_path, Checkpoint.objects.filter(size=sizes[1])[0])
    begin = str(sizes[-1])
    work_on(town)
    call_command("ledger", "export", "--to", str(tmp_path / "b"), "--from", begin, "--known", str(path))
    report = verified(tmp_path / "b", None, "--known", str(path), "--skew", "200000")
    assert report["exit"] == 0 and held(report) == [str(sizes[1])], report


def test_a_file_that_is_no_checkpoint_of_this_log_is_not_proven(town: Town, tmp_path: Path) -> None:
    (tmp_path / "words").write_text("words")
    with pytest.raises(CommandError, match="no checkpoint"):
        call_command("ledger", "export", "--to", str(tmp_path / "b"), "--known", str(tmp_path / "words"))
    other = kept(tmp_path)
    other.write_text(other.read_text().replace(Log.objects.get().origin, "example.org/other", 1))
    with pytest.raises(CommandError, match="checkpoint of the log"):
        call_command("ledger", "export", "--to", str(tmp_path / "b"), "--known", str(other))
    assert not (tmp_path / "b").exists() and not Event.objects.filter(type="audit.exported").exists()


def test_each_checkpoint_that_was_mailed_is_proven_by_every_later_export(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    for module in (proving, earlier):
        monkeypatch.setattr(module, "MOST", 1)
    settings.EMAIL_HOST = "mail.example"  # type: ignore[attr-defined]
    notes = []
    for _ in range(3):
        town.send(0.5)
        seal(by=console(), at=town.now)
        call_command("ledger", "mail-checkpoint", "auditor@example.org")
        notes.append(mail.outbox[-1].attachments[0][1])
    for begin, end in ((0, 3), (4, 6)):
        exported(tmp_path / f"{begin}", begin=begin, end=end)
        for note in notes:
            (tmp_path / "kept").write_bytes(note if isinstance(note, bytes) else note.encode())
            report = verified(tmp_path / f"{begin}", None, "--known", str(tmp_path / "kept"))
            assert report["exit"] == 0 and len(held(report)) == 1, report


def test_a_checkpoint_mailed_twice_is_one_anchor_and_puts_no_monthly_one_off(town: Town, settings: object) -> None:
    settings.EMAIL_HOST, settings.LEDGER_MAIL_TO = "mail.example", ["named@example.org"]  # type: ignore[attr-defined]
    for _ in range(2):
        call_command("ledger", "mail-checkpoint", "auditor@example.org")
    assert Event.objects.filter(type="audit.anchor_recorded").count() == 1 and not Anchor.objects.exists()
    anchoring.anchor(by=console(), at=town.now)
    assert [one.to for one in mail.outbox][-1] == ["named@example.org"] and Anchor.objects.count() == 1


def test_sizes_that_were_locked_or_stamped_are_proven_too_thinned_where_there_are_very_many(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (proving, earlier):
        monkeypatch.setattr(module, "MOST", 1)
    log = Log.objects.get()
    sizes = sorted({one.size for one in Checkpoint.objects.all()})[:3]
    for size in sizes:
        anchoring.keep_anchor(log, "s3", size, b"{}", by=console(), at=town.now)
    work_on(town)
    for most, proven in ((3000, 3), (2, 2)):
        monkeypatch.setattr(earlier, "MOST_ANCHORS", most)
        exported(tmp_path / f"{most}", begin=sizes[2] + 1, end=sizes[2] + 2)
        found = {one["from"] for one in lines_of(tmp_path / f"{most}", "consistency.json")[0]}
        assert len(found & set(sizes)) == proven
