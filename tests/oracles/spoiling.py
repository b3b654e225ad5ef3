"""Ways to spoil a bundle that others' verifiers refuse, each with the rules that it breaks.

manifest, checkpoint, older, quoted: the signatures of those, of older checkpoints, and of those that records' proofs
quote; size: manifest and checkpoint name one tree; root: the leaves give the checkpoint; past: and the older ones;
consistency: as their proofs say; record: the proofs of single records. Where a signature is not what is spoilt, the
log's own key signs anew.
"""

import base64
import json
import random
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.audit import making
from tests.audit.making import Files, b64

Hashes = list[str]
HEAD = 2  # lines of a record's proof before its hashes


@dataclass
class Bundle:
    """A bundle to be spoilt, the log's key, and chance."""

    files: Files
    origin: str
    key: Ed25519PrivateKey
    chance: random.Random

    def change(self, path: str, change: Callable[[bytes], bytes]) -> None:
        before = self.files[path]
        self.files[path] = change(before)
        assert self.files[path] != before, path

    def sign(self, text: bytes, key: Ed25519PrivateKey | None = None) -> bytes:
        return text + b"\n" + making.signature(text, key or self.key, self.origin).encode()

    def tree(self, path: str, size: int = 0, root: str = "") -> bytes:
        """Sign another size or root in the place of a checkpoint's own."""
        origin, own_size, own_root, *_ = self.files[path].decode().split("\n\n")[0].split("\n")
        return self.sign(f"{origin}\n{size or own_size}\n{root or own_root}\n".encode())

    def size(self, path: str = "checkpoint") -> int:
        return int(self.files[path].split(b"\n")[1])

    def paths(self, folder: str) -> list[str]:
        return sorted(path for path in self.files if path.startswith(f"{folder}/"))

    def older(self) -> str:
        """Pick a checkpoint over fewer leaves than all of them, and not none."""
        return self.chance.choice([path for path in self.paths("checkpoints") if 0 < self.size(path) < self.size()])

    def leaves(self, change: Callable[[list[bytes]], list[bytes]]) -> None:
        self.change("entries.ndjson", lambda text: b"".join(change(text.splitlines(keepends=True))))

    def cited(self) -> list[int]:
        return [int(path.split("/")[1].split(".")[0]) for path in self.paths("proofs")]

    def uncited(self) -> int:
        """Pick a leaf without a proof of its own, and not the last but one."""
        return self.chance.choice([one for one in range(self.size() - 2) if one not in self.cited()])

    def consistency(self, change: Callable[[Hashes], Hashes]) -> None:
        """Change the proof of one of the older sizes."""
        told = json.loads(self.files["consistency.json"])
        one = self.chance.choice([one for one in told if len(one["proof"]) > 1])
        one["proof"] = change(one["proof"])
        self.change("consistency.json", lambda _: making.line(told))

    def record(self, change: Callable[[list[str]], list[str]]) -> None:
        """Change the lines of the proof of one record."""
        long = [one for one in self.paths("proofs") if self.files[one].partition(b"\n\n")[0].count(b"\n") > HEAD]
        path = self.chance.choice(long)
        head, _, note = self.files[path].partition(b"\n\n")
        self.change(path, lambda _: "\n".join(change(head.decode().split("\n"))).encode() + b"\n\n" + note)


Spoil = Callable[[Bundle], None]
SPOILT: dict[str, tuple[frozenset[str], Spoil]] = {}


def breaks(*rules: str) -> Callable[[Spoil], Spoil]:
    def learn(told: Spoil) -> Spoil:
        SPOILT[told.__name__] = frozenset(rules), told
        return told

    return learn


def hashes_of(chance: random.Random) -> dict[str, Callable[[Hashes], Hashes]]:
    """Give what can be done to the hashes of a proof."""
    zeros, short, long = b64(bytes(32)), b64(bytes(31)), b64(bytes(33))

    def at(change: Callable[[Hashes, int], Hashes]) -> Callable[[Hashes], Hashes]:
        return lambda told: change(told, chance.randrange(len(told)))

    return {
        "a_bit_flipped": at(lambda told, i: [*told[:i], flipped_text(told[i], chance), *told[i + 1 :]]),
        "one_dropped": at(lambda told, i: [*told[:i], *told[i + 1 :]]),
        "one_twice": at(lambda told, i: [*told[:i], told[i], *told[i:]]),
        "one_added_in_front": lambda told: [zeros, *told],
        "one_added_behind": lambda told: [*told, zeros],
        "their_order_turned": lambda told: told[::-1],
        "31_bytes": at(lambda told, i: [*told[:i], short, *told[i + 1 :]]),
        "33_bytes": at(lambda told, i: [*told[:i], long, *told[i + 1 :]]),
        "none_left": lambda told: [],
    }


