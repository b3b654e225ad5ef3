"""No check of the verifier is dead: take one away, and a spoilt bundle passes or a good one fails."""

import os
import random
import secrets
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from audit.bundle import verify
from tests.audit import making, mutations_beside, mutations_laid, mutations_told
from tests.audit.authority import make, token
from tests.audit.mutants import Mutant, Watched, mutants
from tests.audit.mutations import MUTATIONS, Case, fresh_plan, spoilt
from tests.audit.unharmed import UNHARMED
from tests.audit.vectors import vectors_hold

pytestmark = pytest.mark.one_engine

assert mutations_beside and mutations_laid and mutations_told  # they add to MUTATIONS
Laid = dict[str, tuple[list[str], int]]
NOW, LATER = "2026-03-01T08:07:00.000000Z", "2026-03-01T09:07:00.000000Z"


def laid_out(root: Path) -> Laid:
    """Write good bundles and spoilt ones; give the verifier's arguments and the code that is due."""
    laid: Laid = {}
    (root / "keys").write_text(making.KEYS)
    for base in ("whole", "part", "filtered", "dated", "empty", "wide", "locked"):
        plan = fresh_plan(base)
        folder = making.write_folder(root / base, making.bundle(plan))
        laid[base] = [str(folder), "--key", str(root / "keys"), "--now", NOW], 0
        laid[f"{base} zipped"] = (
            [str(making.write_zip(root / f"{base}.zip", making.bundle(plan))), *laid[base][0][1:]],
            0,
        )
    for base in ("part", "filtered"):  # the seed is revealed and its promise is not here: that is a note
        plan = fresh_plan(base)
        files = making.build(plan)
        for path in ("outside.ndjson", "payloads.ndjson"):
            lines = files[path].splitlines(keepends=True)
            files[path] = b"".join(raw for raw in lines if b'"i":0,' not in raw)
        folder = making.write_folder(root / f"{base} unpromised", making.sealed(plan, files))
        laid[folder.name] = [str(folder), *laid[base][0][1:]], 0
    laid["wide, and close"] = [*laid["wide"][0], "--skew", "15"], 0
    laid |= stamped(root, laid["whole"][0])
    for name in MUTATIONS:
        for seed in (1, 2):
            case, files, code = spoilt(name, seed)
            laid[f"{name} {seed}"] = written(root / f"{name}-{seed}", case, files), code
    return laid


def stamped(root: Path, whole: list[str]) -> Laid:
    """Give what an auditor may tell besides: a later day, a checkpoint of their own, tokens of two authorities."""
    plan = fresh_plan("whole")
    hashes = [making.leaf_hash(one.leaf) for one in plan.events]
    (root / "known").write_bytes(making.checkpoint(hashes, 23, 1772352000))
    laid: Laid = {
        "later": ([*whole, "--now", LATER], 0), "known": ([*whole, "--known", str(root / "known")], 0),
        "known later": ([*whole[:3], "--known", str(root / "whole" / "checkpoint")], 0),
        "no cosigner": ([whole[0], "--key", str(root / "log.key")], 0),
    }  # fmt: skip
    log = making.verifier_key(making.ORIGIN, 1, making.public(making.LOG)) + "\n"
    (root / "log.key").write_text(log)
    (root / "two.keys").write_text(log + making.verifier_key("example.org/other", 1, making.public(making.LOG)) + "\n")
    exact = making.write_folder(root / "exact", making.bundle(making.Plan(plan.events, sizes=(5,))))
    laid |= {
        "two logs": ([whole[0], "--key", str(root / "two.keys"), "--origin", making.ORIGIN], 0),
        "exact": ([str(exact), *whole[1:], "--skew", "0", "--stale", "0"], 0),
        "negative skew": ([*whole, "--skew", "-1"], 2), "negative age": ([*whole, "--stale", "-1"], 2),
        "no authority": ([*whole, "--tsa-ca", str(root / "none")], 2),
    }  # fmt: skip
    (root / "tsa").mkdir()
    tsa = make(root / "tsa")
    for size, by, digest, code in ((16, "one", "-sha256", 0), (9, "one", "-sha256", 71), (16, "other", "-sha256", 71),
                                   (16, "one", "-sha512", 70)):  # fmt: skip
        raw = token(tsa, making.note_text(size, making.tree_hash(hashes[:size])), by, digest)
        files = making.sealed(plan, making.build(plan) | {"anchors/16.tsr": raw, "anchors/40.s3.json": b"{}\n"})
        folder = making.write_folder(root / f"token-{size}-{by}{digest}", files)
        laid[folder.name] = [str(folder), *whole[1:], "--tsa-ca", str(tsa / "one.ca")], code
        laid[f"{folder.name} unchecked"] = [str(folder), *whole[1:]], 0
    return laid


