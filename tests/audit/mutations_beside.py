"""Mutations of what stands beside the leaves: proofs, checkpoints, the manifest, payloads, erasures, anchors, draws."""

import json
import re
from collections.abc import Callable
from typing import Any

from tests.audit import making
from tests.audit.making import b64, line, note_text, private
from tests.audit.mutations import Case, mutation, resign

# --------------------------------------------------------------------------------------------------- proofs


def change_json(case: Case, path: str, change: Callable[[Any], Any]) -> None:
    told = json.loads(case.files[path])
    change(told)
    raw = line(told)
    assert raw != case.files[path]
    case.files[path] = raw


def spoil_hash(name: str, change: Callable[[Case, list[str], int], None], code: int, where: str) -> None:
    def told(case: Case) -> int:
        if where == "range_proof.json":
            side = case.chance.choice(["left", "right"])
            change_json(case, where, lambda told: change(case, told[side], case.chance.randrange(len(told[side]))))
        elif where == "consistency.json":
            one = case.chance.randrange(2)  # of 9 and 16, or 5 and 9: those have proofs of two hashes and more
            change_json(case, where, lambda told: change(case, told[-1 - one]["proof"], 1))
        else:
            path = case.chance.choice([path for path in case.files if path.startswith("proofs/")])
            head, rest = case.files[path].decode().split("\n\n", 1)
            lines = head.split("\n")
            hashes = lines[2:]
            change(case, hashes, case.chance.randrange(len(hashes)))
            case.files[path] = "\n".join([*lines[:2], *hashes]).encode() + b"\n\n" + rest.encode()
        return code

    told.__name__ = name
    mutation("plain", "part" if where == "range_proof.json" else "whole")(told)


def of_length(count: int) -> Callable[[Case, list[str], int], None]:
    def change(case: Case, hashes: list[str], at: int) -> None:
        hashes[at] = b64(case.chance.randbytes(count))

    return change


def flip(case: Case, hashes: list[str], at: int) -> None:
    raw = bytearray(making.base64.b64decode(hashes[at]))
    raw[case.chance.randrange(32)] ^= 1 << case.chance.randrange(8)
    hashes[at] = b64(bytes(raw))


def loosen(case: Case, hashes: list[str], at: int) -> None:
    hashes[at] = hashes[at][:-2] + chr(ord(hashes[at][-2]) + 1) + "="  # the same bytes, not canonically


for name, where, drop, other in (
    ("of_the_range", "range_proof.json", 34, 35),
    ("of_consistency", "consistency.json", 60, 60),
    ("of_a_record", "proofs", 62, 62),
):
    spoil_hash(f"a_hash_dropped_{name}", lambda case, hashes, at: hashes.pop(at), drop, where)
    spoil_hash(f"a_hash_added_{name}", lambda case, hashes, at: hashes.insert(at, b64(b"h" * 32)), drop, where)
    spoil_hash(f"a_hash_flipped_{name}", flip, other, where)
    spoil_hash(f"hashes_reordered_{name}", lambda case, hashes, at: hashes.reverse(), other, where)
    spoil_hash(f"a_hash_not_canonical_{name}", loosen, 34, where)
    spoil_hash(f"junk_in_a_hash_{name}", lambda case, hashes, at: hashes.insert(at, hashes.pop(at) + "!"), 34, where)
    for count in (0, 31, 33):
        spoil_hash(f"a_hash_of_{count}_bytes_{name}", of_length(count), 34, where)


def spoil_json(name: str, path: str, change: Callable[[Any], Any], code: int, base: str = "whole") -> None:
    def told(case: Case) -> int:
        change_json(case, path, change)
        return code

    told.__name__ = name
    mutation("plain", base)(told)


spoil_json("a_number_for_a_hash", "range_proof.json", lambda told: told["left"].append(5), 34)
spoil_json("a_range_proof_with_more", "range_proof.json", lambda told: told.update(more=[]), 34)
spoil_json("a_range_proof_without_a_side", "range_proof.json", lambda told: told.pop("left"), 34)
spoil_json("a_proof_from_a_size_more", "consistency.json", lambda told: told[1].update({"from": 10}), 60)
spoil_json("a_proof_from_a_size_less", "consistency.json", lambda told: told[1].update({"from": 8}), 60)
spoil_json("a_proof_from_nothing", "consistency.json", lambda told: told[0].update({"from": 0}), 34)
spoil_json("a_proof_missing", "consistency.json", lambda told: told.pop(1), 60)
spoil_json("proofs_out_of_order", "consistency.json", lambda told: told.reverse(), 34)
spoil_json("a_proof_that_is_a_number", "consistency.json", lambda told: told.append(5), 34)


