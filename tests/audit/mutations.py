"""Every mutation of an export bundle that has to be refused, each with the exit code that is its own.

A mutation takes a `Case`, spoils it at a place of chance, and gives the code. Those of `deep` spoil events before the
tree is built over them, `plain` the files before a true manifest is made of them, `late` the sealed bundle.
"""

import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tests.audit import making
from tests.audit.making import Files, Plan, canonical, story


@dataclass
class Case:
    """A bundle to be spoilt: its plan, its files, what the verifier is told besides, and chance."""

    plan: Plan
    files: Files
    chance: random.Random
    arguments: list[str] = field(default_factory=list)
    given: Files = field(default_factory=dict)  # files of the auditor, for arguments as {name}
    write: Callable[[Path, Files], Path] = making.write_folder

    def lines(self, path: str) -> list[bytes]:
        return self.files[path].splitlines(keepends=True)

    def put(self, path: str, lines: list[bytes]) -> None:
        self.files[path] = b"".join(lines)

    def replace(self, path: str, old: bytes, new: bytes) -> None:
        assert old in self.files[path], (path, old)
        self.files[path] = self.files[path].replace(old, new, 1)

    def pick(self, path: str) -> int:
        return self.chance.choice([0, self.chance.randrange(len(self.lines(path))), len(self.lines(path)) - 1])


ENCRYPTED = {
    "bucket": "b", "bytes": 1 << 30, "cipher": "hitl-encrypted/v1", "endpoint": "aws", "key": "0a" * 32,
    "manifest": "0b" * 32, "object": "o.encrypted", "retain_until": "2036-03-01T08:00:00.000000Z", "sha256": "0c" * 32,
}  # fmt: skip
Mutation = Callable[[Case], int]
MUTATIONS: dict[str, tuple[str, str, Mutation]] = {}  # name -> when, base, what


def mutation(when: str, base: str = "whole") -> Callable[[Mutation], Mutation]:
    def learn(told: Mutation) -> Mutation:
        MUTATIONS[told.__name__] = when, base, told
        return told

    return learn


@cache
def base_events(n: int) -> str:
    return json.dumps([[one.fields, {k: [s.hex(), b] for k, (s, b) in one.sections.items()},
                        [[c, s.hex(), b] for c, s, b in one.contents]] for one in story(n)])  # fmt: skip


def fresh_plan(base: str) -> Plan:
    events = [
        making.Event(fields, {k: (bytes.fromhex(s), b) for k, (s, b) in sections.items()},
                     [(c, bytes.fromhex(s), b) for c, s, b in contents])
        for fields, sections, contents in json.loads(base_events(41 if base == "part" else 40))
    ]  # fmt: skip
    if base == "part":
        return Plan(events, a=7, b=30)
    if base == "filtered":
        wanted = {"tags.rights": [2, 9, 12, 15, 18], "type": ["reviews.item_received"]}
        return Plan(events, filter=wanted, matches=lambda one: one["tags"]["rights"] in wanted["tags.rights"])
    if base == "dated":
        start, end = events[12].fields["ts"], events[20].fields["ts"]
        span = {"from": start, "role": [None, "reviewer"], "until": end}
        return Plan(events, filter=span, matches=lambda one: start <= one["ts"] < end)
    if base == "locked":
        return Plan(
            events, filter={"type": []}, matches=lambda one: False, beside={"encrypted.json": making.line(ENCRYPTED)}
        )
    if base == "wide":
        return wide(events)
    return Plan(events, a=20, b=20) if base == "empty" else Plan(events)


def wide(events: list[making.Event]) -> Plan:
    """Give a log with a leaf of five sections, and with neighbours whose clocks differ."""
    salted = {name: (name.encode() * 32, "1") for name in "abcde"}
    events[1].sections = salted
    events[1].fields["pay"] = {name: making.commitment(name, *told) for name, told in salted.items()}
    for place in (3, 22):
        first, second = events[place].fields, events[place + 1].fields
        first["ts"], second["ts"] = second["ts"], first["ts"]
    making.relink(events)
    return Plan(events)