def written(root: Path, case: Case, files: making.Files) -> list[str]:
    root.mkdir()
    for name, raw in case.given.items():
        (root / name).write_bytes(raw)
    told = [one.format(**{name: root / name for name in case.given}) for one in case.arguments]
    return [str(case.write(root / "bundle", files)), "--key", str(root.parent / "keys"), "--now", NOW, *told]


class Endless(BaseException):
    """A mutant that does not come to an end; the verifier, which takes every Exception, does not take this."""


@contextmanager
def seconds(limit: int) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise Endless

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(limit)
    try:
        yield
    finally:
        signal.alarm(0)


def candidates(chosen: list[Mutant], laid: Laid) -> list[list[str]]:
    """Give, for each mutant, the bundles at which it would decide something otherwise than the verifier does."""
    found: list[list[str]] = [[] for _ in chosen]
    watched = Watched(chosen)
    for name, (told, code) in laid.items():
        watched.different.clear()
        assert watched.module.verify(watched.module.arguments().parse_args(told)).exit == code, name
        for number in watched.different:
            found[number].append(name)
    return found


def said(told: list[str]) -> str:
    """Give what the verifier as it is says of a good bundle."""
    return verify.verify(verify.arguments().parse_args(told)).words()


def noticed(mutant: Mutant, laid: Laid, names: list[str]) -> str:
    """Give the bundle that a mutant is noticed by, or an empty text."""
    codes = Counter()
    few = []  # of each exit code a few, and a sample of the rest
    for name in names:
        codes[laid[name][1]] += 1
        if codes[laid[name][1]] <= 4:
            few.append(name)
    try:
        with seconds(120):
            module = mutant.module()
            if not vectors_hold(module):
                return "vectors"
            for name in [*few, *names[:: 1 + len(names) // 40]]:
                told, code = laid[name]
                report = module.verify(module.arguments().parse_args(told))
                if report.exit != code or (code == 0 and report.words() != said(told)):
                    return name
    except (Exception, Endless) as problem:  # noqa: BLE001 - a mutant may do anything
        return type(problem).__name__
    return ""


def survivors(chosen: list[Mutant], root: Path) -> list[str]:
    laid = laid_out(root)
    alive = []
    for mutant, names in zip(chosen, candidates(chosen, laid), strict=True):
        if not noticed(mutant, laid, names) and (mutant.function, mutant.before) not in UNHARMED:
            alive.append(mutant.name)
    return alive


def test_a_few_mutants_of_the_verifier_are_noticed(tmp_path):
    """Others in each run, so that in time all are tried; `MUTANTS_SEED` takes those of an earlier run again."""
    seed = os.environ.get("MUTANTS_SEED") or str(secrets.randbelow(2**32))
    chosen = random.Random(seed).sample(list(mutants()), 8)
    print(f"MUTANTS_SEED={seed}", *(mutant.name for mutant in chosen), sep="\n")
    assert survivors(chosen, tmp_path) == [], f"MUTANTS_SEED={seed}"


@pytest.mark.long
def test_every_mutant_of_the_verifier_is_noticed(tmp_path):
    assert survivors(list(mutants()), tmp_path) == []
