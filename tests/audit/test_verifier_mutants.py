"""No check of the verifier is dead: take one away, and a spoilt bundle passes or a good one fails."""

import random
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.audit import making, mutations_beside, mutations_laid, mutations_told
from tests.audit.merkle_vectors import vectors_hold
from tests.audit.mutants import Mutant, Watched, mutants
from tests.audit.mutations import MUTATIONS, Case, fresh_plan, spoilt
from tests.audit.unharmed import UNHARMED

assert mutations_beside and mutations_laid and mutations_told  # they add to MUTATIONS
Laid = dict[str, tuple[list[str], int]]


def laid_out(root: Path) -> Laid:
    """Write good bundles and spoilt ones; give the verifier's arguments and the code that is due."""
    laid: Laid = {}
    (root / "keys").write_text(making.KEYS)
    for base in ("whole", "part", "filtered"):
        plan = fresh_plan(base)
        folder = making.write_folder(root / base, making.bundle(plan))
        laid[base] = [str(folder), "--key", str(root / "keys")], 0
        laid[f"{base} zipped"] = (
            [str(making.write_zip(root / f"{base}.zip", making.bundle(plan))), *laid[base][0][1:]],
            0,
        )
    for name in MUTATIONS:
        for seed in (1, 2):
            case, files, code = spoilt(name, seed)
            laid[f"{name} {seed}"] = written(root / f"{name}-{seed}", case, files), code
    return laid


def written(root: Path, case: Case, files: making.Files) -> list[str]:
    root.mkdir()
    for name, raw in case.given.items():
        (root / name).write_bytes(raw)
    told = [one.format(**{name: root / name for name in case.given}) for one in case.arguments]
    return [str(case.write(root / "bundle", files)), "--key", str(root.parent / "keys"), *told]


@contextmanager
def seconds(limit: int) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TimeoutError

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


def noticed(mutant: Mutant, laid: Laid, names: list[str]) -> str:
    """Give the bundle that a mutant is noticed by, or an empty text."""
    try:
        with seconds(120):
            module = mutant.module()
            if not vectors_hold(module):
                return "vectors"
            for name in names:
                told, code = laid[name]
                if module.verify(module.arguments().parse_args(told)).exit != code:
                    return name
    except Exception as problem:  # noqa: BLE001 - a mutant may do anything
        return type(problem).__name__
    return ""


def survivors(chosen: list[Mutant], root: Path) -> list[str]:
    laid = laid_out(root)
    alive = []
    for mutant, names in zip(chosen, candidates(chosen, laid), strict=True):
        if not noticed(mutant, laid, names) and (mutant.function, mutant.before, mutant.after) not in UNHARMED:
            alive.append(mutant.name)
    return alive


def test_a_few_mutants_of_the_verifier_are_noticed(tmp_path):
    chosen = random.Random(4).sample(list(mutants()), 8)
    assert survivors(chosen, tmp_path) == []


@pytest.mark.long
def test_every_mutant_of_the_verifier_is_noticed(tmp_path):
    assert survivors(list(mutants()), tmp_path) == []