@cache
def base_files(base: str) -> Files:
    return making.build(fresh_plan(base))


def spoilt(name: str, seed: int) -> tuple[Case, Files, int]:
    """Spoil a bundle; give the case, the sealed files and the code that is due."""
    when, base, told = MUTATIONS[name]
    case = Case(fresh_plan(base), {}, random.Random(f"{name} {seed}"))
    if when == "deep":
        code = told(case)
        case.files |= making.build(case.plan)
        return case, making.sealed(case.plan, case.files), code
    case.files = dict(base_files(base))
    if when == "late":
        case.files = making.sealed(case.plan, case.files)
        code = told(case)
        return case, case.files, code
    code = told(case)
    return case, making.sealed(case.plan, case.files), code


# --------------------------------------------------------------------------------------------------- leaves


def proper(leaf: bytes) -> bool:
    """Tell by other means than the verifier's whether a line has the form of a leaf, version 1."""
    try:
        told = json.loads(leaf)
        words = [told["tags"][one] for one in ("item", "kind", "model", "queue", "source")]
        words += [told["proj"], told["role"]]
        named = [told["actor"], told["log"], told["stream"], told["type"], told["via"]]
        texts = [one for one in [*named, *words] if one is not None]
        return (
            canonical(told).encode() == leaf
            and set(told) == set(making.story(20)[0].fields)
            and set(told["tags"]) == {"item", "kind", "model", "queue", "rights", "source"}
            and all(isinstance(one, str) and re.fullmatch(r"[#-\[\]-~]+", one) for one in texts)
            and bool(re.fullmatch(r"\w{8}-\w{4}-7\w{3}-[89ab]\w{3}-\w{12}", told["id"], re.ASCII))
            and not set(told["id"]) - set("0123456789abcdef-")
            and all(re.fullmatch("[0-9a-f]{64}", one) for one in told["pay"].values())
            and all(re.fullmatch("[a-z][a-z0-9_]{0,39}", one) for one in told["pay"])
            and bool(re.fullmatch("[0-9a-f]{64}", told["sprev"] or "0" * 64))
            and type(told["sseq"]) is int and told["sseq"] > 0 and told["v"] == 1
            and (told["tags"]["rights"] is None or type(told["tags"]["rights"]) is int)
            and making.stamp(making.dt.datetime.strptime(told["ts"], "%Y-%m-%dT%H:%M:%S.%fZ")) == told["ts"]
        )  # fmt: skip
    except (ValueError, KeyError, TypeError):
        return False


def due(leaf: bytes) -> int:
    if b"\n" in leaf:
        return 30
    if not proper(leaf):
        return 31
    return 35 if json.loads(leaf)["log"] == making.ORIGIN else 32


def change_leaf(case: Case, change: Callable[[bytes], bytes], place: int | None = None) -> bytes:
    lines = case.lines("entries.ndjson")
    place = case.pick("entries.ndjson") if place is None else place
    leaf = change(lines[place][:-1])
    assert leaf != lines[place][:-1]
    lines[place] = leaf + b"\n"
    case.put("entries.ndjson", lines)
    return leaf


@mutation("plain")
def a_flipped_bit(case):
    def flip(leaf):
        at = case.chance.choice([0, case.chance.randrange(len(leaf)), len(leaf) - 1])
        return leaf[:at] + bytes([leaf[at] ^ 1 << case.chance.randrange(8)]) + leaf[at + 1 :]

    return due(change_leaf(case, flip))


@mutation("plain", "part")
def a_flipped_bit_of_a_part(case):
    return a_flipped_bit(case)


@mutation("plain")
def another_digit_of_a_commitment(case):
    swap = bytes.maketrans(b"0123456789abcdef", b"123456789abcdef0")

    def turn(leaf):
        found = re.search(rb'":"([0-9a-f]{64})"', leaf)
        return leaf[: found.start(1)] + found[1].translate(swap) + leaf[found.end(1) :]

    return due(change_leaf(case, turn, 0))


