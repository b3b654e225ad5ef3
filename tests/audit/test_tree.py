"""The tree's pure functions beside the definition of RFC 6962, and beside pymerkle, PyNaCl and openssl."""

import base64
import hashlib
import subprocess
from collections.abc import Sequence
from pathlib import Path

import nacl.exceptions
import nacl.signing
import pymerkle  # type: ignore[import-untyped]
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from audit.tree import (
    CosignerKey,
    Frontier,
    LogKey,
    checkpoint_text,
    consistency,
    consistent,
    decompose,
    inclusion,
    node_hash,
    parse_checkpoint,
    range_hashes,
    root_of,
    signed,
)

LEAVES = [hashlib.sha256(b"\x00" + bytes([n % 256, n // 256])).digest() for n in range(300)]
sizes = st.integers(0, 300)


def defined(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962 section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + defined(leaves[:k]) + defined(leaves[k:])).digest()


def nodes(places: Sequence[tuple[int, int]]) -> list[bytes]:
    return [defined(LEAVES[index << level : (index + 1) << level]) for level, index in places]


@given(sizes)
def test_a_root_is_what_the_rfc_defines_and_pymerkle_finds(size: int) -> None:
    edge = Frontier()
    edge.extend(LEAVES[:size])
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for n in range(min(size, 40)):
        tree.append_entry(bytes([n % 256, n // 256]))
    assert edge.root == root_of(LEAVES[:size]) == defined(LEAVES[:size])
    assert tree.get_root() == root_of(LEAVES[: min(size, 40)])


@given(sizes, sizes)
def test_an_edge_that_was_kept_grows_as_if_it_had_not_been(first: int, more: int) -> None:
    first, size = sorted((first, more))
    edge = Frontier()
    edge.extend(LEAVES[:first])
    again = Frontier(first, edge.kept)
    again.extend(LEAVES[first:size])
    assert again.root == defined(LEAVES[:size])
    assert list(again.hashes) == nodes(decompose(0, size))


def test_an_edge_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="3 leaves has 2 hashes"):
        Frontier(3, bytes(32))


@given(sizes, sizes)
def test_a_range_is_the_fewest_perfect_subtrees_in_order(begin: int, end: int) -> None:
    begin, end = sorted((begin, end))
    places = decompose(begin, end)
    assert [leaf for level, index in places for leaf in range(index << level, (index + 1) << level)] == list(
        range(begin, end)
    )
    assert len(places) <= 2 * max(1, (end - begin).bit_length())


@given(st.integers(1, 300), st.data())
def test_an_inclusion_proof_climbs_to_the_root(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    at, width, node = index, size, LEAVES[index]
    for sibling in inclusion(index, size, nodes):
        while at == width - 1 and at % 2 == 0:  # no sibling on this level
            at, width = at // 2, (width + 1) // 2
        node = node_hash(sibling, node) if at % 2 else node_hash(node, sibling)
        at, width = at // 2, (width + 1) // 2
    assert node == defined(LEAVES[:size])


@given(sizes, sizes, st.data())
def test_a_consistency_proof_holds_for_its_trees_and_for_no_others(old: int, new: int, data: st.DataObject) -> None:
    old, new = sorted((old, new))
    before, after = defined(LEAVES[:old]), defined(LEAVES[:new])
    proof = consistency(old, new, nodes)
    assert consistent(old, before, new, after, proof)
    other = bytes(32)
    assert old == 0 or not consistent(old, before, new, other, proof)  # every tree begins with none
    assert not consistent(old, other, new, after, proof)
    assert not consistent(old, before, new, after, [*proof, other])
    if proof:
        place = data.draw(st.integers(0, len(proof) - 1))
        assert not consistent(old, before, new, after, proof[:place] + proof[place + 1 :])
        assert not consistent(old, before, new, after, [*proof[:place], other, *proof[place + 1 :]])
        assert not consistent(old, before, new, after, [*proof[:place], proof[place][:31], *proof[place + 1 :]])


def test_proofs_of_what_is_not_there_are_refused() -> None:
    with pytest.raises(ValueError, match="no leaf 3"):
        inclusion(3, 3, nodes)
    with pytest.raises(ValueError, match="does not begin"):
        consistency(4, 3, nodes)


@given(st.integers(0, 40), st.integers(0, 40))
def test_a_range_and_its_sides_give_the_root(begin: int, end: int) -> None:
    begin, end = sorted((begin, end))
    left, right = range_hashes(0, begin, nodes), range_hashes(end, 40, nodes)
    assert len(left) == begin.bit_count()
    assert len(right) == len(decompose(end, 40))


def test_a_checkpoint_is_accepted_by_those_who_did_not_write_it(tmp_path: Path) -> None:
    private = Ed25519PrivateKey.generate()
    text = checkpoint_text("ledger.example/1", 300, defined(LEAVES))
    key = LogKey("ledger.example/1", private)
    note = signed(text, [key.line(text)])
    signature = base64.b64decode(note.splitlines()[-1].split(" ")[2])[4:]
    nacl.signing.VerifyKey(key.public.public).verify(text.encode(), signature)
    with pytest.raises(nacl.exceptions.BadSignatureError):
        nacl.signing.VerifyKey(key.public.public).verify(text.replace("300", "301").encode(), signature)
    (tmp_path / "key").write_bytes(private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    (tmp_path / "text").write_text(text)
    (tmp_path / "signature").write_bytes(signature)
    command = [
        "openssl",
        "pkeyutl",
        "-verify",
        "-rawin",
        "-pubin",
        "-inkey",
        "key",
        "-in",
        "text",
        "-sigfile",
        "signature",
    ]
    assert b"Success" in subprocess.run(command, cwd=tmp_path, capture_output=True, check=True).stdout
    (tmp_path / "text").write_text(text.replace("300", "301"))
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode != 0


def test_a_checkpoint_reads_back_with_who_signed_and_who_saw_it_when() -> None:
    key = LogKey("ledger.example/1", Ed25519PrivateKey.generate())
    witness = CosignerKey("ledger.example/1/clock", Ed25519PrivateKey.generate())
    stranger = LogKey("ledger.example/1", Ed25519PrivateKey.generate())
    text = checkpoint_text("ledger.example/1", 3, defined(LEAVES[:3]))
    found = parse_checkpoint(signed(text, [key.line(text), witness.line(text, 1_763_000_000)]))
    assert (found.origin, found.size, found.root) == ("ledger.example/1", 3, defined(LEAVES[:3]))
    assert found.signed_by(key.public) and not found.signed_by(stranger.public)
    assert found.seen_at(witness.public) == 1_763_000_000
    other = parse_checkpoint(
        signed(text.replace("\n3\n", "\n4\n"), [key.line(text), witness.line(text, 1_763_000_000)])
    )
    assert not other.signed_by(key.public) and other.seen_at(witness.public) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda note: note.replace("\n3\n", "\n03\n"),
        lambda note: note.replace("\n3\n", "\n+3\n"),
        lambda note: note.replace("— ", "- "),
        lambda note: note.replace("\n\n", "\nextension\n\n"),
        lambda note: note[:-1],
        lambda note: note.partition("\n\n")[0] + "\n\n",
        lambda note: note.replace("\n", "\r\n"),
    ],
)
def test_what_is_no_checkpoint_to_the_last_byte_is_refused(change: object) -> None:
    key = LogKey("ledger.example/1", Ed25519PrivateKey.generate())
    text = checkpoint_text("ledger.example/1", 3, defined(LEAVES[:3]))
    with pytest.raises(ValueError, match="no signed checkpoint"):
        parse_checkpoint(change(signed(text, [key.line(text)])))  # type: ignore[operator]
