"""The verifier's Merkle tree beside the definitions of RFC 6962 and the public vectors."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.bundle import verify
from tests.audit import making
from tests.audit.vectors import LEAVES, ROOTS, probes, vectors_hold

HASHES = [making.leaf_hash(str(number).encode()) for number in range(130)]


def test_the_public_vectors_of_merkle_proofs_hold():
    wrong = [(name, told) for name, told, holds in probes(verify) if getattr(verify, name)(*told) is not holds]
    assert wrong == [] and len(list(probes(verify))) == 199 and vectors_hold(verify)
    assert [making.tree_hash(list(map(making.leaf_hash, LEAVES[:size]))) for size in range(1, 9)] == ROOTS


@settings(max_examples=200, deadline=None)
@given(told=st.data())
def test_a_range_and_what_stands_beside_it_give_the_root(told):
    n = told.draw(st.integers(0, 130))
    a, b = sorted((told.draw(st.integers(0, n)), told.draw(st.integers(0, n))))
    cut = told.draw(st.integers(a, b))
    frontier: verify.Frontier = []
    left, right = making.perfect(HASHES, 0, a), making.perfect(HASHES[:n], b, n)
    for level, one in zip(verify.subtrees(0, a), left, strict=True):
        verify.extend(frontier, one, level)
    verify.extend(frontier, b"".join(HASHES[a:cut]))
    assert verify.root_of(frontier) == making.tree_hash(HASHES[:cut])
    verify.extend(frontier, b"".join(HASHES[cut:b]))
    for level, one in zip(verify.subtrees(b, n), right, strict=True):
        verify.extend(frontier, one, level)
    assert verify.root_of(frontier) == making.tree_hash(HASHES[:n])


@pytest.mark.parametrize("n", [*range(1, 20), 31, 32, 33, 64, 65])
def test_every_proof_of_a_tree_holds_for_its_own_leaf_and_size_alone(n):
    hashes, root = HASHES[:n], making.tree_hash(HASHES[:n])
    for index in range(n):
        proof = making.inclusion(index, hashes)
        taken = [one for one in range(n + 1) if verify.proves_inclusion(one, n, hashes[index], root, proof)]
        assert taken == [index]
        assert not verify.proves_inclusion(index, n, hashes[index - 1], root, proof) or n == 1
    for size in range(1, n + 1):
        proof, old = making.consistency(size, hashes), making.tree_hash(hashes[:size])
        taken = [one for one in range(n + 2) if verify.proves_consistency(one, n, old, root, proof)]
        assert taken == [size]
        assert not verify.proves_consistency(size, n, bytes(32), root, proof)
        assert not verify.proves_consistency(size, n, old, bytes(32), proof)
