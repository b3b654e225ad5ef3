"""Proofs over a tree (RFC 6962 section 2.1, RFC 9162 sections 2.1.3 and 2.1.4), made from its perfect nodes."""

from collections.abc import Callable, Sequence

from audit.tree.hashing import EMPTY, fold, node_hash
from audit.tree.ranges import Place, decompose

Node = Callable[[Sequence[Place]], list[bytes]]
"""Gives the hashes of perfect nodes, in the order of their places."""


def subtree(begin: int, end: int, node: Node) -> bytes:
    """Give the hash over leaves [begin, end), where `begin` is a multiple of a power of two not below their number."""
    return fold(node(decompose(begin, end)))


def range_hashes(begin: int, end: int, node: Node) -> list[bytes]:
    """Give the compact range of leaves [begin, end), left to right."""
    return node(decompose(begin, end))


def inclusion(index: int, size: int, node: Node) -> list[bytes]:
    """Prove that a leaf stands at `index` in the tree of `size`: the sibling hashes from the leaf up.

    Raises:
        ValueError: there is no such leaf in a tree of this size.
    """
    if not 0 <= index < size:
        raise ValueError(f"A tree of {size} leaves has no leaf {index}.")
    return [subtree(begin, end, node) for begin, end in _siblings(index, size)]


def _siblings(index: int, size: int) -> list[tuple[int, int]]:
    begin, end, path = 0, size, []
    while end - begin > 1:
        split = begin + _half(end - begin)
        if index < split:
            path.append((split, end))
            end = split
        else:
            path.append((begin, split))
            begin = split
    return path[::-1]


def _half(size: int) -> int:
    """Give the largest power of two below a size above one."""
    return 1 << (size - 1).bit_length() - 1


def consistency(old: int, new: int, node: Node) -> list[bytes]:
    """Prove that the tree of size `old` is the beginning of that of size `new`; [] where there is nothing to prove.

    Raises:
        ValueError: the old tree is the larger one.
    """
    if not 0 <= old <= new:
        raise ValueError(f"A tree of {new} leaves does not begin with one of {old}.")
    if old in {0, new}:
        return []
    proof: list[bytes] = []
    begin, end, whole = 0, new, True
    while old != end:
        split = begin + _half(end - begin)
        if old <= split:
            proof.append(subtree(split, end, node))
            end = split
        else:
            proof.append(subtree(begin, split, node))
            begin, whole = split, False
    if not whole:
        proof.append(subtree(begin, end, node))
    return proof[::-1]


def consistent(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Check a consistency proof (RFC 9162 section 2.1.4.2): true only where it shows that `new` begins with `old`."""
    if any(len(part) != 32 for part in (old_root, new_root, *proof)) or not 0 <= old <= new:
        return False
    if old == 0:
        return not proof and old_root == EMPTY and (new > 0 or new_root == EMPTY)
    if old == new:
        return not proof and old_root == new_root
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    return bool(path) and _climb(old - 1, new - 1, path) == (old_root, new_root)


def _climb(first: int, last: int, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Give the roots of both trees that a path leads to from their last leaves; None where it ends elsewhere."""
    shared = (~first & (first + 1)).bit_length() - 1
    first, last = first >> shared, last >> shared
    ours = theirs = path[0]
    for part in path[1:]:
        if last == 0:
            return None
        if first & 1 or first == last:
            ours, theirs = node_hash(part, ours), node_hash(part, theirs)
            while first and not first & 1:
                first, last = first >> 1, last >> 1
        else:
            theirs = node_hash(theirs, part)
        first, last = first >> 1, last >> 1
    return (ours, theirs) if last == 0 else None
