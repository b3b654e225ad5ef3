"""How far two answers agree: each measure against a count by hand, other people's libraries, and what always holds."""

import json
import unicodedata
from fractions import Fraction
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.outputs.measures import MEASURES, agreement
from reviews.outputs.measures.matching import matched
from reviews.outputs.measures.regions import masks_of, overlap
from reviews.outputs.measures.wording import edits, words
from reviews.rights.measures import FITS

pytestmark = pytest.mark.one_engine

KEPT = json.loads((Path(__file__).parents[1] / "oracles" / "measures.json").read_text())
HALF = Fraction(1, 2)
LABEL = st.sampled_from("ab")
SIDE = st.integers(0, 12)


def boxes(*drawn: dict[str, Any]) -> dict[str, Any]:
    return {"boxes": [{"id": str(number), **one} for number, one in enumerate(drawn)]}


def box(label: str, x: float, y: float, width: float, height: float, **more: Any) -> dict[str, Any]:
    return {"label": label, "x": x, "y": y, "width": width, "height": height, **more}


def transcript(text: str) -> dict[str, Any]:
    return {"segments": [{"id": "1", "start_ms": 0, "end_ms": 9, "speaker": None, "text": text}]}


def fields(**values: Any) -> dict[str, Any]:
    return {"fields": [{"name": name, "value": value, "page": 0} for name, value in values.items()]}


def spans(*marked: tuple[str, int, int], **more: Any) -> dict[str, Any]:
    return {"spans": [{"id": str(n), "label": a, "start": b, "end": c} for n, (a, b, c) in enumerate(marked)], **more}


def event(label: str, start: int, end: int, actors: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"label": label, "start_ms": start, "end_ms": end, "actors": list(actors)}


def events(*seen: dict[str, Any]) -> dict[str, Any]:
    return {"events": [{"id": str(number), **one} for number, one in enumerate(seen)]}


def polygon(label: str, *points: tuple[float, float]) -> dict[str, Any]:
    return {"id": "1", "label": label, "polygon": [list(point) for point in points]}


solid = st.builds(box, LABEL, SIDE, SIDE, SIDE, SIDE)
moment = st.builds(lambda label, start, length: event(label, start, start + length), LABEL, SIDE, SIDE)
triangle = st.builds(lambda label, *points: polygon(label, *points), LABEL, *[st.tuples(SIDE, SIDE)] * 3)
mark = st.builds(lambda label, start, length: (label, start, start + length), LABEL, SIDE, SIDE)
value = st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.sampled_from(["a", " A", "1", "1.0", "2026-01-02"]))
OUTPUTS: dict[str, tuple[str, st.SearchStrategy[dict[str, Any]]]] = {
    "labels": ("classification", st.builds(lambda labels: {"labels": sorted(labels)}, st.sets(LABEL))),
    "boxes": ("detection", st.builds(lambda drawn: boxes(*drawn), st.lists(solid, max_size=4))),
    "regions": (
        "segmentation",
        st.builds(
            lambda drawn: {"regions": [{**one, "id": str(number)} for number, one in enumerate(drawn)]},
            st.lists(triangle, max_size=3),
        ),
    ),
    "spans": ("spans", st.builds(lambda marked: spans(*marked), st.lists(mark, max_size=4))),
    "overlaps": ("spans", st.builds(lambda marked: spans(*marked), st.lists(mark, max_size=4))),
    "words": ("transcript", st.builds(transcript, st.text("ab ,'", max_size=12))),
    "events": ("events", st.builds(lambda seen: events(*seen), st.lists(moment, max_size=4))),
    "fields": ("fields", st.builds(lambda named: fields(**named), st.dictionaries(LABEL, value))),
    "decisive": ("form", st.dictionaries(LABEL, value)),
}


def test_the_rights_name_just_the_measures_that_there_are_and_the_task_types_that_they_fit() -> None:
    assert {name: (fit.task_types, fit.matches) for name, fit in FITS.items()} == {
        name: (measure.task_types, measure.matches) for name, measure in MEASURES.items()
    }
    assert OUTPUTS.keys() == MEASURES.keys()


@pytest.mark.parametrize("measure", OUTPUTS)
@given(pick=st.data())
def test_a_measure_is_symmetric_lies_between_0_and_1_and_is_1_for_equal_answers(measure: str, pick: Any) -> None:
    task_type, outputs = OUTPUTS[measure]
    one, other = pick.draw(outputs), pick.draw(outputs)
    found = agreement(measure, task_type, one, other)
    assert 0 <= found <= 1
    assert found == agreement(measure, task_type, other, one)
    assert agreement(measure, task_type, one, json.loads(json.dumps(one))) == 1


@pytest.mark.parametrize("measure", [*OUTPUTS, "exact"])
def test_a_rejection_agrees_with_a_rejection_alone(measure: str) -> None:
    task_type, _outputs = OUTPUTS.get(measure, OUTPUTS["labels"])
    empty = {"labels": [], "boxes": [], "regions": [], "spans": [], "segments": [], "events": [], "fields": []}
    assert agreement(measure, task_type, None, None) == 1
    assert agreement(measure, task_type, None, empty) == agreement(measure, task_type, empty, None) == 0


