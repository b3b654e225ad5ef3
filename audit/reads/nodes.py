"""The nodes of a log's tree, read from its full tiles and, at the right edge, from its leaves."""

from collections.abc import Sequence

from audit.models.sql import ask
from audit.tree.hashing import parents, root_of
from audit.tree.proofs import Node
from audit.tree.ranges import Place

HEIGHT = 8
WIDTH = 1 << HEIGHT
TILE = 'SELECT hashes FROM audit_tile WHERE log_id = %s AND level = %s AND "index" = %s'
TILES = (
    'SELECT hashes FROM audit_tile WHERE log_id = %s AND level = %s AND "index" >= %s AND "index" < %s ORDER BY "index"'
)
LEAVES = "SELECT leaf_hash FROM audit_leaf WHERE log_id = %s AND log_index >= %s AND log_index < %s ORDER BY log_index"


def leaf_hashes(log_id: int, begin: int, end: int) -> list[bytes]:
    """Give the leaf hashes [begin, end) of a log."""
    return [bytes(row.leaf_hash) for row in ask(LEAVES, [log_id, begin, end])]


def tile_roots(log_id: int, level: int, begin: int, end: int) -> list[bytes]:
    """Give the roots of the full tiles [begin, end) of a level: the hashes of the level above."""
    return [root_of(_cut(row.hashes)) for row in ask(TILES, [log_id, level, begin, end])]


def node_reader(log_id: int) -> Node:
    """Give a reader of a log's perfect nodes; it keeps the tiles that it has read.

    The reader raises LookupError for a node that the tree does not have yet.
    """
    return _Reader(log_id)


class _Reader:
    def __init__(self, log_id: int) -> None:
        self.log_id = log_id
        self.kept: dict[Place, list[bytes]] = {}

    def __call__(self, places: Sequence[Place]) -> list[bytes]:
        return [self._node(level, index) for level, index in places]

    def _node(self, level: int, index: int) -> bytes:
        below = level % HEIGHT
        first, count = index << below, 1 << below
        hashes = self._row(level // HEIGHT, first, count)
        if len(hashes) != count:
            raise LookupError(f"The tree of log {self.log_id} has no node {index} on level {level}.")
        while len(hashes) > 1:
            hashes = parents(hashes)
        return hashes[0]

    def _row(self, level: int, first: int, count: int) -> list[bytes]:
        """Give hashes of a tile's level, from its full tile or, at the edge, from what lies under it."""
        index, begin = divmod(first, WIDTH)
        tile = self.kept.get((level, index)) or self._tile(level, index)
        if tile:
            return tile[begin : begin + count]
        if level == 0:
            return leaf_hashes(self.log_id, first, first + count)
        return tile_roots(self.log_id, level - 1, first, first + count)

    def _tile(self, level: int, index: int) -> list[bytes]:
        found = ask(TILE, [self.log_id, level, index])
        if not found:
            return []
        self.kept[level, index] = _cut(found[0].hashes)
        return self.kept[level, index]


def _cut(hashes: bytes) -> list[bytes]:
    return [bytes(hashes[start : start + 32]) for start in range(0, len(hashes), 32)]
