"""Whole exports under verifiers that nobody here wrote: what is good they accept, what is not they refuse."""

import datetime as dt
import random
from functools import cache
from pathlib import Path

import pytest
from django.utils import timezone

from accounts.reads import clock, console
from audit.actions import Wanted, export, public_keys, rotate_key, seal
from audit.actions.keys import log_keys
from audit.bundle import verify
from audit.models import Log
from tests.audit import making
from tests.audit.exports import files_of
from tests.audit.test_sealing import write
from tests.oracles.judging import NEAR, SIGNATURES, Oracle, asked, built_go, sigstore
from tests.oracles.spoiling import SPOILT, Bundle

pytestmark = pytest.mark.one_engine

AT = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)
SIZES = (3, 40, 61, 13)
KEYS = [line for line in making.KEYS.splitlines() if not line.startswith("#")]
STRANGER = making.verifier_key(making.ORIGIN, 1, making.public(making.private("stranger")))
FAR = ("Go", "sigstore")
GO_RULES = SIGNATURES | {"size", "root", "consistency", "record"}
CODES = {  # what our verifier says of a broken rule
    "manifest": {12}, "checkpoint": {20, 21, 22}, "size": {23}, "root": {30, 31, 35}, "older": {22}, "past": {20, 60},
    "consistency": {34, 60}, "record": {34, 62}, "quoted": {62},
}  # fmt: skip


@pytest.fixture(scope="session")
def far(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Oracle]:
    """Give the verifiers that are programs; Go's is built once."""
    return {
        "Go": Oracle(asked(built_go(tmp_path_factory.mktemp("go"))), GO_RULES),
        "sigstore": Oracle(asked(sigstore()), frozenset({"checkpoint", "older", "record", "quoted"})),
    }


@cache
def made(n: int) -> tuple[making.Plan, making.Files]:
    plan = making.Plan(making.story(n))
    return plan, making.bundle(plan)


def spoilt(name: str, n: int, seed: int) -> Bundle:
    """Make a bundle of n entries and spoil it."""
    one = Bundle(dict(made(n)[1]), making.ORIGIN, making.LOG, random.Random(f"{name} {seed}"))
    SPOILT[name][1](one)
    return one


def refused(oracle: Oracle, keys: list[str], bundles: list[tuple[str, Bundle]], folder: Path) -> None:
    """See that a verifier refuses each spoilt bundle by a rule that is broken, as far as it looks at one."""
    seen = 0
    for number, (name, one) in enumerate(bundles):
        if oracle.refuses(SPOILT[name][0]):
            rule = oracle.judge(making.write_folder(folder / f"{number} {name}", one.files), keys)
            assert rule in SPOILT[name][0], (name, rule)
            seen += 1
    assert seen


@pytest.mark.parametrize("name", NEAR)
def test_libraries_of_others_accept_good_bundles_and_refuse_spoilt_ones(name: str, tmp_path: Path) -> None:
    for n in (20, 33, 40, 64):
        assert NEAR[name].judge(making.write_folder(tmp_path / str(n), made(n)[1]), KEYS) == ""
    refused(NEAR[name], KEYS, [(one, spoilt(one, 40, 1)) for one in SPOILT], tmp_path)


@pytest.mark.parametrize("name", ["openssl", "PyNaCl"])
def test_another_key_of_the_same_name_is_no_key(name: str, tmp_path: Path) -> None:
    bundle = making.write_folder(tmp_path / "bundle", made(20)[1])
    assert NEAR[name].judge(bundle, [STRANGER]) == "manifest"
    assert (
        NEAR[name].judge(bundle, [KEYS[0], making.verifier_key(making.COSIGNER, 4, making.public(making.WITNESS))])
        == ""
    )
    spelt = making.KEYS.replace(
        making.b64(b"\x04" + making.public(making.WITNESS)), making.b64(b"\x04" + bytes(31) + b"\x01")
    )
    assert NEAR[name].judge(bundle, [one for one in spelt.splitlines() if one[0] != "#"]) == "checkpoint"


@pytest.mark.parametrize("name", SPOILT)
def test_ours_refuses_what_they_refuse(name: str, tmp_path: Path) -> None:
    one = spoilt(name, 40, 1)
    plan = made(40)[0]
    if "manifest" not in SPOILT[name][0]:  # what the manifest says of the files is true, so that others find them wrong
        one.files = making.sealed(plan, {path: raw for path, raw in one.files.items() if path != "manifest.note"})
    (tmp_path / "keys").write_text(making.KEYS)
    bundle = making.write_folder(tmp_path / "bundle", one.files)
    report = verify.verify(verify.arguments().parse_args([str(bundle), "--key", str(tmp_path / "keys")]))
    assert report.verdict == "BROKEN"
    assert report.exit in {code for rule in SPOILT[name][0] for code in CODES[rule]}, report.findings.told