def flipped(raw: bytes, chance: random.Random) -> bytes:
    return (int.from_bytes(raw, "big") ^ 1 << chance.randrange(8 * len(raw))).to_bytes(len(raw), "big")


def flipped_text(told: str, chance: random.Random) -> str:
    return b64(flipped(base64.b64decode(told), chance))


def learn_hashes(kind: str) -> None:
    def of_a_record(one: Bundle) -> None:
        one.record(lambda told: [*told[:HEAD], *hashes_of(one.chance)[kind](told[HEAD:])])

    def of_consistency(one: Bundle) -> None:
        one.consistency(hashes_of(one.chance)[kind])

    SPOILT[f"record_hashes_{kind}"] = frozenset({"record"}), of_a_record
    SPOILT[f"consistency_hashes_{kind}"] = frozenset({"consistency"}), of_consistency


for kind in hashes_of(random.Random(0)):
    learn_hashes(kind)


# ------------------------------------------------------------------------------------------------------ leaves


@breaks("root")
def leaf_with_a_bit_flipped(one: Bundle) -> None:
    place = one.uncited()
    leaf = one.files["entries.ndjson"].splitlines()[place]
    changed = leaf
    while changed == leaf or b"\n" in changed or b"\r" in changed:
        changed = flipped(leaf, one.chance)
    one.leaves(lambda told: [*told[:place], changed + b"\n", *told[place + 1 :]])


@breaks("root", "record")
def cited_leaf_changed(one: Bundle) -> None:
    place = one.chance.choice(one.cited())
    one.leaves(lambda told: [*told[:place], told[place].replace(b'"v":1', b'"v":2'), *told[place + 1 :]])


@breaks("root", "record")
def first_two_leaves_swapped(one: Bundle) -> None:
    one.leaves(lambda told: [told[1], told[0], *told[2:]])


@breaks("root", "record")
def leaf_dropped(one: Bundle) -> None:
    place = one.uncited()
    one.leaves(lambda told: [*told[:place], *told[place + 1 :]])


@breaks("root", "record")
def last_leaf_dropped(one: Bundle) -> None:
    one.leaves(lambda told: told[:-1])


@breaks("root", "record")
def leaf_twice(one: Bundle) -> None:
    place = one.uncited()
    one.leaves(lambda told: [*told[:place], told[place], *told[place:]])


@breaks("root")
def leaf_appended(one: Bundle) -> None:
    one.leaves(lambda told: [*told, told[0]])


# ------------------------------------------------------------------------------------------------- checkpoints


@breaks("checkpoint")
def checkpoint_with_another_signature(one: Bundle) -> None:
    one.files["checkpoint"] = respelt(one.files["checkpoint"], one)


@breaks("older")
def older_checkpoint_with_another_signature(one: Bundle) -> None:
    path = one.older()
    one.files[path] = respelt(one.files[path], one)


@breaks("manifest")
def manifest_with_another_signature(one: Bundle) -> None:
    one.files["manifest.note"] = respelt(one.files["manifest.note"], one)


def respelt(note: bytes, one: Bundle) -> bytes:
    """Flip a bit of the log's signature, the first line, and leave the key's hint."""
    text, _, tail = note.rpartition(b"\n\n")
    first, *rest = tail.decode().splitlines(keepends=True)
    raw = base64.b64decode(first.split(" ")[2])
    line = first.rsplit(" ", 1)[0] + " " + b64(raw[:4] + flipped(raw[4:], one.chance)) + "\n"
    return text + b"\n\n" + line.encode() + "".join(rest).encode()


@breaks("checkpoint")
def checkpoint_of_a_stranger_under_the_logs_name(one: Bundle) -> None:
    text = one.files["checkpoint"].partition(b"\n\n")[0] + b"\n"
    one.files["checkpoint"] = one.sign(text, making.private("stranger"))


@breaks("checkpoint")
def checkpoint_of_another_log(one: Bundle) -> None:
    text = one.files["checkpoint"].partition(b"\n\n")[0].split(b"\n", 1)[1] + b"\n"
    one.files["checkpoint"] = one.sign(b"another.example\n" + text)


@breaks("checkpoint")
def checkpoint_that_nobody_signed(one: Bundle) -> None:
    one.change("checkpoint", lambda told: told.partition(b"\n\n")[0] + b"\n\n")


@breaks("checkpoint", "root")
def checkpoint_with_another_root(one: Bundle) -> None:
    root = one.files["checkpoint"].split(b"\n")[2]
    one.change("checkpoint", lambda told: told.replace(root, b64(bytes(32)).encode()))


