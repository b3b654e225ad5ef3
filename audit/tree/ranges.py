"""Compact ranges: the fewest perfect subtrees that make up a stretch of leaves."""

from collections.abc import Iterable, Sequence

from audit.tree.hashing import fold, node_hash

Place = tuple[int, int]
"""A node: its level (0 for leaves) and its index from the left among the nodes of that level."""


def decompose(begin: int, end: int) -> list[Place]:
    """List the perfect subtrees that make up leaves [begin, end), left to right."""
    places = []
    while begin < end:
        level = min((begin & -begin).bit_length() - 1 if begin else 64, (end - begin).bit_length() - 1)
        places.append((level, begin >> level))
        begin += 1 << level
    return places


class Frontier:
    """The right edge of a tree that grows: the hashes of `decompose(0, size)`, 32 bytes each."""

    def __init__(self, size: int = 0, hashes: bytes = b"") -> None:
        """Take up an edge as it was kept.

        Raises:
            ValueError: not as many hashes as a tree of this size has.
        """
        if len(hashes) != 32 * size.bit_count():
            raise ValueError(f"A tree of {size} leaves has {size.bit_count()} hashes at its edge.")
        self.size = size
        self._hashes = [hashes[start : start + 32] for start in range(0, len(hashes), 32)]

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Append leaf hashes."""
        hashes, size = self._hashes, self.size
        for leaf in leaves:
            below, node = size, leaf
            while below & 1:
                node = node_hash(hashes.pop(), node)
                below >>= 1
            hashes.append(node)
            size += 1
        self.size = size

    @property
    def root(self) -> bytes:
        """The root over all leaves so far."""
        return fold(self._hashes)

    @property
    def kept(self) -> bytes:
        """What to keep: the hashes, one after the other."""
        return b"".join(self._hashes)

    @property
    def hashes(self) -> Sequence[bytes]:
        """The hashes, left to right."""
        return tuple(self._hashes)