@mutation("plain")
def consistency_with_another_line_end(case):
    case.files["consistency.json"] = case.files["consistency.json"][:-1] + b" "
    return 34


@mutation("plain")
def no_list_of_proofs(case):
    case.files["consistency.json"] = b"{}\n"
    return 34


@mutation("plain")
def consistency_without_a_line_end(case):
    case.files["consistency.json"] = case.files["consistency.json"][:-1]
    return 34


@mutation("plain")
def consistency_in_loose_json(case):
    case.files["consistency.json"] = case.files["consistency.json"].replace(b",", b", ", 1)
    return 34


@mutation("plain")
def a_record_proof_of_another_index(case):
    path = "proofs/39.tlog-proof"
    case.replace(path, b"index 39", b"index 38")
    return 62


@mutation("plain")
def a_record_proof_moved_to_another_leaf(case):
    case.files["proofs/38.tlog-proof"] = case.files.pop("proofs/39.tlog-proof").replace(b"index 39", b"index 38")
    return 62


@mutation("plain", "part")
def a_record_proof_of_a_leaf_that_is_not_here(case):
    case.files["proofs/35.tlog-proof"] = case.files.pop("proofs/29.tlog-proof").replace(b"index 29", b"index 35")
    return 62


def spoil_record_proof(name: str, change: Callable[[bytes], bytes], code: int) -> None:
    def told(case: Case) -> int:
        path = "proofs/39.tlog-proof"
        before = case.files[path]
        case.files[path] = change(before)
        assert case.files[path] != before
        return code

    told.__name__ = name
    mutation("plain")(told)


spoil_record_proof("a_record_proof_of_another_version", lambda raw: raw.replace(b"@v1", b"@v2"), 34)
spoil_record_proof("a_record_proof_with_a_leading_zero", lambda raw: raw.replace(b"index ", b"index 0"), 34)
spoil_record_proof("a_record_proof_with_a_sign", lambda raw: raw.replace(b"index ", b"index +"), 34)
spoil_record_proof("a_record_proof_without_index", lambda raw: raw.replace(b"index ", b"place "), 34)
spoil_record_proof("a_record_proof_cut_short", lambda raw: raw[:22], 34)
spoil_record_proof("a_record_proof_of_no_text", lambda raw: b"\xff" + raw, 34)


@mutation("plain")
def a_record_proof_under_the_name_of_another(case):
    case.files["proofs/38.tlog-proof"] = case.files["proofs/39.tlog-proof"]
    return 62


@mutation("plain")
def a_record_proof_in_a_tree_that_nothing_proves(case):
    text = note_text(1, making.leaf_hash(case.plan.events[0].leaf))
    case.files["proofs/0.tlog-proof"] = b"c2sp.org/tlog-proof@v1\nindex 0\n\n" + resign(text)
    return 62


@mutation("plain")
def a_record_proof_with_an_unsigned_checkpoint(case):
    head, _ = case.files["proofs/39.tlog-proof"].split(b"\n\n", 1)
    text = case.files["checkpoint"].split(b"\n\n")[0] + b"\n"
    signed = making.signature(text, private("foreign")).encode()
    case.files["proofs/39.tlog-proof"] = head + b"\n\n" + text + b"\n" + signed
    return 62


@mutation("plain")
def a_record_proof_of_another_tree(case):
    return record_proof_under(case, note_text(40, b"r" * 32))


@mutation("plain")
def a_record_proof_of_another_log(case):
    text = case.files["checkpoint"].split(b"\n\n")[0].replace(b"/one", b"/two") + b"\n"
    return record_proof_under(case, text)


def record_proof_under(case: Case, text: bytes) -> int:
    head, _ = case.files["proofs/39.tlog-proof"].split(b"\n\n", 1)
    case.files["proofs/39.tlog-proof"] = head + b"\n\n" + resign(text)
    return 62


# ---------------------------------------------------------------------------------------------- checkpoints


def spoil_text(name: str, change: Callable[[bytes], bytes], code: int) -> None:
    """Change what a checkpoint says, and sign that."""

    def told(case: Case) -> int:
        text = case.files["checkpoint"].split(b"\n\n")[0] + b"\n"
        assert change(text) != text
        case.files["checkpoint"] = resign(change(text), making.seconds_of(case.plan.events, 40))
        return code

    told.__name__ = name
    mutation("plain")(told)


