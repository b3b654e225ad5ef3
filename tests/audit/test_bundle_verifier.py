"""Good bundles pass, the report says what was proven and no more, and nothing hostile gets a traceback."""

import ast
import json
import random
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.actions import Head
from audit.actions.recording import entry
from audit.bundle import verify
from tests.audit import making
from tests.audit.mutations import fresh_plan, proper

NOW = "2026-03-01T08:07:00.000000Z"


@pytest.fixture
def keys(tmp_path: Path) -> str:
    (tmp_path / "keys").write_text(making.KEYS)
    return str(tmp_path / "keys")


def report(bundle: Path, keys: str, *more: str) -> verify.Report:
    return verify.verify(verify.arguments().parse_args([str(bundle), "--key", keys, "--now", NOW, *more]))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=st.data())
def test_any_range_of_any_log_passes(told, tmp_path_factory, monkeypatch):
    monkeypatch.setattr(verify, "CHUNK", told.draw(st.sampled_from([100, 900, 5000, 1 << 18])))
    root = tmp_path_factory.mktemp("bundle")
    (root / "keys").write_text(making.KEYS)
    n = told.draw(st.integers(20, 70))
    a, b = sorted((told.draw(st.integers(0, n)), told.draw(st.integers(0, n))))
    sizes = told.draw(st.lists(st.integers(0, n), max_size=6))
    plan = making.Plan(making.story(n, seed=told.draw(st.integers(0, 9))), a=a, b=b, sizes=tuple(sizes))
    found = report(making.write_folder(root / "bundle", making.bundle(plan)), str(root / "keys"))
    assert (found.exit, found.findings.told) == (0, [])
    assert found.verdict == "INTERNALLY CONSISTENT" and ("PARTIAL" in found.beside) == ((a, b) != (0, n))
    assert found.facts["leaves"] == b - a and found.facts["range"] == f"{a} to {b} of {n}"