@pytest.mark.long
@pytest.mark.parametrize(("name", "n"), [*(("Go", n) for n in (20, 31, 32, 33, 50, 64, 65, 77)), ("sigstore", 33)])
def test_gos_sumdb_and_sigstore_accept_good_bundles_and_refuse_spoilt_ones(
    far: dict[str, Oracle], name: str, n: int, tmp_path: Path
) -> None:
    bundle = making.write_folder(tmp_path / "good", made(n)[1])
    assert far[name].judge(bundle, KEYS[:1]) == ""
    assert far[name].judge(bundle, [STRANGER]) == "checkpoint"
    times = 5 if name == "Go" else 1  # node takes its time to start
    refused(far[name], KEYS[:1], [(one, spoilt(one, n, seed)) for one in SPOILT for seed in range(times)], tmp_path)


# -------------------------------------------------------------------------------------- what is really exported


@pytest.fixture
def keys(tmp_path: Path, settings) -> None:
    settings.LEDGER_KEYS = tmp_path / "keys"
    settings.LEDGER_WITNESS = tmp_path / "witness.ndjson"


@pytest.fixture
def log(db: None, keys: None) -> Log:
    """Give a log with older checkpoints."""
    for number, count in enumerate(SIZES):
        write(count)
        seal(by=clock(), at=AT + dt.timedelta(seconds=number))
    return Log.objects.get()


def exported(log: Log, target: Path, **wanted: int) -> Bundle:
    """Export with cited entries; give the bundle and the key that signed it."""
    log.refresh_from_db()
    first, last = wanted.get("begin", 0), wanted.get("end", log.tree_size) - 1
    cited = Wanted(cite=tuple(sorted({first, (first + last) // 2, last})), **wanted)
    export(log=log, wanted=cited, target=target, by=console(), now=timezone.now)
    return Bundle(files_of(target), log.origin, log_keys(log.origin)[0].private, random.Random(1))


def known(log: Log) -> list[str]:
    """Give the keys that an auditor was given of the log, without the clock's."""
    return [str(key) for key in public_keys(log.origin) if key.kind == 1]


def spoilt_copies(one: Bundle) -> list[tuple[str, Bundle]]:
    copies = []
    for name, (_rules, spoil) in SPOILT.items():
        copy = Bundle(dict(one.files), one.origin, one.key, random.Random(name))
        spoil(copy)
        copies.append((name, copy))
    return copies


@pytest.mark.parametrize("name", NEAR)
def test_libraries_of_others_accept_an_export_and_refuse_spoilt_ones(name: str, log: Log, tmp_path: Path) -> None:
    one = exported(log, tmp_path / "bundle")
    every = [str(key) for key in public_keys(log.origin)]
    assert NEAR[name].judge(tmp_path / "bundle", every) == ""
    refused(NEAR[name], every, spoilt_copies(one), tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("name", FAR)
def test_gos_sumdb_and_sigstore_accept_an_export_and_refuse_spoilt_ones(
    far: dict[str, Oracle], name: str, log: Log, tmp_path: Path
) -> None:
    one = exported(log, tmp_path / "bundle")
    assert far[name].judge(tmp_path / "bundle", known(log)) == ""
    refused(far[name], known(log), spoilt_copies(one), tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("name", FAR)
def test_an_export_of_a_range_is_proven_to_them_record_by_record(
    far: dict[str, Oracle], name: str, log: Log, tmp_path: Path
) -> None:
    one = exported(log, tmp_path / "bundle", begin=7, end=90)
    assert far[name].judge(tmp_path / "bundle", known(log)) == ""
    older = one.files | {"checkpoint": one.files[one.older()]}
    rule = "size" if name == "Go" else "record"
    assert far[name].judge(making.write_folder(tmp_path / "older", older), known(log)) == rule
    one.leaves(lambda told: [told[1], *told[1:]])
    assert far[name].judge(making.write_folder(tmp_path / "spoilt", one.files), known(log)) == "record"


@pytest.mark.long
@pytest.mark.parametrize("name", FAR)
def test_an_export_after_a_rotation_holds_with_both_keys_and_with_neither_alone(
    far: dict[str, Oracle], name: str, log: Log, tmp_path: Path
) -> None:
    rotate_key(by=console(), at=AT + dt.timedelta(minutes=1))
    write(5)
    exported(log, tmp_path / "bundle")
    new, old = known(log)
    assert far[name].judge(tmp_path / "bundle", [new, old]) == far[name].judge(tmp_path / "bundle", [old, new]) == ""
    assert far[name].judge(tmp_path / "bundle", [new]) == "older"
    assert far[name].judge(tmp_path / "bundle", [old]) == "checkpoint"