def spoil_checkpoint(name: str, change: Callable[[bytes], bytes], code: int) -> None:
    """Change a checkpoint as it is signed."""

    def told(case: Case) -> int:
        before = case.files["checkpoint"]
        case.files["checkpoint"] = change(before)
        assert case.files["checkpoint"] != before
        return code

    told.__name__ = name
    mutation("plain")(told)


def last_line(raw: bytes) -> bytes:
    return raw[raw.rindex("— ".encode()) :]


def signed_by(raw: bytes, name: str, key: Any) -> bytes:
    text = raw.split(b"\n\n")[0] + b"\n"
    return text + b"\n" + making.signature(text, key, name).encode()


def bad_signature(raw: bytes, place: int) -> bytes:
    lines = raw.split(b"\n")
    name, told = lines[place].rsplit(b" ", 1)
    signature = bytearray(making.base64.b64decode(told))
    signature[-1] ^= 1
    lines[place] = name + b" " + b64(bytes(signature)).encode()
    return b"\n".join(lines)


spoil_text("another_root", lambda text: note_text(40, b"r" * 32), 35)
spoil_text("a_size_more", lambda text: text.replace(b"\n40\n", b"\n41\n"), 23)
spoil_text("a_size_less", lambda text: text.replace(b"\n40\n", b"\n39\n"), 23)
spoil_text("a_leading_zero", lambda text: text.replace(b"\n40\n", b"\n040\n"), 20)
spoil_text("a_plus_sign", lambda text: text.replace(b"\n40\n", b"\n+40\n"), 20)
spoil_text("a_size_in_other_digits", lambda text: text.replace(b"\n40\n", "\n4\u0660\n".encode()), 20)
spoil_text("a_size_above_2_to_the_53", lambda text: text.replace(b"\n40\n", b"\n9999999999999999\n"), 20)
spoil_text("a_size_of_nothing_with_a_root", lambda text: text.replace(b"\n40\n", b"\n0\n"), 20)
spoil_text("another_origin", lambda text: text.replace(b"/one", b"/two"), 21)
spoil_text("an_origin_with_a_blank", lambda text: text.replace(b"/one", b"/ one"), 20)
spoil_text("an_extension_line", lambda text: text + b"more\n", 20)
spoil_text("a_checkpoint_of_two_lines", lambda text: text[: text.index(b"\n") + 1] + b"40\n", 20)
spoil_text("a_root_not_canonical", lambda text: text[:-3] + bytes([text[-3] + 1]) + b"=\n", 20)
spoil_text("a_root_of_33_bytes", lambda text: note_text(40, b"r" * 33), 20)
spoil_text("a_control_character", lambda text: text.replace(b"/one", b"/o\x0cne"), 20)
spoil_checkpoint("a_hyphen_for_the_dash", lambda raw: raw.replace("—".encode(), b"-"), 20)
spoil_checkpoint("an_en_dash_for_the_dash", lambda raw: raw.replace("—".encode(), "–".encode(), 1), 20)
spoil_checkpoint("no_signature_at_all", lambda raw: raw.split(b"\n\n")[0] + b"\n\n", 20)
spoil_checkpoint("no_empty_line", lambda raw: raw.replace(b"\n\n", b"\n"), 20)
spoil_checkpoint("a_checkpoint_without_a_line_end", lambda raw: raw[:-1], 20)
spoil_checkpoint("a_checkpoint_of_no_text", lambda raw: b"\xff" + raw, 20)
spoil_checkpoint("a_signature_not_canonical", lambda raw: raw[:-2] + b"\n", 20)
spoil_checkpoint("an_empty_signature", lambda raw: raw + "— somebody AAAAAA==\n".encode(), 20)
spoil_checkpoint("101_signatures", lambda raw: raw + b"".join(f"— a{i} AAAAAAA=\n".encode() for i in range(99)), 20)
spoil_checkpoint("a_foreign_key_of_the_same_name", lambda raw: signed_by(raw, making.ORIGIN, private("foreign")), 22)
spoil_checkpoint("a_cosigner_alone", lambda raw: raw.split(b"\n\n")[0] + b"\n\n" + last_line(raw), 22)
spoil_checkpoint("the_same_line_twice", lambda raw: raw + last_line(raw), 22)
spoil_checkpoint("a_bad_signature_of_the_log", lambda raw: bad_signature(raw, 4), 22)
spoil_checkpoint("a_bad_signature_beside_a_good_one", lambda raw: bad_signature(raw, 5), 22)
spoil_checkpoint("a_cosignature_cut_short", lambda raw: cut_cosignature(raw), 22)
spoil_checkpoint("a_cosignature_of_no_moment", lambda raw: far_cosignature(raw), 22)


