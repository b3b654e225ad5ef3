"""Mutations of what is told: payloads, contents, erasures, leaves outside, anchors, draws."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from tests.audit import making, mutations
from tests.audit.making import ERASED_AT, line, note_text
from tests.audit.mutations import Case, mutation, resign
from tests.audit.mutations_beside import spoil_json

PAYLOADS, CONTENTS, ERASURES, OUTSIDE = "payloads.ndjson", "contents.ndjson", "erasures.json", "outside.ndjson"
WITNESS = "anchors/witness.ndjson"


def spoil_line(
    name: str, path: str, change: Callable[[dict[str, Any]], Any], code: int, which: str = "", base: str = "whole"
) -> None:
    """Change a record on a line of a file: any, or one that has `which` in it."""

    def told(case: Case) -> int:
        lines = case.lines(path)
        place = case.chance.choice([i for i, raw in enumerate(lines) if which.encode() in raw])
        record = json.loads(lines[place])
        changed = change(record)
        raw = changed if isinstance(changed, bytes) else line(record)
        assert raw != lines[place]
        lines[place] = raw
        case.put(path, lines)
        return code

    told.__name__ = name
    mutation("plain", base)(told)


def turned(digits: str) -> str:
    return format(int(digits[0], 16) ^ 1, "x") + digits[1:]


for path, code in ((PAYLOADS, 51), (CONTENTS, 54)):
    kind = path.split(".")[0]
    spoil_line(f"another_salt_in_{kind}", path, lambda one: one.update(salt=turned(one["salt"])), code)
    spoil_line(f"a_short_salt_in_{kind}", path, lambda one: one.update(salt=one["salt"][2:]), 50)
    spoil_line(f"more_in_{kind}", path, lambda one: one.update(more=1), 50)
    spoil_line(f"an_index_in_words_in_{kind}", path, lambda one: one.update(i=str(one["i"])), 50)
    spoil_line(f"a_negative_index_in_{kind}", path, lambda one: one.update(i=-1), 50)
    spoil_line(f"loose_json_in_{kind}", path, lambda one: json.dumps(one).encode() + b"\n", 50)
    spoil_line(f"no_json_in_{kind}", path, lambda one: b"{\n", 50)
    spoil_line(f"no_text_in_{kind}", path, lambda one: b"\xff\n", 50)
    spoil_line(f"a_line_twice_in_{kind}", path, lambda one: line(one) * 2, 50)
    spoil_line(f"a_fraction_in_{kind}", path, lambda one: line(one).replace(b'"i":', b'"i":1.5,"j":'), 50)
spoil_line("another_body", PAYLOADS, lambda one: one.update(body='{"x":1}'), 51)
spoil_line("a_body_that_is_no_json", PAYLOADS, lambda one: one.update(body="{"), 50)
spoil_line("a_body_with_a_key_twice", PAYLOADS, lambda one: one.update(body='{"a":1,"a":1}'), 50)
spoil_line("a_body_with_keys_out_of_order", PAYLOADS, lambda one: one.update(body='{"b":1,"a":1}'), 50)
spoil_line("a_payload_missing_of_a_span", PAYLOADS, lambda one: b"", 52, '"i":18', "dated")
spoil_line("a_payload_missing_at_its_start", PAYLOADS, lambda one: b"", 52, '"i":12', "dated")
spoil_line("a_body_with_a_fraction", PAYLOADS, lambda one: one.update(body="[1.0]"), 50)
spoil_line("a_body_with_a_large_number", PAYLOADS, lambda one: one.update(body="[9007199254740992]"), 50)
spoil_line("a_body_with_a_huge_number", PAYLOADS, lambda one: one.update(body=f"[{'9' * 100}]"), 50)
spoil_line("a_body_that_is_not_a_number", PAYLOADS, lambda one: one.update(body="[NaN]"), 50)
spoil_line("a_body_too_deep", PAYLOADS, lambda one: one.update(body="[" * 65 + "]" * 65), 50)
spoil_line("a_body_far_too_deep", PAYLOADS, lambda one: one.update(body="[" * 10**6), 50)
spoil_line("an_escape_in_a_body", PAYLOADS, lambda one: one.update(body='["\\u0061"]'), 50)
spoil_line("a_section_that_the_leaf_has_not", PAYLOADS, lambda one: one.update(section="zz"), 50, '"draws"')
spoil_line("a_section_in_capitals", PAYLOADS, lambda one: one.update(section="Draws"), 50, '"draws"')
spoil_line("a_payload_missing", PAYLOADS, lambda one: b"", 52)
spoil_line("a_payload_missing_of_a_match", PAYLOADS, lambda one: b"", 52, '"draws"', "filtered")
spoil_line("a_composed_accent", PAYLOADS, lambda one: one.update(body=one["body"].replace("ö", "o\u0308")), 51, "ö")
spoil_line("another_stored_body", CONTENTS, lambda one: one.update(body=one["body"] + " "), 54)
spoil_line("a_commitment_in_capitals_of_contents", CONTENTS, lambda one: one.update(commitment="A" * 64), 50)


@mutation("plain")
def two_sections_swapped(case):
    lines = case.lines(PAYLOADS)
    place = next(i for i, raw in enumerate(lines) if b'"section":"draws"' in raw and b'"received"' in lines[i + 1])
    first, second = json.loads(lines[place]), json.loads(lines[place + 1])
    first["section"], second["section"] = second["section"], first["section"]
    lines[place : place + 2] = line(second), line(first)
    case.put(PAYLOADS, lines)
    return 51


@mutation("plain")
def payloads_out_of_order(case):
    lines = case.lines(PAYLOADS)
    place = case.chance.randrange(len(lines) - 1)
    lines[place : place + 2] = lines[place + 1], lines[place]
    case.put(PAYLOADS, lines)
    return 50


@mutation("plain")
def a_payload_of_no_leaf(case):
    case.files[PAYLOADS] += line({"body": "1", "i": 40, "salt": "a" * 64, "section": "x"})
    return 50


@mutation("plain", "part")
def a_payload_before_the_range(case):
    case.put(PAYLOADS, [line({"body": "1", "i": 3, "salt": "a" * 64, "section": "x"}), *case.lines(PAYLOADS)])
    return 50


@mutation("plain")
def payloads_without_a_last_line_end(case):
    case.files[PAYLOADS] = case.files[PAYLOADS][:-1]
    return 50


@mutation("plain")
def a_stored_body_that_no_payload_names(case):
    named, salt, body = making.content_of(case.chance, "a body of its own")
    case.put(CONTENTS, [line({"body": body, "commitment": named, "i": 0, "salt": salt.hex()}), *case.lines(CONTENTS)])
    return 54


# ---------------------------------------------------------------------------------------------------- erasures


def of_the_erased(change: Callable[[Any], Any]) -> Callable[[list[Any]], Any]:
    return lambda told: change(next(one for one in told if "section" in one))


spoil_json("an_erasure_of_another_leaf", ERASURES, of_the_erased(lambda one: one.update(i=ERASED_AT + 3)), 52)
spoil_json("an_erasure_of_another_section", ERASURES, of_the_erased(lambda one: one.update(section="draws")), 52)
spoil_json("an_erasure_by_another_leaf", ERASURES, of_the_erased(lambda one: one.update(by=38)), 53)
spoil_json("an_erasure_by_no_leaf", ERASURES, of_the_erased(lambda one: one.update(by=400)), 53)
spoil_json("an_erasure_taken_away", ERASURES, of_the_erased(lambda one: one.update(section="zz")), 52)
spoil_json("an_erasure_with_more", ERASURES, of_the_erased(lambda one: one.update(more=1)), 50)
spoil_json("erasures_out_of_order", ERASURES, lambda told: told.reverse(), 50)
spoil_json("an_erasure_twice", ERASURES, lambda told: told.insert(0, told[0]), 50)
spoil_json("an_erasure_that_is_a_number", ERASURES, lambda told: told.append(5), 50)
spoil_json("an_erasure_at_a_negative_index", ERASURES, lambda told: told.insert(0, {**told[0], "i": -1}), 50)
spoil_json("an_erasure_by_a_negative_index", ERASURES, of_the_erased(lambda one: one.update(by=-1)), 50)
spoil_json(
    "an_erasure_of_what_no_leaf_has", ERASURES, lambda told: told.insert(0, {"by": 37, "i": 3, "section": "zz"}), 53
)
spoil_json(
    "an_erasure_outside_the_range", ERASURES, lambda told: told.append({"by": 38, "i": 3, "section": "a"}), 53, "part"
)


@mutation("plain")
def erasures_that_are_no_list(case):
    case.files[ERASURES] = b"{}\n"
    return 50


@mutation("plain")
def a_payload_withheld_as_if_erased(case):
    """The erasure event is there, and names another leaf."""
    told = json.loads(case.files[ERASURES])
    case.files[ERASURES] = line([*told, {"by": 37, "i": 9, "section": "received"}])
    is_it = b'"i":9,'
    case.put(PAYLOADS, [raw for raw in case.lines(PAYLOADS) if is_it not in raw or b'"section":"received"' not in raw])
    case.put(CONTENTS, [raw for raw in case.lines(CONTENTS) if is_it not in raw])
    return 53


def erasing(told: dict[str, Any]) -> None:
    told["type"] = "reviews.decision_submitted"


@mutation("deep")
def an_erasure_by_an_event_of_another_kind(case):
    erasing(case.plan.events[37].fields)
    making.relink(case.plan.events)
    return 53


@mutation("deep")
def an_erasure_event_of_another_shape(case):
    return erased_told(case, {"entries": {"6": "received"}})


def erased_as(name: str, entry: Any) -> None:
    """Name the erased body properly, and the erased section in another way."""

    def told(case: Case) -> int:
        body = [case.plan.events[ERASED_AT].fields["id"], making.erased_body(case.plan.events)]
        return erased_told(case, {"entries": [entry, body]})

    told.__name__ = name
    mutation("deep")(told)


erased_as("an_erasure_of_three_words", [ERASED_AT, "received", 1])
erased_as("an_erasure_of_lists", [[ERASED_AT], "received"])
erased_as("an_erasure_of_a_list_of_sections", [ERASED_AT, ["received"]])
erased_as("an_erasure_of_a_number_alone", ERASED_AT)


@mutation("deep")
def an_erasure_event_that_is_a_list(case):
    return erased_told(case, [])


@mutation("deep")
def an_erasure_event_that_names_another_leaf(case):
    return erased_told(case, {"entries": [[9, "other"], [9, making.erased_body(case.plan.events)]]})


def erased_told(case: Case, value: Any) -> int:
    retell(case, 37, "erased", value)
    return 53


def retell(case: Case, place: int, section: str, value: Any) -> None:
    """Tell another payload from the start: commitment, links and tree are made for it."""
    one = case.plan.events[place]
    salt, body = one.sections[section][0], making.canonical(value)
    one.sections[section] = salt, body
    one.fields["pay"][section] = making.commitment(section, salt, body)
    making.relink(case.plan.events)


def disclose(case: Case) -> None:
    """Disclose the erased section and body again."""
    one = case.plan.events[ERASED_AT]
    salt, body = one.sections["received"]
    lines = case.lines(PAYLOADS)
    place = next(i for i, raw in enumerate(lines) if json.loads(raw)["i"] > ERASED_AT)
    told = line({"body": body, "i": ERASED_AT, "salt": salt.hex(), "section": "received"})
    case.put(PAYLOADS, [*lines[:place], told, *lines[place:]])


def disclose_body(case: Case) -> None:
    lines = case.lines(CONTENTS)
    named, salt, body = case.plan.events[ERASED_AT].contents[0]
    told = line({"body": body, "commitment": named, "i": ERASED_AT, "salt": salt.hex()})
    place = next(i for i, raw in enumerate(lines) if json.loads(raw)["i"] > ERASED_AT)
    case.put(CONTENTS, [*lines[:place], told, *lines[place:]])


@mutation("plain")
def an_erased_section_disclosed_again(case):
    disclose(case)
    return 53


@mutation("plain")
def an_erased_section_disclosed_as_if_never_erased(case):
    disclose(case)
    case.files[ERASURES] = line([one for one in json.loads(case.files[ERASURES]) if "section" not in one])
    return 53


@mutation("plain")
def an_erased_body_disclosed_again(case):
    disclose(case)
    case.files[ERASURES] = line([one for one in json.loads(case.files[ERASURES]) if "section" not in one])
    disclose_body(case)
    return 53


@mutation("plain")
def an_erased_body_disclosed_alone(case):
    disclose_body(case)
    return 53


@mutation("plain")
def an_erased_body_disclosed_as_if_never_erased(case):
    disclose(case)
    disclose_body(case)
    case.files[ERASURES] = line([])
    return 53


@mutation("plain")
def all_bodies_left_out(case):
    case.files[CONTENTS] = b""
    return 52


@mutation("plain")
def a_body_left_out(case):
    lines = case.lines(CONTENTS)
    lines.pop(case.chance.randrange(len(lines)))
    case.put(CONTENTS, lines)
    return 52


@mutation("plain", "filtered")
def a_body_of_a_match_left_out(case):
    return a_body_left_out(case)


# ----------------------------------------------------------------------------------- leaves outside the range

spoil_line("a_leaf_before_without_proof", OUTSIDE, lambda one: one.update(proof=[]), 62, '"i":0,', "part")
spoil_line("a_leaf_before_at_another_index", OUTSIDE, lambda one: one.update(i=1), 50, '"i":0,', "part")
spoil_line("a_leaf_before_that_is_none", OUTSIDE, lambda one: one.update(leaf="{}"), 31, '"i":0,', "part")

spoil_line("a_leaf_outside_without_proof", OUTSIDE, lambda one: one.update(proof=[]), 62, base="part")
spoil_line("a_leaf_outside_at_another_index", OUTSIDE, lambda one: one.update(i=41), 50, '"i":39,', "part")
spoil_line("a_leaf_outside_within", OUTSIDE, lambda one: one.update(i=29), 34, base="part")
spoil_line("a_leaf_outside_with_more", OUTSIDE, lambda one: one.update(more=1), 34, base="part")
spoil_line("a_short_hash_outside", OUTSIDE, lambda one: one["proof"].append("AAAA"), 34, base="part")
spoil_line("a_leaf_outside_that_is_none", OUTSIDE, lambda one: one.update(leaf="{}"), 31, base="part")
spoil_line(
    "a_leaf_outside_that_is_another",
    OUTSIDE,
    lambda one: one.update(leaf=one["leaf"].replace("p_", "s_")),
    62,
    base="part",
)


@mutation("plain", "part")
def a_leaf_outside_twice(case):
    lines = case.lines(OUTSIDE)
    place = case.chance.randrange(len(lines))
    case.put(OUTSIDE, [*lines[:place], lines[place], *lines[place:]])
    return 34


# ------------------------------------------------------------------------------------------------------ draws


def draw(name: str, change: Callable[[dict[str, Any]], Any]) -> None:
    def told(case: Case) -> int:
        items = [i for i, one in enumerate(case.plan.events) if "draws" in one.sections]
        place = case.chance.choice(items)
        value = json.loads(case.plan.events[place].sections["draws"][1])
        change(value)
        retell(case, place, "draws", value)
        return 80

    told.__name__ = name
    mutation("deep")(told)


draw("another_u", lambda told: told["draws"][0].update(u=turned(told["draws"][0]["u"])))
draw("drawn_otherwise", lambda told: told["draws"][0].update(drawn=not told["draws"][0]["drawn"]))
draw("another_purpose", lambda told: told["draws"][0].update(purpose="second"))
draw("another_subject", lambda told: told.update(external_id="another"))
draw("a_rate_above_one", lambda told: told["draws"][0].update(pi="1.5", drawn=True))
draw("a_rate_that_is_none", lambda told: told["draws"][0].update(pi="-0.5"))
draw("a_rate_of_nothing_that_draws", lambda told: told["draws"][0].update(pi="0", drawn=True))
draw("draws_without_a_subject", lambda told: told.pop("external_id"))
draw("draws_of_another_shape", lambda told: told.update(draws=[5]))


@mutation("deep")
def a_draw_of_an_item_that_was_routed_again(case):
    items = [i for i, one in enumerate(case.plan.events) if "draws" in one.sections]
    place = case.chance.choice([i for i in items if i != ERASED_AT])
    case.plan.events[place].fields["type"] = "reviews.item_routed_again"
    value = json.loads(case.plan.events[place].sections["draws"][1])
    value["draws"][0]["drawn"] = not value["draws"][0]["drawn"]
    retell(case, place, "draws", value)
    return 80


@mutation("deep")
def a_seed_that_was_never_promised(case):
    case.plan.events[0].fields["type"] = "audit.alarm_raised"
    making.relink(case.plan.events)
    return 80


@mutation("deep")
def a_seed_that_was_not_promised(case):
    retell(case, 0, "seed", {"commitment": "a" * 64, "month": making.MONTH})
    return 80


@mutation("deep")
def another_seed_revealed(case):
    seed = hashlib.sha256(b"another").digest()
    retell(case, 0, "seed", {"commitment": hashlib.sha256(seed).hexdigest(), "month": making.MONTH})
    retell(case, 38, "seed", {"month": making.MONTH, "seed": seed.hex()})
    return 80


@mutation("deep")
def a_seed_that_is_none(case):
    retell(case, 38, "seed", {"month": making.MONTH, "seed": "abc"})
    return 80


@mutation("deep")
def a_seed_of_another_shape(case):
    retell(case, 38, "seed", {"month": 3, "seed": making.SEED.hex()})
    return 80


@mutation("deep")
def a_seed_of_a_month_with_lines_of_its_own(case):
    month = f"{making.MONTH}\nANCHORED SINCE 2020-01-01"
    promise = hashlib.sha256(making.SEED).hexdigest()
    retell(case, 0, "seed", {"commitment": promise, "month": month})
    retell(case, 38, "seed", {"month": month, "seed": making.SEED.hex()})
    return 80


@mutation("deep")
def a_seed_promised_after_the_draws(case):
    events = case.plan.events
    promise, last = events[0], events[39]
    for member in ("id", "ts"):
        promise.fields[member], last.fields[member] = last.fields[member], promise.fields[member]
    events[0], events[39] = last, promise
    making.relink(events)
    return 80


# ----------------------------------------------------------------------------------------------------- anchors

spoil_line("a_witness_line_with_more", WITNESS, lambda one: one.update(more=1), 70)
spoil_line("a_witness_line_at_no_moment", WITNESS, lambda one: one.update(seen="today"), 70)
spoil_line("a_witness_line_of_no_checkpoint", WITNESS, lambda one: one.update(checkpoint="x\n\n"), 70)
spoil_line("a_witness_line_badly_signed", WITNESS, lambda one: one.update(checkpoint=foreign(one["checkpoint"])), 71)
spoil_line("a_witness_line_of_another_tree", WITNESS, lambda one: one.update(checkpoint=other_root(one)), 71)
spoil_line("a_witness_line_of_another_log", WITNESS, lambda one: one.update(checkpoint=other_log(one)), 71)


def foreign(note: str) -> str:
    text = (note.split("\n\n")[0] + "\n").encode()
    return (text + b"\n" + making.signature(text, making.private("foreign")).encode()).decode()


def other_root(one: dict[str, Any]) -> str:
    return resign(note_text(int(one["checkpoint"].split("\n")[1]), b"r" * 32)).decode()


def other_log(one: dict[str, Any]) -> str:
    return resign((one["checkpoint"].split("\n\n")[0].replace("/one", "/two") + "\n").encode()).decode()


@mutation("plain")
def a_witness_that_went_back(case):
    lines = [json.loads(raw) for raw in case.lines(WITNESS)]
    lines[0]["checkpoint"], lines[1]["checkpoint"] = lines[1]["checkpoint"], lines[0]["checkpoint"]
    case.put(WITNESS, list(map(line, lines)))
    return 71


@mutation("plain")
def a_witness_that_saw_earlier(case):
    lines = [json.loads(raw) for raw in case.lines(WITNESS)]
    lines[0]["seen"], lines[1]["seen"] = lines[1]["seen"], lines[0]["seen"]
    case.put(WITNESS, list(map(line, lines)))
    return 71


@mutation("plain")
def a_witness_of_a_tree_that_nothing_proves(case):
    told = {"checkpoint": resign(note_text(3, b"r" * 32)).decode(), "seen": "2026-03-01T00:00:00.000000Z"}
    case.put(WITNESS, [line(told), *case.lines(WITNESS)])
    return 71


def anchor_file(name: str, path: str, raw: bytes, code: int) -> None:
    def told(case: Case) -> int:
        case.files[path] = raw
        return code

    told.__name__ = name
    mutation("plain")(told)


anchor_file("an_anchor_of_another_kind", "anchors/16.txt", b"", 70)
anchor_file("an_object_that_is_no_json", "anchors/16.s3.json", b"{\n", 70)
anchor_file("an_object_that_is_a_list", "anchors/16.s3.json", b"[]\n", 70)
anchor_file("a_token_of_no_checkpoint", "anchors/15.tsr", b"", 71)


@mutation("plain")
def a_token_that_is_none(case):
    case.files["anchors/16.tsr"] = b"no token"
    case.given["ca"] = b""
    case.arguments += ["--tsa-ca", "{ca}"]
    return 70


# --------------------------------------------------------------------------------------- what lies encrypted elsewhere


def spoil_said(name: str, change: Callable[[dict[str, Any]], Any]) -> None:
    """Spoil what is said of the encrypted part."""
    spoil_line(f"{name}_of_the_encrypted", "encrypted.json", change, 50, "", "locked")


for member in ("key", "manifest", "sha256"):
    spoil_said(f"a_short_{member}", lambda one, m=member: one.update({m: one[m][2:]}))
    spoil_said(f"capitals_in_{member}", lambda one, m=member: one.update({m: one[m].upper()}))
for member in mutations.ENCRYPTED:
    spoil_said(f"no_{member}", lambda one, m=member: one.pop(m))
    spoil_said(f"a_list_for_{member}", lambda one, m=member: one.update({m: []}))
spoil_said("more", lambda one: one.update(more=1))
spoil_said("a_negative_length", lambda one: one.update(bytes=-1))
spoil_said("a_day_alone", lambda one: one.update(retain_until="2036-03-01"))
spoil_said("loose_json", lambda one: json.dumps(one).encode() + b"\n")
spoil_said("nothing_said", lambda one: b"")