@given(one=st.lists(LABEL, max_size=9), other=st.lists(LABEL, max_size=9))
def test_edits_are_those_of_the_classical_table(one: list[str], other: list[str]) -> None:
    row = list(range(len(other) + 1))
    for word in one:
        last, row = row, [row[0] + 1]
        for place, its in enumerate(other):
            row.append(min(row[-1] + 1, last[place + 1] + 1, last[place] + (word != its)))
    assert edits(one, other) == row[-1]


@given(st.sets(st.tuples(st.integers(0, 4), st.integers(0, 4))))
def test_no_other_one_to_one_matching_has_more_pairs(pairs: set[tuple[int, int]]) -> None:
    found = matched([(Fraction(1), *pair) for pair in pairs])
    assert set(found.items()) <= pairs and len(set(found.values())) == len(found)
    assert len(found) == max(sum((n, to) in pairs for n, to in enumerate(order)) for order in permutations(range(5)))


@given(points=st.lists(st.tuples(SIDE, SIDE), min_size=3, max_size=6), shift=st.sampled_from([0, 0.25, 0.5]))
def test_a_polygon_is_the_pixels_whose_centre_lies_in_it(points: list[tuple[int, int]], shift: float) -> None:
    corners = [(x + shift, y + shift) for x, y in points]
    found = masks_of([polygon("a", *corners)])
    assert found is not None
    pixels = {(column, row) for column, start, end in found[0].strips for row in range(start, end)}
    assert pixels == {(x, y) for x in range(14) for y in range(14) if _inside(x + 0.5, y + 0.5, corners)}
    assert found[0].pixels == len(pixels)


def _inside(x: float, y: float, corners: list[tuple[float, float]]) -> bool:
    """Cast a ray upwards; a border belongs to the pixels right of it and below it."""
    crossed = 0
    for (x1, y1), (x2, y2) in zip(corners, [*corners[1:], corners[0]], strict=True):
        if min(x1, x2) <= x < max(x1, x2):
            crossed += Fraction(y1) + Fraction(x - x1) * Fraction(y2 - y1) / Fraction(x2 - x1) <= y
    return bool(crossed % 2)


@pytest.mark.parametrize("kept", KEPT["transcripts"])
def test_words_are_as_jiwer_counts_them(kept: dict[str, Any]) -> None:
    found = agreement("words", "transcript", transcript(kept["one"]), transcript(kept["other"]))
    assert float(found) == pytest.approx(max(0, 1 - max(kept["rates"])), abs=1e-12)


@pytest.mark.parametrize("kept", KEPT["boxes"])
def test_boxes_match_as_cocos_overlaps_and_scipys_hungarian_algorithm_match_them(kept: dict[str, Any]) -> None:
    one, other = boxes(*kept["one"]), boxes(*kept["other"])
    expected = Fraction(2 * kept["pairs"], len(kept["one"]) + len(kept["other"]))
    assert agreement("boxes", "detection", one, other) == expected


@pytest.mark.parametrize("kept", KEPT["regions"])
def test_masks_overlap_as_coco_says(kept: dict[str, Any]) -> None:
    one, other = [masks_of([{"label": "a", "rle": kept[side]}])[0] for side in ("one", "other")]  # type: ignore[index]
    assert float(overlap(one, other)) == pytest.approx(kept["iou"], abs=1e-12)


@pytest.mark.parametrize("kept", KEPT["label_sets"])
def test_label_sets_share_what_scikit_learn_says(kept: dict[str, Any]) -> None:
    found = agreement("labels", "classification", {"labels": kept["one"]}, {"labels": kept["other"]})
    assert float(found) == pytest.approx(kept["jaccard"], abs=1e-12)


@pytest.mark.parametrize("kept", KEPT["spans"])
def test_overlaps_are_scikit_learns_f1_of_characters(kept: dict[str, Any]) -> None:
    found = agreement("overlaps", "spans", {"spans": kept["one"]}, {"spans": kept["other"]})
    assert float(found) == pytest.approx(kept["f1"], abs=1e-12)


def test_the_worked_example_of_jiwer_comes_out() -> None:
    """Source: jiwer's README: "hello world" heard as "hello duck" has a word error rate of 0.5."""
    assert agreement("words", "transcript", transcript("hello world"), transcript("hello duck")) == HALF


def test_overlap_counts_from_the_threshold_on_exactly() -> None:
    one, other = boxes(box("a", 0.1, 0.1, 0.3, 0.1)), boxes(box("a", 0.2, 0.1, 0.3, 0.1))
    assert agreement("boxes", "detection", one, other, HALF) == 1  # 0.2 of 0.4: a half, which doubles miss
    assert agreement("boxes", "detection", one, other, Fraction("0.51")) == 0