def cut_cosignature(raw: bytes) -> bytes:
    lines = raw.split(b"\n")
    name, told = lines[5].rsplit(b" ", 1)
    lines[5] = name + b" " + b64(making.base64.b64decode(told)[:-1]).encode()
    return b"\n".join(lines)


def far_cosignature(raw: bytes) -> bytes:
    text = raw.split(b"\n\n")[0] + b"\n"
    return resign(text, 2**62)


@mutation("plain")
def another_tree_of_an_older_size(case):
    start = f"checkpoints/{case.chance.choice([5, 9])}-"
    path = next(path for path in case.files if path.startswith(start))
    size, seconds = map(int, path.split("/")[1].split("-"))
    case.files[path] = resign(note_text(size, b"r" * 32), seconds)
    return 60


@mutation("plain")
def an_outsized_checkpoint(case):
    path = next(path for path in case.files if path.startswith("checkpoints/16-"))
    case.files[path] += b"x" * (64 << 10)
    return 10


@mutation("plain")
def two_trees_of_one_size(case):
    seconds = making.seconds_of(case.plan.events, 40) - 1
    case.files[f"checkpoints/40-{seconds}"] = resign(note_text(40, b"r" * 32), seconds)
    return 60


def rename(name: str, change: Callable[[str], str], code: int, base: str = "whole") -> None:
    def told(case: Case) -> int:
        path = next(path for path in case.files if path.startswith("checkpoints/16-"))
        case.files[change(path)] = case.files.pop(path)
        return code

    told.__name__ = name
    mutation("plain", base)(told)


rename("an_older_checkpoint_under_another_size", lambda path: path.replace("/16-", "/15-"), 20)
rename("an_older_checkpoint_under_another_time", lambda path: path + "0", 20)
rename("an_older_checkpoint_under_another_name", lambda path: path + "x", 20)


@mutation("plain", "part")
def an_older_checkpoint_before_the_range(case):
    hashes = [making.leaf_hash(one.leaf) for one in case.plan.events]
    case.files["checkpoints/5-1772352000"] = making.checkpoint(hashes, 5, 1772352000)
    proof = {"from": 5, "proof": list(map(b64, making.consistency(5, hashes)))}
    change_json(case, "consistency.json", lambda told: told.insert(0, proof))
    return 20


# ------------------------------------------------------------------------------------------ the auditor's own


def known(name: str, text: Callable[[Case], bytes], code: int, base: str = "whole") -> None:
    def told(case: Case) -> int:
        case.given["known"] = resign(text(case))
        case.arguments += ["--known", "{known}"]
        return code

    told.__name__ = name
    mutation("plain", base)(told)


known("a_known_tree_that_is_another", lambda case: note_text(20, b"r" * 32), 60)
known("a_known_tree_of_the_same_size", lambda case: note_text(40, b"r" * 32), 60)
known("a_known_tree_that_is_larger", lambda case: note_text(41, b"r" * 32), 61)
known("a_known_tree_that_nothing_proves", lambda case: note_text(3, b"r" * 32), 90, "part")
known("a_known_tree_before_the_range_that_is_another", lambda case: note_text(5, b"r" * 32), 60, "part")
known("a_known_tree_of_another_log", lambda case: note_text(3, b"r" * 32).replace(b"/one", b"/two"), 2)


@mutation("plain")
def a_known_tree_that_nobody_signed(case):
    text = note_text(20, b"r" * 32)
    case.given["known"] = text + b"\n" + making.signature(text, private("foreign")).encode()
    case.arguments += ["--known", "{known}"]
    return 2


def keys(name: str, told: str) -> None:
    """Give the verifier other keys."""

    def spoil(case: Case) -> int:
        case.given["others"] = told.encode()
        case.arguments += ["--key", "{others}"]
        return 2

    spoil.__name__ = name
    mutation("plain")(spoil)


def key(kind: int, raw: bytes, name: str = making.ORIGIN) -> str:
    return making.verifier_key(name, kind, raw) + "\n"


keys("no_keys", "# none\n")
keys("a_key_that_is_no_line_of_one", making.KEYS + "x\n")
keys("a_key_of_an_unknown_type", making.KEYS + key(2, making.public(making.LOG)))
keys("a_key_of_another_hash", making.KEYS.replace("+", "+0", 1).replace("+0", "+", 1).replace("/one+", "/two+"))
keys("keys_of_two_logs", making.KEYS + key(1, making.public(making.LOG), "example.org/log/two"))
keys("a_cosigner_of_no_log", key(4, making.public(making.WITNESS)))
keys("a_key_of_31_bytes", making.KEYS + key(1, bytes(31)))
keys("an_empty_key", making.KEYS + "a+00000000+\n")


