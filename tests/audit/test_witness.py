"""The witness file: what it saw signed, a rewritten and re-signed tree does not go on from."""

import datetime as dt
import json
import os
import shutil
from pathlib import Path

import pytest

from accounts.reads import clock
from audit.actions import public_keys, seal
from audit.errors import TreeDiffers, WitnessDiffers, WitnessUnread
from audit.models import Checkpoint, Event, Leaf, Log
from audit.reads import states
from audit.tree import Frontier, checkpoint_text, parse_checkpoint, signed
from tests.audit.test_sealing import AT, forced, settle, write

pytestmark = pytest.mark.django_db
LATER = AT + dt.timedelta(minutes=1)


@pytest.fixture
def file(settings) -> Path:
    return settings.LEDGER_WITNESS


def lines(file: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def rewrite_and_sign(keys: Path) -> None:
    """Do what someone can who owns the database and holds the key: another history, signed, and nothing remembered."""
    from audit.actions.keys import cosigner, log_keys

    log = Log.objects.get()
    forced("UPDATE audit_leaf SET leaf_hash = %s WHERE log_index = %s", [os.urandom(32), 0])
    edge = Frontier()
    edge.extend(bytes(one) for one in Leaf.objects.order_by("log_index").values_list("leaf_hash", flat=True))
    Log.objects.update(root=edge.root, frontier=edge.kept)
    text = checkpoint_text(log.origin, edge.size, edge.root)
    key, other = log_keys(log.origin)[0], cosigner(log.origin)
    note = signed(text, [key.line(text), other.line(text, int(AT.timestamp()))])
    forced("DELETE FROM audit_checkpoint", [])
    Checkpoint.objects.create(log=log, size=edge.size, root=edge.root, note=note, created_at=AT)
    for memory in keys.glob("signed-*.json"):
        memory.unlink()


def test_each_checkpoint_is_witnessed_and_no_other_line(file):
    settle()
    write(3)
    seal(by=clock(), at=AT)
    seal(by=clock(), at=AT)
    seal(by=clock(), at=AT + dt.timedelta(minutes=15))
    notes = list(Checkpoint.objects.order_by("created_at", "size").values_list("note", flat=True))
    assert [line["checkpoint"] for line in lines(file)] == notes
    assert lines(file)[-1]["seen"] == "2026-11-23T09:45:00.000000Z"
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_rewrite_that_is_signed_anew_is_refused_by_the_witness(file, keys):
    write(5)
    seal(by=clock(), at=AT)
    rewrite_and_sign(keys)
    before = file.read_bytes()
    write(1)
    with pytest.raises(ExceptionGroup) as caught:
        seal(by=clock(), at=LATER)
    assert [type(one) for one in caught.value.exceptions] == [WitnessDiffers]
    assert Log.objects.get().alarm == "witness_differs" and states(LATER)[0].late
    assert file.read_bytes() == before and Checkpoint.objects.count() == 1
    told = Event.objects.filter(type="audit.alarm_raised", stream=f"log/{Log.objects.get().uuid}")
    assert told.count() == 1


def test_without_the_witness_such_a_rewrite_is_signed(settings, keys):
    """What the file is worth: nothing inside the database would have shown it."""
    write(5)
    seal(by=clock(), at=AT)
    rewrite_and_sign(keys)
    settings.LEDGER_WITNESS = None
    write(1)
    assert seal(by=clock(), at=LATER)[0].checkpoint is not None


def test_a_log_cut_short_is_refused_by_the_witness_when_the_signer_forgot(file, keys):
    write(5)
    seal(by=clock(), at=AT)
    size, root, edge = Log.objects.values_list("tree_size", "root", "frontier").get()
    write(3)
    seal(by=clock(), at=AT)
    forced("DELETE FROM audit_checkpoint WHERE size > %s", [size])
    forced("DELETE FROM audit_leaf WHERE log_index >= %s", [size])
    Log.objects.update(tree_size=size, root=root, frontier=edge)
    shutil.rmtree(keys)
    write(1)
    with pytest.raises(ExceptionGroup) as caught:
        seal(by=clock(), at=LATER)
    assert [type(one) for one in caught.value.exceptions] == [WitnessDiffers]


def test_the_signers_own_memory_is_asked_first(file, keys):
    write(5)
    seal(by=clock(), at=AT)
    memory = next(keys.glob("signed-*.json"))
    kept = memory.read_text()
    rewrite_and_sign(keys)
    memory.write_text(kept)
    write(1)
    with pytest.raises(ExceptionGroup) as caught:
        seal(by=clock(), at=LATER)
    assert [type(one) for one in caught.value.exceptions] == [TreeDiffers]


def test_half_a_line_that_a_power_cut_left_is_taken_away(file):
    write(1)
    seal(by=clock(), at=AT)
    whole = file.read_bytes()
    file.write_bytes(whole + whole[:70])
    write(1)
    seal(by=clock(), at=LATER)
    assert len(lines(file)) == 2 and file.read_bytes().startswith(whole)


def test_a_witness_that_is_none_stops_the_sealing(file):
    write(1)
    file.write_text("no line of a witness\n")
    with pytest.raises(ExceptionGroup) as caught:
        seal(by=clock(), at=AT)
    assert [type(one) for one in caught.value.exceptions] == [WitnessUnread]
    assert not Checkpoint.objects.exists()


def test_logs_share_the_file_and_each_goes_on_from_its_own(file):
    other = Log.objects.create(origin="ledger.example/other")
    write(2)
    write(300, other)
    seal(by=clock(), at=AT)
    for minute in range(16, 400, 16):
        seal(by=clock(), at=AT + dt.timedelta(minutes=minute), logs=[other])
    write(1)
    seal(by=clock(), at=AT + dt.timedelta(minutes=400))
    found = [parse_checkpoint(line["checkpoint"]) for line in lines(file)]
    assert file.stat().st_size > 1 << 13
    assert len([one for one in found if one.origin == "ledger.example/other"]) > 20
    for origin in {one.origin for one in found}:
        assert all(one.signed_by(public_keys(origin)[0]) for one in found if one.origin == origin)
