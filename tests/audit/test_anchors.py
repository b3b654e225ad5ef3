"""Anchors: what came back from elsewhere is checked, recorded once, tried again, and an alarm when it stays away."""

import datetime as dt
import hashlib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from accounts.reads import clock
from audit.actions import anchor, places, seal
from audit.models import Anchor, AnchorFailure, Checkpoint, Event, Log, Payload, Pending
from audit.reads import anchor_files, anchor_states
from audit.tree import parse_checkpoint
from hitl.beat import anchor_ledger
from tests.audit.exports import busy, exported, verified
from tests.audit.test_sealing import write
from tests.elsewhere import Authority, between

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> dt.datetime:
    """The machine's own time, which an authority's is held against."""
    return dt.datetime.now(dt.UTC)


@pytest.fixture(params=["its own certificate", "the whole chain"])
def authority(tmp_path: Path, settings, request: pytest.FixtureRequest) -> Iterator[Authority]:
    """Openssl writes a chain out of DER's order, which the client's library does not read."""
    found = Authority(tmp_path / "authority", chain=request.param == "the whole chain")
    with found.serving() as address:
        settings.LEDGER_TSA_URL, settings.LEDGER_TSA_CA = address, found.root
        yield found


def sealed(at: dt.datetime, count: int = 3) -> Log:
    write(count)
    seal(by=clock(), at=at)
    return Log.objects.get()


def text_of(size: int) -> bytes:
    note = Checkpoint.objects.filter(size=size).order_by("created_at").last().note  # type: ignore[union-attr]
    return parse_checkpoint(note).text.encode()


def told() -> list[dict[str, object]]:
    rows = Payload.objects.filter(event__type="audit.anchor_recorded").order_by("event_id")
    return [json.loads(bytes(row.body)) for row in rows]


def test_nothing_is_sent_anywhere_unless_settings_name_a_place(now):
    sealed(now)
    assert places() == [] and anchor(by=clock(), at=now) == []
    assert not Anchor.objects.exists() and not AnchorFailure.objects.exists()


