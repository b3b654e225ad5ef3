"""What was signed last, kept beside the key: a database that was set back, or rewritten, gets no signature."""

import base64
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from audit.actions.keys import cosigner, folder, fresh_file, log_keys
from audit.errors import TreeDiffers, TreeSetBack
from audit.tree import EMPTY, Frontier, checkpoint_text, consistency, consistent, parse_checkpoint, signed
from audit.tree.proofs import Node


@dataclass(frozen=True)
class Signed:
    """The largest tree that was signed: its size and root."""

    size: int
    root: bytes


NOTHING = Signed(0, EMPTY)


def last_signed(origin: str) -> Signed:
    """Give what the signer remembers of a log; nothing where it never signed."""
    path = _memory(origin)
    if not path.exists():
        return NOTHING
    kept = json.loads(path.read_text())
    return Signed(kept["size"], base64.b64decode(kept["root"]))


def check_tree(origin: str, edge: Frontier, root: bytes, before: Signed, node: Node) -> None:
    """Hold a tree against what was signed: `before`, the newest checkpoint of the database, and the signer's memory.

    Raises:
        TreeSetBack: the tree is smaller than one that was signed.
        TreeDiffers: its edge does not give its root, or it does not begin with what was signed.
    """
    if edge.root != root:
        raise TreeDiffers
    for known in (last_signed(origin), before):
        if edge.size < known.size:
            raise TreeSetBack
        if not begins_with(known, edge.size, root, node):
            raise TreeDiffers


def sign_tree(origin: str, size: int, root: bytes, seconds: int) -> str:
    """Sign a checkpoint of a tree that was checked; give the whole note.

    `seconds` are those since 1970 that the cosignature says.
    """
    text = checkpoint_text(origin, size, root)
    _remember(origin, size, root)
    lines = [key.line(text) for key in log_keys(origin)]
    return signed(text, [*lines, cosigner(origin).line(text, seconds)])


def signed_by_all(origin: str, note: str) -> bool:
    """Tell whether a checkpoint has the signature of every key that signs for its log now."""
    found = parse_checkpoint(note)
    return all(found.signed_by(key.public) for key in log_keys(origin))


def begins_with(known: Signed, size: int, root: bytes, node: Node) -> bool:
    """Tell whether the tree of this size and root begins with what was signed."""
    if size < known.size:
        return False
    try:
        proof = consistency(known.size, size, node)
    except LookupError:
        return False
    return consistent(known.size, known.root, size, root, proof)


def _remember(origin: str, size: int, root: bytes) -> None:
    """Write it down before anything is signed: after a kill the same tree is signed again, never another one."""
    kept = json.dumps({"origin": origin, "size": size, "root": base64.b64encode(root).decode()})
    fresh_file(_memory(origin), kept.encode()).replace(_memory(origin))


def _memory(origin: str) -> Path:
    return folder() / f"signed-{hashlib.sha256(origin.encode()).hexdigest()[:16]}.json"
