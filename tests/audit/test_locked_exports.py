"""Exports under Object Lock: proofs that stay, and an encrypted part whose key can be destroyed."""

import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accounts.actions import Choice
from accounts.actions.locking import lock_records
from accounts.reads import console
from audit.actions import locking
from audit.actions.locking import Locked, locked_exports
from audit.actions.opening import open_from_store, open_parts
from audit.bundle import verify as verifier
from audit.errors import ErasedMeanwhile, ExportBusy, NotDecrypted, NoVault, RetentionPast, TargetTaken, VaultFailed
from audit.models import Event, Log, Payload
from reviews.models import Item
from tests.audit.exports import busy, exported, files_of, lines_of, verified
from tests.audit.test_exports_checked import erase
from tests.audit.test_exports_checked import sealed as sealed_size
from tests.elsewhere import Store, between

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def house(bucket: Store, settings, tmp_path: Path) -> Path:
    settings.HITL_DATA = tmp_path / "house"
    return tmp_path / "house"


def lock(*, log: Log | None = None, days: int = 2, told: Any = lambda *_: None, **choice: Any) -> Locked:
    log = log or Log.objects.order_by("pk")[0]
    return lock_records(
        log=log, choice=Choice(**choice), until=timezone.now() + days * DAY, by=console(), now=timezone.now, told=told
    )  # fmt: skip


def taken(store: Store, made: Locked, folder: Path) -> tuple[Path, Path]:
    """Take both parts out of the store as an auditor does."""
    folder.mkdir()
    for part, name in (("locked", "locked.zip"), ("encrypted", "encrypted")):
        one = made.export[part]
        where = {"Bucket": "locked", "Key": one["object"], "VersionId": one["version"]}
        (folder / name).write_bytes(store.client().get_object(**where)["Body"].read())
    return folder / "locked.zip", folder / "encrypted"


def test_the_proofs_verify_alone_and_both_parts_give_the_bundle_again(bucket: Store, tmp_path: Path) -> None:
    busy()
    made = lock()
    proofs, encrypted = taken(bucket, made, tmp_path / "taken")
    told = verified(proofs)
    assert (told["exit"], told["verdict"]) == (0, "INTERNALLY CONSISTENT"), told
    assert told["beside"] == ["PARTIAL", "PAYLOADS WITHHELD"] and told["disclosed"] == 0
    assert hashlib.sha256(encrypted.read_bytes()).hexdigest() in told["notes"][-1]
    open_from_store(key_id=made.key, target=tmp_path / "whole")
    whole = verified(tmp_path / "whole")
    assert (whole["exit"], whole["beside"]) == (0, []), whole
    assert whole["leaves"] == told["leaves"] and whole["disclosed"] > whole["leaves"] / 2
    assert hashlib.sha256((tmp_path / "whole" / "manifest.note").read_bytes()).hexdigest() == made.export["manifest"]
    assert not (files_of(proofs).keys() - files_of(tmp_path / "whole").keys() - {"encrypted.json"})


def test_what_is_locked_nobody_takes_away_and_the_ledger_says_which_versions(bucket: Store, house: Path) -> None:
    busy(items=2)
    made = lock(days=3)
    (event,) = Event.objects.filter(type="audit.export_locked")
    said = json.loads(bytes(Payload.objects.get(event=event).body))
    assert said == {"key": made.key, **made.export} and said["filter"] == {} and said["range"] == [0, said["tree"]]
    for part in ("locked", "encrypted"):
        where = {"Bucket": "locked", "Key": said[part]["object"], "VersionId": said[part]["version"]}
        kept = bucket.client().get_object_retention(**where)["Retention"]
        assert kept["Mode"] == "COMPLIANCE" and kept["RetainUntilDate"] >= timezone.now() + 2 * DAY
        with pytest.raises(Exception, match="AccessDenied"):
            bucket.client().delete_object(**where)
    assert [one.name for one in (house / "locking").iterdir()] == ["lock"]  # nothing in the clear stays