# ----------------------------------------------------------------------------------------------- the manifest


def manifest(name: str, change: Callable[[bytes], bytes], code: int, sign: Callable[[bytes], bytes] = resign) -> None:
    def told(case: Case) -> int:
        text = case.files["manifest.note"].split(b"\n\n")[0] + b"\n"
        changed = sign(change(text))
        assert changed != case.files["manifest.note"]
        case.files["manifest.note"] = changed
        return code

    told.__name__ = name
    mutation("late")(told)


def signed_by_another(text: bytes) -> bytes:
    return text + b"\n" + making.signature(text, private("another")).encode()


MOMENT = b"2026-03-01T00:00:00.000000"


def swapped_lines(text: bytes) -> bytes:
    lines = text.split(b"\n")
    lines[-2], lines[-3] = lines[-3], lines[-2]
    return b"\n".join(lines)


manifest("a_manifest_of_another_version", lambda text: text.replace(b"/v1", b"/v2"), 11)
manifest("a_range_outside_the_tree", lambda text: text.replace(b"range 0 40", b"range 0 41"), 11)
manifest("a_range_backwards", lambda text: text.replace(b"range 0 40", b"range 40 0"), 11)
manifest("a_range_with_a_zero", lambda text: text.replace(b"range 0 40", b"range 00 40"), 11)
manifest("a_filter_by_what_no_leaf_has", lambda text: text.replace(b"filter {}", b'filter {"body":["x"]}'), 11)
manifest("a_filter_without_a_list", lambda text: text.replace(b"filter {}", b'filter {"type":"x"}'), 11)
manifest("a_filter_of_lists", lambda text: text.replace(b"filter {}", b'filter {"type":[[]]}'), 11)
manifest("a_filter_that_is_a_list", lambda text: text.replace(b"filter {}", b"filter []"), 11)
manifest("a_filter_from_no_moment", lambda text: text.replace(b"filter {}", b'filter {"from":"today"}'), 11)
manifest("a_filter_from_another_zone", lambda text: text.replace(b"filter {}", b'filter {"from":"%sz"}' % MOMENT), 11)
manifest("a_filter_in_loose_json", lambda text: text.replace(b"filter {}", b"filter { }"), 11)
manifest("made_at_no_moment", lambda text: text.replace(b"made 2026-03-02", b"made 2026-02-30"), 11)
manifest("files_out_of_order", swapped_lines, 11)
manifest("a_file_twice_in_the_manifest", lambda text: text + text[text.rindex(b"file ") :], 11)
manifest("a_path_that_climbs", lambda text: text + b"file " + b"0" * 64 + b" 1 zz/../x\n", 11)
manifest("the_manifest_in_the_manifest", lambda text: text.replace(b" outside.ndjson", b" manifest.note"), 11)
manifest("an_empty_line_in_the_manifest", lambda text: text + b"\n", 11)
manifest("a_manifest_signed_by_another", lambda text: text, 12, signed_by_another)
manifest("a_manifest_badly_signed", lambda text: text, 12, lambda text: bad_signature(resign(text), -2))
manifest("a_manifest_of_other_facts", lambda text: text, 12, lambda text: resign(text).replace(b"p_1", b"p_2"))
manifest("another_origin_in_the_manifest", lambda text: text.replace(b"/one", b"/two", 1), 23)
manifest(
    "another_digest_of_the_leaves",
    lambda text: re.sub(rb"file [0-9a-f]{64} (\d+ entries\.ndjson)", b"file " + b"0" * 64 + rb" \1", text),
    15,
)
manifest("another_size_in_the_manifest", lambda text: text.replace(b"tree 40", b"tree 41"), 23)


def shifted(name: str, a: int, b: int, code: int) -> None:
    def told(case: Case) -> int:
        case.plan.a, case.plan.b = a, b
        for path in [path for path in case.files if path.startswith("checkpoints/9-")]:
            del case.files[path]
        return code

    told.__name__ = name
    mutation("plain", "part")(told)


shifted("a_range_shifted_up", 8, 31, 34)
shifted("a_range_shifted_down", 6, 29, 34)
shifted("a_range_shifted_in_step", 11, 34, 35)
shifted("a_range_one_longer", 7, 31, 30)
shifted("a_range_one_shorter", 7, 29, 34)