def test_label_attributes_page_and_actors_have_to_be_equal_for_a_match() -> None:
    place = (0, 0, 9, 9)
    for other in (box("b", *place), box("a", *place, attributes={"blurred": True})):
        assert agreement("boxes", "detection", boxes(box("a", *place)), boxes(other)) == 0
    first, second = [{"regions": [{"id": "1", "page": page, **box("a", *place)}]} for page in (0, 1)]
    assert agreement("boxes", "redaction", first, second) == 0
    one, other = events(event("a", 0, 9, ("x", "y"))), events(event("a", 0, 9, ("y", "x")))
    assert agreement("events", "events", one, other) == 1
    assert agreement("events", "events", one, events(event("a", 0, 9, ("x",)))) == 0


def test_a_redaction_in_time_overlaps_in_space_and_time() -> None:
    one, other = [
        {"regions": [{"id": "1", **box("face", 0, 0, 10, 10), "start_ms": start, "end_ms": 100}]} for start in (0, 60)
    ]
    assert agreement("boxes", "redaction", one, other, Fraction("0.4")) == 1
    assert agreement("boxes", "redaction", one, other, Fraction("0.41")) == 0


def test_spans_of_which_one_misses_its_end_agree_in_part_alone() -> None:
    one, other = spans(("name", 0, 10), ("place", 20, 30)), spans(("name", 0, 10), ("place", 20, 25))
    assert agreement("spans", "spans", one, other) == HALF
    assert agreement("overlaps", "spans", one, other) == Fraction(2 * 15, 20 + 15)
    told = spans(("name", 0, 10), labels=["urgent"])
    assert agreement("overlaps", "spans", told, spans(("name", 0, 10), labels=["calm"])) == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Well, it’s 3.5 % – isn't it?", "well it's 3.5 % isn’t it"),
        ("Café", unicodedata.normalize("NFD", "CAFÉ")),
        ("STRASSE", "straße"),
    ],
)
def test_words_are_the_same_however_they_are_written(one: str, other: str) -> None:
    assert words(transcript(one)["segments"]) == words(transcript(other)["segments"])
    assert agreement("words", "transcript", transcript(one), transcript(other)) == 1


@pytest.mark.parametrize(("one", "other"), [("5 %", "5"), ("3.5", "35"), ("it's", "its"), ("हिंदी", "हदी")])
def test_what_is_heard_differently_is_another_word(one: str, other: str) -> None:
    assert words(transcript(one)["segments"]) != words(transcript(other)["segments"])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (" Jane  DOE", "jane doe"),
        ("12.50", 12.5),
        ("0", 0),
        ("23.11.2026", "2026-11-23"),
        ("2026/11/23", "2026-11-23"),
        ("Ä", unicodedata.normalize("NFD", "ä")),
    ],
)
def test_fields_are_the_same_where_they_say_the_same(one: Any, other: Any) -> None:
    assert agreement("fields", "fields", fields(total=one), fields(total=other)) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("007", "7"),
        ("11/12/2026", "2026-12-11"),
        ("31.02.2026", "2026-02-31"),
        (True, 1),
        (None, ""),
        ("9007199254740993", "9007199254740992"),
        ("0." + "1" * 30, "0." + "1" * 29),
    ],
)
def test_fields_that_may_say_something_else_differ(one: Any, other: Any) -> None:
    assert agreement("fields", "fields", fields(total=one), fields(total=other)) == 0


def test_a_form_agrees_by_its_decisive_members_alone() -> None:
    one = {"answer": "grant", "limit": 100, "note": "sound"}
    other = {"answer": "GRANT ", "limit": 200, "note": "steady income"}
    assert agreement("decisive", "form", one, other, HALF, ["answer"]) == 1
    assert agreement("decisive", "form", one, other, HALF, ["answer", "limit"]) == HALF
    assert agreement("decisive", "form", one, other) == Fraction(1, 3)
    assert agreement("decisive", "form", one, {**other, "answer": None}, HALF, ["answer"]) == 0


def test_what_is_too_large_to_be_measured_disagrees_and_equal_answers_agree_however_large() -> None:
    many = [box("a", x, 0, 10, 10) for x in range(10_000)]
    speech = "word " * 100_000
    circle = polygon("a", (0, 0), (90_000, 0), (90_000, 90_000), (0, 90_000))
    large: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
        ("boxes", "detection", boxes(*many), boxes(*many[:-1])),
        ("boxes", "detection", boxes(*many[:400]), boxes(*[{**one, "y": 1} for one in many[:400]])),
        ("words", "transcript", transcript(speech), transcript(speech + "more")),
        ("words", "transcript", transcript("x" * 400_001), transcript("x" * 400_000)),
        ("regions", "segmentation", {"regions": [{**circle, "id": str(n)} for n in range(5)]}, {"regions": [circle]}),
        ("spans", "spans", spans(*[("a", at, at + 1) for at in range(10_001)]), spans(("a", 0, 1))),
    ]
    for measure, task_type, one, other in large:
        if len(one.get("boxes", [])) == 400:
            assert agreement(measure, task_type, one, other) == 1
            continue
        assert agreement(measure, task_type, one, other) == 0, measure
        assert agreement(measure, task_type, one, json.loads(json.dumps(one))) == 1
    crowd = [box("a", x / 1000, 0, 10, 10) for x in range(400)]
    assert agreement("boxes", "detection", boxes(*crowd), boxes(*[{**one, "y": 1} for one in crowd])) == 0