def test_no_body_stands_in_the_part_that_stays(bucket: Store, tmp_path: Path) -> None:
    busy(items=3)
    proofs, encrypted = taken(bucket, lock(), tmp_path / "taken")
    files = files_of(proofs)
    assert files["payloads.ndjson"] == files["contents.ndjson"] == b"" and "records.csv" not in files
    exported(tmp_path / "whole")
    bodies = [line["body"] for line in lines_of(tmp_path / "whole", "payloads.ndjson")]
    bodies += [line["body"] for line in lines_of(tmp_path / "whole", "contents.ndjson")]
    salts = [line["salt"] for line in lines_of(tmp_path / "whole", "payloads.ndjson")]
    everything = b"".join(files.values()) + encrypted.read_bytes()
    assert bodies and not any(told.encode() in everything for told in [*bodies, *salts] if len(told) > 8)
    # nor do digests of files without salt, which could be guessed
    table = hashlib.sha256((tmp_path / "whole" / "records.csv").read_bytes()).hexdigest()
    assert table in (tmp_path / "whole" / "manifest.note").read_text() and table.encode() not in everything


def test_what_was_erased_before_is_named_in_the_part_that_stays(bucket, tmp_path, erasures_told) -> None:
    busy(items=3)
    sealed_size()
    erase(Item.objects.order_by("pk")[0])
    made = lock()
    proofs, _encrypted = taken(bucket, made, tmp_path / "taken")
    told = verified(proofs)
    assert told["exit"] == 0, told
    assert told["beside"] == ["PARTIAL", "ERASED 2 sections or bodies", "PAYLOADS WITHHELD"]
    assert [one["section"] for one in lines_of(proofs, "payloads.ndjson")] == ["erased"]
    open_from_store(key_id=made.key, target=tmp_path / "whole")
    assert verified(tmp_path / "whole")["beside"] == ["ERASED 2 sections or bodies"]


def test_a_part_of_the_log_is_locked_and_opened_from_files(bucket: Store, tmp_path: Path) -> None:
    busy(items=4)
    made = lock(begin=3, end=20, types=("reviews.item_received",), cite=(4,))
    proofs, encrypted = taken(bucket, made, tmp_path / "taken")
    assert verified(proofs)["exit"] == 0 and "proofs/4.tlog-proof" in files_of(proofs)
    assert made.export["filter"] == {"type": ["reviews.item_received"]}
    open_parts(locked=proofs, encrypted=encrypted, target=tmp_path / "whole.zip")
    whole = verified(tmp_path / "whole.zip")
    assert (whole["exit"], whole["beside"]) == (0, ["PARTIAL"]) and whole["filter"] == made.export["filter"]
    with pytest.raises(TargetTaken):
        open_parts(locked=proofs, encrypted=encrypted, target=tmp_path / "whole.zip")