def test_a_token_over_the_checkpoints_text_is_kept_and_recorded_once(authority, now, tmp_path):
    size = sealed(now).tree_size
    for _ in range(2):
        anchor(by=clock(), at=now)
    kept = Anchor.objects.get()
    assert (kept.kind, kept.size, authority.asked) == ("rfc3161", size, 1)
    (recorded,) = told()
    assert recorded["sha256"] == hashlib.sha256(bytes(kept.body)).hexdigest() and recorded["size"] == size
    assert kept.event.type == "audit.anchor_recorded" and Pending.objects.filter(event=kept.event).exists()
    token = tmp_path / "token.tsr"
    token.write_bytes(bytes(kept.body))
    checked = subprocess.run(
        ["openssl", "ts", "-verify", "-digest", hashlib.sha256(text_of(size)).hexdigest(), "-in", token,
         "-CAfile", authority.root],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert "Verification: OK" in checked.stdout + checked.stderr


def test_an_anchors_own_event_asks_for_no_further_anchor(authority, now):
    sealed(now)
    anchor(by=clock(), at=now)
    authority.spoil = lambda answer: b""  # asked again it would fail
    for day in range(1, 9):
        seal(by=clock(), at=now + day * DAY)
        assert anchor(by=clock(), at=now + day * DAY) == []
    assert Anchor.objects.count() == 1 and Event.objects.filter(type="audit.anchor_recorded").count() == 1


def test_the_next_anchor_waits_for_its_interval(authority, settings, now):
    settings.LEDGER_ANCHOR_HOURS = 1
    old = sealed(now - HOUR).tree_size
    anchor(by=clock(), at=now - dt.timedelta(minutes=4))
    write(1)
    seal(by=clock(), at=now)
    assert anchor(by=clock(), at=now) == [] and authority.asked == 1
    assert [one.size > old for one in anchor(by=clock(), at=now, now=True)] == [True]


def another_authority(folder: Path) -> Authority:
    return Authority(folder / "another", "Strangers")


SPOILT = {
    "nothing": lambda answer, _: b"",
    "no token": lambda answer, _: b"\x30\x05\x30\x03\x02\x01\x02",
    "a flipped bit": lambda answer, _: answer[:-9] + bytes([answer[-9] ^ 1]) + answer[-8:],
    "far too long": lambda answer, _: answer * 100,
}


@pytest.mark.parametrize("name", SPOILT)
def test_an_answer_that_does_not_hold_is_no_anchor(authority, now, name):
    sealed(now)
    authority.spoil = lambda answer: SPOILT[name](answer, None)
    (tried,) = anchor(by=clock(), at=now)
    assert tried.problem and not Anchor.objects.exists() and told() == []
    assert AnchorFailure.objects.get().problem == tried.problem
    authority.spoil = lambda answer: answer
    anchor(by=clock(), at=now)
    assert Anchor.objects.count() == 1 and not AnchorFailure.objects.exists()


def test_another_authority_or_a_token_for_another_question_is_no_anchor(authority, now, tmp_path, settings):
    sealed(now)
    kept: list[bytes] = []
    authority.spoil = lambda answer: kept.append(answer) or answer  # type: ignore[func-returns-value]
    settings.LEDGER_TSA_CA = another_authority(tmp_path).root
    (tried,) = anchor(by=clock(), at=now)
    assert "does not hold" in tried.problem
    settings.LEDGER_TSA_CA = authority.root
    authority.spoil = lambda _: kept[0]  # a good token with the nonce of another question
    (tried,) = anchor(by=clock(), at=now)
    assert "does not hold" in tried.problem and not Anchor.objects.exists()


def test_a_token_whose_time_is_not_ours_is_refused(authority, now):
    """A wrong clock here would show in each export as leaves that lie after their anchor."""
    sealed(now + HOUR)
    (tried,) = anchor(by=clock(), at=now + HOUR)
    assert "clock" in tried.problem and not Anchor.objects.exists()


def test_a_place_that_stays_away_for_twice_its_interval_is_an_alarm_until_it_answers(authority, settings, now):
    settings.LEDGER_ANCHOR_HOURS = 1
    sealed(now - 4 * HOUR)
    good, settings.LEDGER_TSA_URL = settings.LEDGER_TSA_URL, "http://127.0.0.1:9/"
    for hours, alarm in ((4, ""), (3, ""), (2, "anchor_late"), (1, "anchor_late")):
        anchor(by=clock(), at=now - hours * HOUR + dt.timedelta(minutes=1 if hours < 3 else 0))
        assert Log.objects.get().alarm == alarm, hours
    assert Event.objects.filter(type="audit.alarm_raised", stream__contains=str(Log.objects.get().uuid)).count() == 1
    (state,) = anchor_states()
    assert state.made_at is None and state.failing_at == now - 4 * HOUR and "does not answer" in state.problem
    settings.LEDGER_TSA_URL = good
    anchor(by=clock(), at=now)
    assert Log.objects.get().alarm == "" and anchor_states()[0].failing_at is None


def test_a_locked_object_is_read_back_and_nobody_can_take_it_away(bucket, now):
    size = sealed(now).tree_size
    anchor(by=clock(), at=now)
    said = json.loads(bytes(Anchor.objects.get().body))
    assert (said["bucket"], said["mode"], said["size"]) == ("locked", "COMPLIANCE", size)
    assert said["retain_until"] >= (now + 2 * DAY).strftime("%Y-%m-%dT%H:%M:%S")
    where = {"Bucket": said["bucket"], "Key": said["key"], "VersionId": said["version"]}
    note = bucket.client().get_object(**where)["Body"].read()
    assert hashlib.sha256(note).hexdigest() == said["sha256"] and note.decode() == Checkpoint.objects.get().note
    with pytest.raises(Exception, match="AccessDenied"):
        bucket.client().delete_object(**where)
    assert [one["kind"] for one in told()] == ["s3"]


def test_a_bucket_without_locks_is_refused_with_an_alarm_at_once(bucket, settings, now):
    settings.LEDGER_S3_BUCKET = bucket.bucket("plain", locked=False)
    sealed(now)
    (tried,) = anchor(by=clock(), at=now)
    assert "Object Lock" in tried.problem and not Anchor.objects.exists()
    assert Log.objects.get().alarm == "anchor_unlocked"
    settings.LEDGER_S3_BUCKET = "locked"
    anchor(by=clock(), at=now)
    assert Anchor.objects.count() == 1 and Log.objects.get().alarm == ""


LIES = {
    "governance": lambda path, body: body.replace(b"COMPLIANCE", b"GOVERNANCE") if "retention" in path else body,
    "no retention": lambda path, body: b"<Retention></Retention>" if "retention" in path else body,
    "a shorter time": lambda path, body: (
        body.replace(body[body.find(b"<RetainUntilDate>") + 17 :][:10], b"2026-01-01") if "retention" in path else body
    ),
}


@pytest.mark.parametrize("name", LIES)
def test_a_store_that_keeps_another_lock_than_was_asked_for_is_an_alarm(bucket, settings, now, name):
    sealed(now)
    with between(bucket.endpoint, LIES[name]) as settings.LEDGER_S3_ENDPOINT:
        anchor(by=clock(), at=now)
    assert not Anchor.objects.exists() and Log.objects.get().alarm == "anchor_unlocked"


def test_a_store_that_names_no_version_of_what_it_took_is_an_alarm(bucket, settings, now):
    """Without a version a later object of the same name would stand in its place."""
    sealed(now)
    with between(bucket.endpoint, lambda _, body: body, without="x-amz-version-id") as settings.LEDGER_S3_ENDPOINT:
        anchor(by=clock(), at=now)
    assert not Anchor.objects.exists() and Log.objects.get().alarm == "anchor_unlocked"


def test_a_store_that_gives_back_another_note_is_no_anchor(bucket, settings, now):
    sealed(now)
    origin = Log.objects.get().origin.encode()
    with between(bucket.endpoint, lambda _, body: body.replace(origin, origin[::-1])) as settings.LEDGER_S3_ENDPOINT:
        (tried,) = anchor(by=clock(), at=now)
    assert "another checkpoint" in tried.problem and not Anchor.objects.exists()


def test_the_alarm_of_a_place_ends_when_settings_no_longer_name_it(settings, now):
    settings.LEDGER_TSA_URL, settings.LEDGER_TSA_CA = "http://127.0.0.1:9/", "/dev/null"
    sealed(now)
    for hours in (0, 30, 60, 90):
        anchor(by=clock(), at=now + dt.timedelta(hours=hours))
    assert Log.objects.get().alarm == "anchor_late"
    anchor(by=clock(), at=now + dt.timedelta(hours=91))
    assert Log.objects.get().alarm == "anchor_late"
    settings.LEDGER_TSA_URL = ""
    anchor(by=clock(), at=now + dt.timedelta(hours=92), kinds=["mail"])
    assert Log.objects.get().alarm == "anchor_late"
    anchor(by=clock(), at=now + dt.timedelta(hours=93))
    assert Log.objects.get().alarm == "" and not AnchorFailure.objects.exists()


def test_a_checkpoint_is_mailed_once_a_month_with_the_way_to_use_it(settings, now):
    settings.LEDGER_MAIL_TO, settings.EMAIL_HOST = ["auditor@example.org"], "mail.example"
    first = dt.datetime(2026, 11, 2, 8, 0, tzinfo=dt.UTC)
    for days in (0, 1, 28, 29, 30, 58):
        sealed(first + days * DAY, 1)
        anchor(by=clock(), at=first + days * DAY)
    assert [f"{one.created_at:%m-%d}" for one in Anchor.objects.order_by("size")] == ["11-02", "12-01"]
    sent = mail.outbox[0]
    assert sent.to == ["auditor@example.org"] and "--known" in sent.body
    ((name, content, _kind),) = sent.attachments
    assert name == f"checkpoint-{Checkpoint.objects.order_by('size')[0].size}.txt" and name in sent.body
    assert content == Checkpoint.objects.order_by("size")[0].note.encode() == bytes(Anchor.objects.first().body)


def test_one_command_mails_the_newest_checkpoint_and_says_when_there_is_no_e_mail(settings, now, capsys):
    with pytest.raises(CommandError, match="HITL_MAIL_URL"):
        call_command("ledger", "mail-checkpoint", "auditor@example.org")
    settings.EMAIL_HOST = "mail.example"
    with pytest.raises(CommandError, match="ledger seal"):
        call_command("ledger", "mail-checkpoint", "auditor@example.org")
    sealed(now)
    call_command("ledger", "mail-checkpoint", "auditor@example.org")
    assert len(mail.outbox) == 1 and "auditor@example.org" in capsys.readouterr().out


def test_the_clock_and_the_command_anchor(authority, now, capsys, settings):
    size = sealed(now).tree_size
    anchor_ledger()
    assert Anchor.objects.get().size == size
    sealed(now)
    call_command("ledger", "anchor", "--kind", "rfc3161")
    assert Anchor.objects.count() == 2 and "rfc3161" in capsys.readouterr().out
    call_command("ledger", "status")
    assert "anchor rfc3161" in capsys.readouterr().out
    sealed(now)
    settings.LEDGER_TSA_URL = "http://127.0.0.1:9/"
    with pytest.raises(CommandError, match="tries again"):
        call_command("ledger", "anchor")


def test_a_bundle_gets_tokens_objects_and_the_witness_of_its_sizes_alone(authority, bucket, now):
    sizes = []
    for minutes in (4, 3, 2):
        log = sealed(now - dt.timedelta(minutes=minutes))
        sizes.append(log.tree_size)
        anchor(by=clock(), at=now, now=True)
    other = Log.objects.create(origin="ledger.example/other")
    write(1, other)
    seal(by=clock(), at=now)
    found = dict(anchor_files(log.pk, sizes[1], from_size=sizes[1]))
    assert set(found) == {f"anchors/{sizes[1]}.tsr", f"anchors/{sizes[1]}.s3.json", "anchors/witness.ndjson"}
    assert found[f"anchors/{sizes[1]}.s3.json"].endswith(b"}\n")
    everything = dict(anchor_files(log.pk, sizes[2]))
    assert len(everything) == 7
    for line in everything["anchors/witness.ndjson"].splitlines():
        assert json.loads(line)["checkpoint"].startswith(f"{log.origin}\n{sizes[2]}\n") or b"other" not in line
    assert dict(anchor_files(other.pk, 1)).keys() == {"anchors/witness.ndjson"}


def test_an_anchor_is_kept_as_it_came(authority, now):
    sealed(now)
    anchor(by=clock(), at=now)
    from django.db import DatabaseError, transaction

    for change in (lambda: Anchor.objects.update(body=b"x"), lambda: Anchor.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_an_export_with_its_token_is_anchored_and_without_the_authority_it_is_not(authority, bucket, tmp_path):
    busy()
    anchor(by=clock(), at=dt.datetime.now(dt.UTC))
    stamped = Anchor.objects.get(kind="rfc3161")
    whole = exported(tmp_path / "all")
    told = verified(tmp_path / "all", None, "--tsa-ca", str(authority.root))
    assert told["exit"] == 0 and told["verdict"].startswith("ANCHORED SINCE"), told
    assert told["witnessed"] == 1 and whole.size > stamped.size
    assert any("s3.json: not checked" in note for note in told["notes"])
    assert verified(tmp_path / "all")["verdict"] == "INTERNALLY CONSISTENT"
    stranger = another_authority(tmp_path)
    assert verified(tmp_path / "all", None, "--tsa-ca", str(stranger.root))["exit"] == 71


def test_an_export_of_few_checkpoints_still_holds_those_with_a_token(authority, tmp_path, monkeypatch):
    from audit.actions import proving

    town = busy()
    anchor(by=clock(), at=dt.datetime.now(dt.UTC))
    for _ in range(3):
        town.send(0.5)
        seal(by=clock(), at=dt.datetime.now(dt.UTC))
    monkeypatch.setattr(proving, "MOST", 1)
    exported(tmp_path / "few")
    kept = list((tmp_path / "few" / "checkpoints").iterdir())
    assert len(kept) == 2 < Checkpoint.objects.count()
    told = verified(tmp_path / "few", None, "--tsa-ca", str(authority.root))
    assert told["exit"] == 0 and told["verdict"].startswith("ANCHORED SINCE"), told
