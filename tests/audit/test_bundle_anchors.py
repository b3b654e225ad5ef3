"""Time stamp tokens of a local authority: one that holds anchors a bundle, any other is refused or told."""

from pathlib import Path

import pytest

from audit.bundle import verify
from tests.audit import making
from tests.audit.authority import make, token
from tests.audit.mutations import fresh_plan


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> Path:
    return make(tmp_path_factory.mktemp("tsa"))


def ended(
    tmp_path: Path, authority: Path, told: making.Files, *more: str, plan: making.Plan | None = None
) -> verify.Report:
    plan = plan or fresh_plan("whole")
    (tmp_path / "keys").write_text(making.KEYS)
    folder = making.write_folder(tmp_path / "bundle", making.sealed(plan, making.build(plan) | told))
    keys = ["--key", str(tmp_path / "keys")]
    return verify.verify(verify.arguments().parse_args([str(folder), *keys, *more]))


def text_of(size: int) -> bytes:
    hashes = [making.leaf_hash(one.leaf) for one in fresh_plan("whole").events]
    return making.note_text(size, making.tree_hash(hashes[:size]))


def test_a_token_that_holds_anchors_what_it_is_over(tmp_path, authority):
    told = {"anchors/16.tsr": token(authority, text_of(16))}
    found = ended(tmp_path, authority, told, "--tsa-ca", str(authority / "one.ca"))
    assert found.exit == 0 and found.verdict.startswith("ANCHORED SINCE 20") and found.verdict.endswith(".000000Z")
    assert "leaves from 16 on are not anchored" in found.notes and found.facts["tokens"][0].startswith("size 16 at ")


def test_a_leaf_later_than_a_token_over_it_is_refused(tmp_path, authority):
    plan = fresh_plan("whole")
    for one in plan.events:
        one.fields["ts"] = one.fields["ts"].replace("2026-", "2126-")
    making.relink(plan.events)
    hashes = [making.leaf_hash(one.leaf) for one in plan.events]
    told = {"anchors/16.tsr": token(authority, making.note_text(16, making.tree_hash(hashes[:16])))}
    found = ended(tmp_path, authority, told, "--tsa-ca", str(authority / "one.ca"), plan=plan)
    assert found.exit == 43 and found.findings.counts["time_anchor"] == 16


@pytest.mark.parametrize(
    ("size", "by", "digest", "code"),
    [(9, "one", "-sha256", 71), (16, "other", "-sha256", 71), (16, "one", "-sha512", 70)],
)
def test_a_token_over_something_else_or_by_somebody_else_is_refused(tmp_path, authority, size, by, digest, code):
    told = {"anchors/16.tsr": token(authority, text_of(size), by, digest)}
    assert ended(tmp_path, authority, told, "--tsa-ca", str(authority / "one.ca")).exit == code


def test_a_token_that_was_changed_is_refused(tmp_path, authority):
    raw = token(authority, text_of(16))
    spoilt = raw[:-20] + bytes([raw[-20] ^ 1]) + raw[-19:]
    told = {"anchors/16.tsr": spoilt}
    assert ended(tmp_path, authority, told, "--tsa-ca", str(authority / "one.ca")).exit in (70, 71)


def test_a_token_that_is_not_checked_anchors_nothing(tmp_path, authority, monkeypatch):
    told = {"anchors/16.tsr": token(authority, text_of(16)), "anchors/40.s3.json": b'{"bucket":"b"}\n'}
    found = ended(tmp_path, authority, told)
    assert (found.exit, found.verdict) == (0, "INTERNALLY CONSISTENT")
    assert "anchors/16.tsr: not checked, since no --tsa-ca was given" in found.notes
    assert any(note.startswith("anchors/40.s3.json: not checked") for note in found.notes)
    monkeypatch.setenv("PATH", str(tmp_path))
    found = ended(tmp_path, authority, told, "--tsa-ca", str(authority / "one.ca"))
    assert (found.exit, found.verdict) == (0, "INTERNALLY CONSISTENT")
    assert "anchors/16.tsr: not checked, since there is no openssl" in found.notes