REFUSED: dict[str, tuple[dict[str, Any], type[Exception]]] = {
    "no bucket": ({"LEDGER_S3_BUCKET": ""}, NoVault),
    "a bucket without Object Lock": ({"LEDGER_S3_BUCKET": "plain"}, NoVault),
    "a bucket that is not there": ({"LEDGER_S3_BUCKET": "nowhere"}, VaultFailed),
    "no store": ({"LEDGER_S3_ENDPOINT": "http://127.0.0.1:9"}, VaultFailed),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_locked_is_refused_before_anything_is_written(bucket, settings, house, keys, name) -> None:
    bucket.bucket("plain", locked=False)
    busy(items=1)
    changes, refusal = REFUSED[name]
    for setting, value in changes.items():
        setattr(settings, setting, value)
    with pytest.raises(refusal):
        lock()
    assert not Event.objects.filter(type__startswith="audit.export").exists() and not house.exists()
    assert not list(keys.glob("export-key*"))


def test_a_day_that_is_over_is_refused(bucket: Store, keys: Path) -> None:
    busy(items=1)
    with pytest.raises(RetentionPast):
        lock(days=0)
    assert not Event.objects.filter(type__startswith="audit.export").exists() and not list(keys.glob("export-key*"))


LIES = {
    "governance": lambda path, body: body.replace(b"COMPLIANCE", b"GOVERNANCE") if "retention" in path else body,
    "no retention": lambda path, body: b"<Retention></Retention>" if "retention" in path else body,
    "a shorter time": lambda path, body: (
        body.replace(body[body.find(b"<RetainUntilDate>") + 17 :][:10], b"2026-01-01") if "retention" in path else body
    ),
    "something else": lambda path, body: (
        body[:-1] + bytes([body[-1] ^ 1]) if "versionId" in path and "retention" not in path else body
    ),
}


@pytest.mark.parametrize("name", LIES)
def test_a_store_that_does_not_keep_what_it_was_given_as_asked_gets_no_proofs_and_no_event(
    bucket, settings, name
) -> None:
    """The encrypted part goes first, so what a liar holds is of no use to anybody once its key is destroyed."""
    busy(items=1)
    before = objects(bucket)
    with between(bucket.endpoint, LIES[name]) as settings.LEDGER_S3_ENDPOINT, pytest.raises((NoVault, VaultFailed)):
        lock()
    assert [name.rsplit(".")[-1] for name in objects(bucket) - before] == ["encrypted"]
    assert not Event.objects.filter(type="audit.export_locked").exists()
    assert [state for _, state, _ in locked_exports()] == ["unfinished"]


def objects(store: Store) -> set[str]:
    return {one["Key"] for one in store.client().list_objects_v2(Bucket="locked").get("Contents", [])}


def test_something_erased_while_it_is_made_lets_nothing_leave(bucket, keys, monkeypatch, erasures_told) -> None:
    busy(items=2)
    before = objects(bucket)
    part = locking.lock_part

    def erased_meanwhile(*given: Any) -> str:
        erase(Item.objects.order_by("pk")[0])
        return part(*given)

    monkeypatch.setattr(locking, "lock_part", erased_meanwhile)
    with pytest.raises(ErasedMeanwhile):
        lock()
    assert objects(bucket) == before and not list(keys.glob("export-key*"))


def test_two_at_once_are_refused_and_what_a_killed_one_left_in_the_clear_is_removed(house: Path) -> None:
    busy(items=1)
    left = house / "locking" / "left"
    left.mkdir(parents=True)
    (left / "payloads.ndjson").write_text("in the clear")
    refused = []

    def told(*_: Any) -> None:
        assert not left.exists()
        if not refused:
            with pytest.raises(ExportBusy):
                lock()
            refused.append(True)

    lock(told=told)
    assert refused and Event.objects.filter(type="audit.export_locked").count() == 1


def test_parts_of_two_exports_or_one_that_was_spoilt_do_not_open(bucket: Store, tmp_path: Path) -> None:
    busy(items=1)
    proofs, encrypted = taken(bucket, lock(), tmp_path / "one")
    _, other = taken(bucket, lock(), tmp_path / "two")
    spoilt = tmp_path / "spoilt"
    spoilt.write_bytes(encrypted.read_bytes()[:-1])
    for first, second in ((proofs, other), (proofs, spoilt), (encrypted, proofs)):
        with pytest.raises(NotDecrypted):
            open_parts(locked=first, encrypted=second, target=tmp_path / "whole")
    assert not list(tmp_path.glob("whole*"))


def test_an_encrypted_part_whose_chunks_do_not_open_leaves_nothing_of_the_bundle(bucket, tmp_path, monkeypatch) -> None:
    """As if the part with the proofs named a file that is not whole: what opened before is thrown away."""
    busy(items=2)
    proofs, encrypted = taken(bucket, lock(), tmp_path / "taken")
    encrypted.write_bytes(encrypted.read_bytes()[:-1])
    named = verifier.encrypted_of(files_of(proofs)["encrypted.json"])
    named["sha256"] = hashlib.sha256(encrypted.read_bytes()).hexdigest()
    monkeypatch.setattr(verifier, "encrypted_of", lambda _raw: named)
    with pytest.raises(NotDecrypted):
        open_parts(locked=proofs, encrypted=encrypted, target=tmp_path / "whole")
    assert not list(tmp_path.glob("whole*"))