@mutation("plain")
def a_deleted_leaf(case):
    lines = case.lines("entries.ndjson")
    del lines[case.pick("entries.ndjson")]
    case.put("entries.ndjson", lines)
    return 30


@mutation("plain")
def a_doubled_leaf(case):
    lines = case.lines("entries.ndjson")
    place = case.pick("entries.ndjson")
    case.put("entries.ndjson", [*lines[:place], lines[place], *lines[place:]])
    return 30


@mutation("plain")
def a_leaf_doubled_over_its_neighbour(case):
    lines = case.lines("entries.ndjson")
    place = case.chance.randrange(len(lines) - 1)
    lines[place + 1] = lines[place]
    case.put("entries.ndjson", lines)
    return 33


@mutation("deep")
def an_id_used_twice(case):
    first, second = sorted(case.chance.sample(range(40), 2))
    case.plan.events[second].fields["id"] = case.plan.events[first].fields["id"]
    making.relink(case.plan.events)
    return 33


@mutation("plain")
def swapped_neighbours(case):
    lines = case.lines("entries.ndjson")
    place = case.chance.randrange(len(lines) - 1)
    lines[place : place + 2] = lines[place + 1], lines[place]
    case.put("entries.ndjson", lines)
    return 35


@mutation("plain")
def an_inserted_leaf(case):
    lines = case.lines("entries.ndjson")
    lines.insert(case.pick("entries.ndjson"), story(20, seed=9)[3].leaf + b"\n")
    case.put("entries.ndjson", lines)
    return 30


@mutation("plain")
def a_leaf_put_in_the_place_of_another(case):
    return due(change_leaf(case, lambda leaf: story(20, seed=9)[3].leaf))


@mutation("plain")
def a_leaf_appended_after_the_target(case):
    case.files["entries.ndjson"] += story(20, seed=9)[19].leaf + b"\n"
    return 30


@mutation("plain")
def a_tail_cut_off(case):
    case.put("entries.ndjson", case.lines("entries.ndjson")[: -case.chance.randrange(1, 5)])
    return 30


@mutation("plain")
def a_tail_cut_off_under_an_old_checkpoint(case):
    old = next(path for path in case.files if path.startswith("checkpoints/16-"))
    case.files["checkpoint"] = case.files[old]
    case.put("entries.ndjson", case.lines("entries.ndjson")[:16])
    return 23


@mutation("plain")
def windows_line_ends(case):
    case.files["entries.ndjson"] = case.files["entries.ndjson"].replace(b"\n", b"\r\n")
    return 31


@mutation("plain")
def a_missing_last_line_end(case):
    case.files["entries.ndjson"] = case.files["entries.ndjson"][:-1]
    return 30


@mutation("plain")
def an_endless_line(case):
    place = case.pick("entries.ndjson")
    change_leaf(case, lambda leaf: leaf + b" " * (64 << 10), place)
    return 30


def spoil_form(name: str, change: Callable[[bytes], bytes]) -> None:
    def told(case: Case) -> int:
        change_leaf(case, change)
        return 31

    told.__name__ = name
    mutation("plain")(told)


def deep_form(name: str, change: Callable[[dict[str, Any]], None]) -> None:
    """Spoil a member before the tree is built over it: nothing but the form can tell."""

    def told(case: Case) -> int:
        change(case.chance.choice(case.plan.events).fields)
        return 31

    told.__name__ = name
    mutation("deep")(told)


def reordered(leaf: bytes) -> bytes:
    told = json.loads(leaf)
    return json.dumps(dict(reversed(told.items())), separators=(",", ":")).encode()