def test_the_report_says_what_was_proven(tmp_path, keys, capsys):
    folder = making.write_folder(tmp_path / "bundle", making.bundle(fresh_plan("whole")))
    assert verify.main([str(folder), "--key", keys, "--now", NOW]) == 0
    words = capsys.readouterr().out
    assert words.startswith("INTERNALLY CONSISTENT · ERASED 2 sections or bodies\n")
    for told in (
        "range: 0 to 40 of 40", "leaves: 40", "draws redone: 13", "older checkpoints: 5", "witnessed: 4",
        "no anchor outside this installation", "records.csv: for reading; what they say is not proven",
    ):  # fmt: skip
        assert told in words
    assert verify.main([str(folder), "--key", keys, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["verdict"] == "INTERNALLY CONSISTENT" and "STALE" in told["beside"] and told["findings"] == []


def test_findings_are_told_with_file_and_line_and_the_many_as_a_number(tmp_path, keys, capsys):
    plan = fresh_plan("whole")
    files = making.build(plan)
    files["entries.ndjson"] = files["entries.ndjson"].replace(b"\n", b"\r\n")
    folder = making.write_folder(tmp_path / "bundle", making.sealed(plan, files))
    assert verify.main([str(folder), "--key", keys]) == 31
    words = capsys.readouterr().out
    assert "31 leaf_form: leaf 0: not the exact form of a leaf, version 1 [entries.ndjson, line 1]" in words
    assert "31 leaf_form: and 20 more" in words and words.startswith("BROKEN")


def test_an_id_that_is_there_already_is_told_where_it_stands_again(tmp_path, keys):
    plan = fresh_plan("whole")
    plan.events[30].fields["id"] = plan.events[20].fields["id"]
    making.relink(plan.events)
    told = report(making.write_folder(tmp_path / "bundle", making.bundle(plan)), keys).findings.told
    assert [(one.kind, one.line) for one in told] == [("leaf_repeated", 31)]


def test_what_a_bundle_says_of_itself_cannot_steer_a_terminal(tmp_path, keys, capsys):
    folder = making.write_folder(tmp_path / "bundle", {**making.bundle(fresh_plan("whole")), "x": b""})
    (folder / "x").rename(folder / "x\x1b[2J")
    assert verify.main([str(folder), "--key", keys]) == 10
    assert "\x1b" not in capsys.readouterr().out


def test_a_heartbeat_that_is_old_is_told_and_does_not_break(tmp_path, keys):
    folder = making.write_folder(tmp_path / "bundle", making.bundle(fresh_plan("whole")))
    assert "STALE" not in report(folder, keys).beside
    late = report(folder, keys, "--now", "2026-03-01T09:07:00.000000Z")
    assert late.exit == 0 and "STALE" in late.beside
    assert "STALE" not in report(folder, keys, "--now", "2026-03-01T09:07:00.000000Z", "--stale", "7200").beside


def test_the_auditors_own_checkpoint_anchors_what_lies_before_it(tmp_path, keys):
    plan = fresh_plan("whole")
    hashes = [making.leaf_hash(one.leaf) for one in plan.events]
    folder = making.write_folder(tmp_path / "bundle", making.bundle(plan))
    (tmp_path / "known").write_bytes(making.checkpoint(hashes, 23, 1772352000))  # of no size that has a proof
    found = report(folder, keys, "--known", str(tmp_path / "known"))
    assert found.verdict == "ANCHORED at size 23 by the auditor's own checkpoint" and found.exit == 0
    assert "leaves from 23 on are not anchored" in found.notes


def test_a_checkpoint_from_before_the_range_anchors_nothing(tmp_path, keys):
    plan = fresh_plan("part")
    hashes = [making.leaf_hash(one.leaf) for one in plan.events]
    folder = making.write_folder(tmp_path / "bundle", making.bundle(plan))
    (tmp_path / "known").write_bytes(making.checkpoint(hashes, 7, 1772352000))
    found = report(folder, keys, "--known", str(tmp_path / "known"))
    assert (found.exit, found.verdict) == (0, "INTERNALLY CONSISTENT")


def test_both_keys_of_a_rotation_are_taken_and_unknown_cosigners_passed_over(tmp_path, keys):
    plan, new = fresh_plan("whole"), making.private("the next key")
    files = making.build(plan)
    text = files["checkpoint"].split(b"\n\n")[0] + b"\n"
    files["checkpoint"] += (making.signature(text, new) + making.signature(text, new, "stranger")).encode()
    folder = making.write_folder(tmp_path / "bundle", making.sealed(plan, files))
    assert report(folder, keys).exit == 0
    with Path(keys).open("a") as stream:
        stream.write(making.verifier_key(making.ORIGIN, 1, making.public(new)) + "\n")
    assert report(folder, keys).exit == 0


@pytest.mark.parametrize(
    "told",
    [
        "", "# nothing\n", "x\n", making.KEYS.replace("+", "-"),
        "\n".join(making.verifier_key(name, 1, making.public(making.LOG)) for name in "ab"),
        making.verifier_key("a", 2, making.public(making.LOG)), making.verifier_key("a", 1, bytes(31)),
        making.verifier_key("a", 1, bytes([1]) + bytes(31)),
        making.verifier_key(making.COSIGNER, 4, making.public(making.WITNESS)),
        making.KEYS.replace("+", "+0", 1)[:-1], "a+00000000+AQ==\n", "\udcff",
    ],
)  # fmt: skip
def test_keys_that_are_none_are_a_wrong_use(told, tmp_path):
    folder = making.write_folder(tmp_path / "bundle", making.bundle(fresh_plan("whole")))
    (tmp_path / "keys").write_bytes(told.encode("utf-8", "surrogateescape"))
    assert report(folder, str(tmp_path / "keys")).exit == 2


@pytest.mark.parametrize(
    "told", [["--skew", "-1"], ["--stale", "-1"], ["--known", "none"], ["--tsa-ca", "none"], ["--now", "x"]]
)
def test_wrong_arguments_are_a_wrong_use(told, tmp_path, keys):
    folder = making.write_folder(tmp_path / "bundle", making.bundle(fresh_plan("whole")))
    assert report(folder, keys, *told).exit == 2
    assert verify.main([]) == 2 and verify.main(["--help"]) == 0


def test_an_origin_may_be_said_and_is_then_the_only_one(tmp_path, keys):
    folder = making.write_folder(tmp_path / "bundle", making.bundle(fresh_plan("whole")))
    assert report(folder, keys, "--origin", making.ORIGIN).exit == 0
    assert report(folder, keys, "--origin", "example.org/log/two").exit == 12


def test_what_the_verifier_does_not_know_is_no_pass(tmp_path, keys, monkeypatch):
    folder = making.write_folder(tmp_path / "bundle", making.bundle(fresh_plan("whole")))

    def fails(*_: object) -> None:
        raise MemoryError("full")

    monkeypatch.setattr(verify.os, "scandir", fails)
    found = report(folder, keys)
    assert (found.exit, found.verdict) == (1, "BROKEN")


def test_a_zip_bomb_is_not_unpacked(tmp_path, keys):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.note", b"\n" * (257 << 20))
    assert report(path, keys).exit == 10


def test_a_leaf_is_looked_at_quickly_as_it_is_looked_at_by_itself():
    """Where the quick look at many leaves passes, each is a leaf; and for leaves as they are recorded it passes."""
    chance = random.Random(7)
    good = [one.leaf.decode() for one in making.story(60)]
    quick = verify.QuickLeaves(making.ORIGIN)
    assert quick.columns("\n".join(good) + "\n", 60) is not None
    passed = 0
    for _ in range(4000):
        leaf = chance.choice(good)
        at = chance.randrange(len(leaf))
        spoilt = leaf[:at] + chance.choice(["", *'0az"\\{}:,-Z \n\x00\x7f~#!/']) + leaf[at + chance.randrange(2) :]
        if quick.columns(spoilt + "\n", 1):
            passed += 1
            verify.fields_of(spoilt)
            assert proper(spoilt.encode())
    assert passed


def test_leaves_as_they_are_recorded_have_the_form():
    quick = verify.QuickLeaves("hitl.invalid/log")
    leaves = [
        entry(
            log=(1, "hitl.invalid/log"), type="reviews.item_received", actor="s_1", role=role, via="api", project=None,
            stream="item/1", head=head, at=datetime(2026, 11, 25, 9, 30, 1, 5, tzinfo=UTC),
            tags={"rights": 3, "item": "a"}, sections=dict.fromkeys(sections, 1),
        ).leaf.decode()
        for role in (None, "reviewer")
        for head in (Head(0, None), Head(9, bytes(32)))
        for sections in ("", "a", "ba", "abcde")
    ]  # fmt: skip
    for leaf in leaves:
        assert verify.fields_of(leaf)["log"] == "hitl.invalid/log"
        assert (quick.columns(leaf + "\n", 1) is not None) is ('"e":"' not in leaf)  # five sections: one by one


def test_the_file_stands_alone(tmp_path, keys):
    """It needs the standard library only, and runs as an auditor runs it."""
    tree = ast.parse(Path(verify.__file__).read_text())
    named = {one.name for node in ast.walk(tree) if isinstance(node, ast.Import) for one in node.names}
    named |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {one.split(".")[0] for one in named} <= sys.stdlib_module_names
    folder = making.write_folder(tmp_path / "bundle", making.bundle(fresh_plan("whole")))
    told = [sys.executable, "-I", verify.__file__, str(folder), "--key", keys]
    done = subprocess.run(told, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "") and done.stdout.startswith("INTERNALLY CONSISTENT")