@breaks("checkpoint", "root")
def checkpoint_with_a_smaller_size(one: Bundle) -> None:
    size = one.size()
    one.change("checkpoint", lambda told: told.replace(b"\n%d\n" % size, b"\n%d\n" % (size - 1), 1))


@breaks("checkpoint")
def checkpoint_with_a_hyphen_for_a_dash(one: Bundle) -> None:
    one.change("checkpoint", lambda told: told.replace("— ".encode(), b"- "))


@breaks("root", "consistency", "record")
def other_root_that_the_log_signed(one: Bundle) -> None:
    one.files["checkpoint"] = one.tree("checkpoint", root=b64(one.chance.randbytes(32)))


@breaks("root", "consistency", "record")
def other_root_that_the_log_signed_under_the_proofs_too(one: Bundle) -> None:
    other_root_that_the_log_signed(one)
    for path in one.paths("proofs"):
        head = one.files[path].partition(b"\n\n")[0]
        one.files[path] = head + b"\n\n" + one.files["checkpoint"]


@breaks("root", "size", "record")
def larger_size_that_the_log_signed(one: Bundle) -> None:
    one.files["checkpoint"] = one.tree("checkpoint", size=one.size() + 1)


@breaks("root", "size", "record")
def smaller_size_that_the_log_signed(one: Bundle) -> None:
    one.files["checkpoint"] = one.tree("checkpoint", size=one.size() - 1)


@breaks("root", "size", "record")
def older_checkpoint_as_the_target(one: Bundle) -> None:
    one.files["checkpoint"] = one.files[one.older()]


@breaks("consistency", "past")
def older_root_that_the_log_signed(one: Bundle) -> None:
    path = one.older()
    one.files[path] = one.tree(path, root=b64(one.chance.randbytes(32)))


@breaks("consistency", "past")
def older_size_that_the_log_signed(one: Bundle) -> None:
    path = one.older()
    one.files[path] = one.tree(path, size=one.size(path) + one.chance.choice([-1, 1]))


@breaks("consistency", "past")
def second_root_of_the_same_size_that_the_log_signed(one: Bundle) -> None:
    one.files[f"checkpoints/{one.size()}-1"] = one.tree("checkpoint", root=b64(one.chance.randbytes(32)))


@breaks("consistency")
def consistency_of_one_size_left_out(one: Bundle) -> None:
    size = one.size(one.older())
    told = json.loads(one.files["consistency.json"])
    one.change("consistency.json", lambda _: making.line([proof for proof in told if proof["from"] != size]))


@breaks("older")
def older_checkpoint_of_a_stranger(one: Bundle) -> None:
    path = one.older()
    text = one.files[path].partition(b"\n\n")[0] + b"\n"
    one.files[path] = one.sign(text, making.private("stranger"))


# ---------------------------------------------------------------------------------------- manifest and records


@breaks("manifest")
def manifest_that_names_another_range(one: Bundle) -> None:
    one.change("manifest.note", lambda told: told.replace(b"\nrange 0 ", b"\nrange 1 "))


@breaks("manifest")
def manifest_with_another_hash(one: Bundle) -> None:
    place = one.files["manifest.note"].index(b"\nfile ") + 6
    one.change("manifest.note", lambda told: told[:place] + bytes([told[place] ^ 1]) + told[place + 1 :])


@breaks("manifest")
def manifest_of_a_stranger_under_the_logs_name(one: Bundle) -> None:
    text = one.files["manifest.note"].partition(b"\n\n")[0] + b"\n"
    one.files["manifest.note"] = one.sign(text, making.private("stranger"))


def moved(told: list[str], by: int) -> list[str]:
    return [told[0], f"index {int(told[1][6:]) + by}", *told[HEAD:]]


@breaks("record")
def record_of_the_next_index(one: Bundle) -> None:
    one.record(lambda told: moved(told, 1))


@breaks("record")
def record_of_the_index_before(one: Bundle) -> None:
    one.record(lambda told: moved(told, -1))


@breaks("record")
def record_of_an_index_behind_the_tree(one: Bundle) -> None:
    one.record(lambda told: moved(told, 2 * one.size()))


@breaks("record")
def record_against_a_tree_that_the_log_never_had(one: Bundle) -> None:
    path = one.chance.choice(one.paths("proofs"))
    head = one.files[path].partition(b"\n\n")[0]
    by = one.chance.choice([-1, 1])
    one.files[path] = head + b"\n\n" + one.tree("checkpoint", size=one.size() + by)


@breaks("quoted")
def record_whose_checkpoint_nobody_signed(one: Bundle) -> None:
    path = one.chance.choice(one.paths("proofs"))
    head, _, note = one.files[path].partition(b"\n\n")
    one.files[path] = head + b"\n\n" + respelt(note, one)
