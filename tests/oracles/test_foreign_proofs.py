"""The public Merkle vectors under verifiers that nobody here wrote, and under the tree's own functions."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from audit.bundle import verify
from audit.tree import consistent
from tests.audit.making import b64
from tests.audit.vectors import LEAVES, probes
from tests.oracles.judging import built_go, each, proves, sigstore

Probe = tuple[str, tuple[Any, ...], bool]
BODIES = {hashlib.sha256(b"\x00" + body).digest(): body for body in (*LEAVES, b"data")}


def vectors(name: str) -> list[Probe]:
    return [one for one in probes(verify) if one[0] == name]


def record(told: tuple[Any, ...]) -> dict[str, Any]:
    index, size, leaf, root, proof = told
    told_body = BODIES.get(leaf, b"no leaf of these trees")  # for a verifier that hashes the leaf itself
    return {
        "kind": "record", "small": index, "large": size, "part": b64(leaf), "body": b64(told_body), "root": b64(root),
        "proof": list(map(b64, proof)),
    }  # fmt: skip


def tree(told: tuple[Any, ...]) -> dict[str, Any]:
    old, new, first, second, proof = told
    return {
        "kind": "tree", "small": old, "large": new, "part": b64(first), "root": b64(second),
        "proof": list(map(b64, proof)),
    }  # fmt: skip


def wrong(probed: list[Probe], found: list[bool]) -> list[tuple[Any, ...]]:
    return [told for (_name, told, holds), got in zip(probed, found, strict=True) if got is not holds]


def test_the_trees_own_check_of_consistency_holds_for_the_public_vectors() -> None:
    probed = vectors("proves_consistency")
    assert len(probed) > 90
    assert wrong(probed, [consistent(told[0], told[2], told[1], *told[3:]) for _name, told, _holds in probed]) == []


def test_pymerkle_agrees_with_the_public_vectors_of_inclusion() -> None:
    probed = vectors("proves_inclusion")
    assert len(probed) > 90
    assert wrong(probed, [proves(*told) for _name, told, _holds in probed]) == []


@pytest.mark.long
def test_gos_tlog_agrees_with_the_public_vectors(tmp_path: Path) -> None:
    inclusion, consistency = vectors("proves_inclusion"), vectors("proves_consistency")
    command = built_go(tmp_path)
    assert wrong(inclusion, each(command, [record(told) for _name, told, _holds in inclusion])) == []
    found = wrong(consistency, each(command, [tree(told) for _name, told, _holds in consistency]))
    assert {told[0] for told in found} == {0}  # tlog knows no proof from a tree of none, not even the true one
    assert len(found) == len([told for _name, told, holds in consistency if holds and told[0] == 0])


@pytest.mark.long
def test_sigstore_agrees_with_the_public_vectors_of_inclusion() -> None:
    probed = vectors("proves_inclusion")
    assert wrong(probed, each(sigstore(), [record(told) for _name, told, _holds in probed])) == []