spoil_form("a_trailing_space", lambda leaf: leaf + b" ")
spoil_form("a_byte_order_mark", lambda leaf: b"\xef\xbb\xbf" + leaf)
spoil_form("keys_in_another_order", reordered)
spoil_form("a_key_twice", lambda leaf: b'{"actor":"p_2",' + leaf[1:])
spoil_form("a_fraction_for_a_number", lambda leaf: leaf.replace(b'"v":1', b'"v":1.0'))
spoil_form("an_escape_for_a_character", lambda leaf: leaf.replace(b'"type":"', b'"type":"\\u0072'))
spoil_form("an_accent_composed", lambda leaf: leaf.replace(b'"via":"', '"via":"é'.encode()))
spoil_form("an_accent_decomposed", lambda leaf: leaf.replace(b'"via":"', '"via":"e\u0301'.encode()))
spoil_form("a_blank_in_a_word", lambda leaf: leaf.replace(b'"via":"', b'"via":" '))
spoil_form("a_backslash_in_a_word", lambda leaf: leaf.replace(b'"via":"', b'"via":"\\\\'))
spoil_form("an_interior_node_as_a_leaf", lambda leaf: b"\x01" + b"\x7f" * 64)
spoil_form("an_empty_line", lambda leaf: b"")
deep_form("another_zone", lambda told: told.update(ts=told["ts"].replace("Z", "+00:00")))
deep_form("another_precision", lambda told: told.update(ts=told["ts"][:-4] + "Z"))
deep_form("a_day_that_there_is_not", lambda told: told.update(ts="2026-02-30" + told["ts"][10:]))
deep_form("a_second_that_there_is_not", lambda told: told.update(ts=told["ts"][:17] + "60" + told["ts"][19:]))
deep_form("a_minute_that_there_is_not", lambda told: told.update(ts=told["ts"][:14] + "61" + told["ts"][16:]))
deep_form("letters_for_a_fraction", lambda told: told.update(ts=told["ts"][:22] + "x" + told["ts"][23:]))
deep_form("a_time_without_its_z", lambda told: told.update(ts=told["ts"][:26] + "z"))
deep_form("a_comma_for_a_dot", lambda told: told.update(ts=told["ts"][:19] + "," + told["ts"][20:]))
deep_form("an_id_of_another_version", lambda told: told.update(id=told["id"][:14] + "4" + told["id"][15:]))
deep_form("an_id_of_another_variant", lambda told: told.update(id=told["id"][:19] + "c" + told["id"][20:]))
deep_form("an_id_in_capitals", lambda told: told.update(id="ABCDEF01" + told["id"][8:]))
deep_form("an_id_with_shifted_dashes", lambda told: told.update(id=told["id"][:7] + "-a" + told["id"][9:]))
deep_form("a_commitment_in_capitals", lambda told: told["pay"].update(other="A" * 64))
deep_form("a_short_commitment", lambda told: told["pay"].update(other="a" * 63))
deep_form("a_section_that_is_no_name", lambda told: told["pay"].update({"9th": "a" * 64}))
deep_form("a_section_with_a_long_name", lambda told: told["pay"].update({"s" * 41: "a" * 64}))
deep_form("a_previous_hash_in_capitals", lambda told: told.update(sprev="A" * 64))
deep_form("a_number_above_2_to_the_53", lambda told: told.update(sseq=2**53))
deep_form("rights_above_2_to_the_53", lambda told: told["tags"].update(rights=2**53))
deep_form("rights_in_words", lambda told: told["tags"].update(rights="1"))
deep_form("a_seventh_tag", lambda told: told["tags"].update(other=None))
deep_form("a_missing_tag", lambda told: told["tags"].pop("kind"))
deep_form("a_missing_member", lambda told: told.pop("role"))
deep_form("another_version", lambda told: told.update(v=2))
deep_form("a_word_too_long", lambda told: told.update(actor="a" * 256))
deep_form("a_number_for_a_word", lambda told: told.update(role=5))


@mutation("deep")
def sections_out_of_order(case):
    return raw_pay(case, f'"b":"{"a" * 64}","a":"{"a" * 64}"')


@mutation("deep")
def a_section_twice(case):
    return raw_pay(case, f'"a":"{"a" * 64}","a":"{"a" * 64}"')


@mutation("deep")
def five_sections_out_of_order(case):
    return raw_pay(case, ",".join(f'"{name}":"{"a" * 64}"' for name in "abced"))


