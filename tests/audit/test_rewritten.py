"""A superuser with the keys rewrites the past and signs it anew: no check within sees it, a copy elsewhere does."""

import datetime as dt
import json
import os
from pathlib import Path

import pytest

from accounts.reads import clock
from audit.actions import anchor, seal
from audit.actions.keys import cosigner, log_keys
from audit.models import Anchor, Checkpoint, Event, Leaf, Log, Payload
from audit.reads import canonical, leaf_hash, payload_commitment
from audit.tree import Frontier, checkpoint_text, signed
from tests.audit.exports import busy, exported, verified
from tests.audit.test_sealing import forced
from tests.elsewhere import Authority

SAID, WANTED = b'"verdict":"correct"', b'"verdict":"reject"'
pytestmark = pytest.mark.django_db


def other_verdict(settings) -> None:
    """Turn a decision into its opposite, as if it had always been one, and sign the tree that comes of it."""
    target = Event.objects.filter(type="reviews.decision_submitted").order_by("pk")
    told = next(row for row in Payload.objects.filter(event__in=target) if SAID in bytes(row.body))
    body, salt = bytes(told.body).replace(SAID, WANTED), os.urandom(32)
    forced("UPDATE audit_payload SET body = %s, salt = %s WHERE id = %s", [body, salt, told.pk])
    follow_up(told.event_id, told.section, payload_commitment(told.section, salt, body).hex())
    sign_anew(settings)


def follow_up(event: int, section: str, commitment: str) -> None:
    """Write the leaf anew, and every later one of its stream, each by the hash of the one before."""
    hashes: dict[str, str] = {}
    for one in Event.objects.order_by("place__log_index"):
        leaf = json.loads(bytes(one.leaf))
        if one.pk == event:
            leaf["pay"][section] = commitment
        leaf["sprev"] = hashes.get(leaf["sprev"], leaf["sprev"])
        raw = canonical(leaf)
        if raw == bytes(one.leaf):
            continue
        hashes[bytes(one.leaf_hash).hex()] = leaf_hash(raw).hex()
        forced("UPDATE audit_event SET leaf = %s, leaf_hash = %s WHERE id = %s", [raw, leaf_hash(raw), one.pk])
        forced("UPDATE audit_leaf SET leaf_hash = %s WHERE event_id = %s", [leaf_hash(raw), one.pk])
    assert hashes


def sign_anew(settings) -> None:
    """Sign each checkpoint again, for the second it was made; nothing that was remembered stays."""
    log = Log.objects.get()
    hashes = [bytes(one) for one in Leaf.objects.order_by("log_index").values_list("leaf_hash", flat=True)]
    for one in Checkpoint.objects.order_by("pk"):
        edge = Frontier()
        edge.extend(hashes[: one.size])
        text = checkpoint_text(log.origin, edge.size, edge.root)
        lines = [log_keys(log.origin)[0].line(text), cosigner(log.origin).line(text, int(one.created_at.timestamp()))]
        forced(
            "UPDATE audit_checkpoint SET root = %s, note = %s WHERE id = %s", [edge.root, signed(text, lines), one.pk]
        )
    edge = Frontier()
    edge.extend(hashes)
    Log.objects.update(root=edge.root, frontier=edge.kept)
    for memory in Path(settings.LEDGER_KEYS).glob("signed-*.json"):
        memory.unlink()
    Path(settings.LEDGER_WITNESS).unlink()


def test_a_rewrite_that_is_signed_anew_is_caught_by_a_checkpoint_that_was_kept_elsewhere(tmp_path, settings):
    busy()
    kept = tmp_path / "kept"
    kept.write_text(Checkpoint.objects.order_by("-size")[0].note)
    other_verdict(settings)
    seal(by=clock(), at=dt.datetime.now(dt.UTC))  # nothing within objects, and it goes on
    exported(tmp_path / "bundle")
    alone = verified(tmp_path / "bundle")
    assert (alone["exit"], alone["verdict"]) == (0, "INTERNALLY CONSISTENT"), alone
    found = verified(tmp_path / "bundle", None, "--known", str(kept))
    assert (found["exit"], found["verdict"]) == (60, "BROKEN"), found


def test_a_rewrite_that_is_signed_anew_is_caught_by_a_time_stamp(tmp_path, settings):
    authority = Authority(tmp_path / "authority")
    busy()
    with authority.serving() as settings.LEDGER_TSA_URL:
        settings.LEDGER_TSA_CA = authority.root
        anchor(by=clock(), at=dt.datetime.now(dt.UTC))
    assert Anchor.objects.count() == 1
    seal(by=clock(), at=dt.datetime.now(dt.UTC))
    exported(tmp_path / "before")
    assert verified(tmp_path / "before", None, "--tsa-ca", str(authority.root))["verdict"].startswith("ANCHORED SINCE")
    other_verdict(settings)
    exported(tmp_path / "after")
    assert verified(tmp_path / "after")["exit"] == 0
    found = verified(tmp_path / "after", None, "--tsa-ca", str(authority.root))
    assert (found["exit"], found["verdict"]) == (71, "BROKEN"), found