def raw_pay(case: Case, pay: str) -> int:
    """Write the sections of a leaf as a text, before the tree is built."""
    place = case.chance.randrange(40)
    leaf = re.sub(r'"pay":\{[^}]*\}', lambda _: f'"pay":{{{pay}}}', case.plan.events[place].leaf.decode())
    case.plan.events[place] = Written(case.plan.events[place].fields, {}, [], leaf.encode())
    return 31


@dataclass
class Written(making.Event):
    """An event whose leaf is these bytes, whatever its members say."""

    text: bytes = b""

    @property
    def leaf(self) -> bytes:
        return self.text


@mutation("deep")
def a_leaf_of_another_log(case):
    case.chance.choice(case.plan.events).fields["log"] = "example.org/log/two"
    making.relink(case.plan.events)
    return 32


# --------------------------------------------------------------------------------------------- streams, times


@mutation("deep")
def a_gap_in_a_stream(case):
    return renumbered(case, lambda told: told.update(sseq=told["sseq"] + 1))


@mutation("deep")
def a_number_twice_in_a_stream(case):
    return renumbered(case, lambda told: told.update(sseq=max(1, told["sseq"] - 1)))


@mutation("deep")
def a_stream_that_starts_late(case):
    """The first leaf of a stream is the second by its number, and names one that is nowhere."""
    case.plan.events[0].fields.update(sseq=2, sprev="a" * 64)
    return 40


@mutation("deep")
def another_previous_hash(case):
    return renumbered(case, lambda told: told.update(sprev="a" * 64), 41)


@mutation("deep")
def no_previous_hash(case):
    return renumbered(case, lambda told: told.update(sprev=None), 41)


@mutation("deep", "part")
def a_previous_hash_on_a_first_leaf(case):
    streams = [one.fields["stream"] for one in case.plan.events]
    alone = [one for one in case.plan.events[7:30] if streams.count(one.fields["stream"]) == 1]
    case.chance.choice(alone).fields["sprev"] = "a" * 64
    return 41


def renumbered(case: Case, change: Callable[[dict[str, Any]], None], code: int = 40) -> int:
    followers = [one for one in case.plan.events[:37] if one.fields["sseq"] > 1]
    change(case.chance.choice(followers).fields)
    return code


@mutation("deep")
def a_leaf_earlier_than_the_one_before(case):
    case.arguments += ["--skew", "30"]
    case.plan.events[case.chance.randrange(20, 30)].fields["ts"] = "2026-03-01T08:00:00.000000Z"
    making.relink(case.plan.events)
    return 42


@mutation("deep")
def a_leaf_earlier_than_the_one_before_with_no_anchor_near(case):
    case.plan.sizes = ()
    return a_leaf_earlier_than_the_one_before(case)


@mutation("plain")
def leaves_before_the_previous_anchor(case):
    """A checkpoint of 9 was cosigned when, as the leaves tell it, more than 9 were there for long."""
    return cosigned_otherwise(case, 9, 250)


@mutation("plain")
def leaves_after_the_covering_anchor(case):
    return cosigned_otherwise(case, 16, -250)


def cosigned_otherwise(case: Case, size: int, shift: int) -> int:
    case.arguments += ["--skew", "100"]
    path = next(path for path in case.files if path.startswith(f"checkpoints/{size}-"))
    del case.files[path]
    hashes = [making.leaf_hash(one.leaf) for one in case.plan.events]
    seconds = making.seconds_of(case.plan.events, size) + shift
    case.files[f"checkpoints/{size}-{seconds}"] = making.checkpoint(hashes, size, seconds)
    return 43


@mutation("deep", "part")
def an_item_with_another_number(case):
    """Within a part, too, each stream's numbers follow each other."""
    seen: set[str] = set()
    followers = []
    for one in case.plan.events[7:30]:
        if one.fields["stream"] in seen:
            followers.append(one)
        seen.add(one.fields["stream"])
    case.chance.choice(followers).fields["sseq"] += 1
    return 40


def resign(text: bytes, seconds: int | None = None) -> bytes:
    lines = making.signature(text) + (making.cosignature(text, seconds) if seconds else "")
    return text + b"\n" + lines.encode()
