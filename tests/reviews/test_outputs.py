import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reviews.errors import BadOutput
from reviews.outputs import differences, read_output, same, unknown_labels
from reviews.outputs.forms import check_schema
from tests.reviews.json_values import anything, finite

pytestmark = pytest.mark.one_engine

LABELS = {"cat", "dog", "in_stock"}
PLACE = {"x": 1.5, "y": 0, "width": 10, "height": 20.25}
BOX = {"id": "b1", "label": "cat", **PLACE}
POLYGON = {"id": "r1", "label": "cat", "polygon": [[0, 0], [10, 0], [10, 5.5]]}
MASK = {"id": "r2", "label": "dog", "rle": {"size": [3, 4], "counts": "41211"}}
UTTERANCE = {"id": "u1", "start_ms": 0, "end_ms": 900, "speaker": "A", "text": "Good morning"}
WORD = {"start_ms": 0, "end_ms": 400, "text": "Good", "score": 0.9}
EVENT = {"id": "e1", "label": "dog", "start_ms": 5, "end_ms": 5, "actors": ["p1"]}
REDACTED = {"id": "r1", "label": "cat", **PLACE}
FIELD = {"name": "total", "value": "12.50", "page": 0}
TURN = {"turn": 1, "labels": ["cat"]}
SPAN = {"id": "s1", "label": "cat", "start": 3, "end": 7}
SCHEMA = {
    "type": "object",
    "properties": {"amount": {"type": "number", "minimum": 0}, "approve": {"type": "boolean"}},
    "required": ["amount"],
    "additionalProperties": False,
}
GOOD: list[tuple[str, dict[str, Any]]] = [
    ("classification", {"labels": ["cat"]}),
    ("detection", {"boxes": [BOX, {**BOX, "id": "b2", "score": 1, "attributes": {"occluded": True}}]}),
    ("detection", {"boxes": []}),
    ("segmentation", {"regions": [POLYGON, MASK]}),
    ("transcript", {"segments": [UTTERANCE, {**UTTERANCE, "id": "u2", "speaker": None, "words": [WORD]}]}),
    ("events", {"events": [EVENT, {**EVENT, "id": "e2", "actors": [], "attributes": {}}]}),
    ("redaction", {"regions": [REDACTED, {**REDACTED, "id": "r2", "page": 2, "start_ms": 0, "end_ms": 9}]}),
    ("fields", {"fields": [FIELD, {**FIELD, **PLACE, "score": 0.5}, {**FIELD, "value": None}, {**FIELD, "value": 7}]}),
    ("spans", {"spans": [SPAN], "labels": ["dog"]}),
    ("spans", {"spans": []}),
    ("form", {"amount": 12.5, "approve": True}),
]
TYPES = sorted({task_type for task_type, _ in GOOD})


def read(task_type: str, output: Any, *, many: bool = False, schema: dict[str, Any] | None = SCHEMA) -> Any:
    return read_output(task_type, output, LABELS, schema, many)


def places(task_type: str, output: Any, **rules: Any) -> list[str]:
    with pytest.raises(BadOutput) as refused:
        read(task_type, output, **rules)
    assert refused.value.sentence
    json.dumps([refused.value.sentence, refused.value.fields], ensure_ascii=False).encode()
    return [path for path, _ in refused.value.fields]


@pytest.mark.parametrize(("task_type", "output"), GOOD)
def test_an_output_of_each_task_type_is_given_back(task_type: str, output: dict[str, Any]) -> None:
    assert read(task_type, output) is output
    assert unknown_labels(task_type, output, LABELS) == []


@pytest.mark.parametrize(("task_type", "output"), GOOD)
def test_an_output_with_another_key_or_without_one_is_refused(task_type: str, output: dict[str, Any]) -> None:
    assert places(task_type, {**output, "more": 1}) == [""]
    assert places(task_type, {}) == [""]
    for bad in ([], None, 1, "labels", [output]):
        assert places(task_type, bad) == [""]


def test_a_classification_has_one_label_or_where_allowed_any_number() -> None:
    assert (
        places("classification", {"labels": []}) == places("classification", {"labels": ["cat", "dog"]}) == ["labels"]
    )
    assert read("classification", {"labels": ["cat", "dog"]}, many=True)
    assert read("classification", {"labels": []}, many=True)
    assert places("classification", {"labels": ["cat", "cat"]}, many=True) == ["labels"]
    assert places("classification", {"labels": ["cat", 1]}, many=True) == ["labels.1"]


def test_a_label_that_the_project_has_not_is_refused_and_named() -> None:
    assert places("classification", {"labels": ["cow"]}) == ["labels.0"]
    assert places("detection", {"boxes": [BOX, {**BOX, "id": "b2", "label": "cow"}]}) == ["boxes.1.label"]
    output = {"spans": [{**SPAN, "label": "cow"}, SPAN | {"id": "2", "label": "cow"}], "labels": ["hen"]}
    assert places("spans", output) == ["labels.0", "spans.0.label", "spans.1.label"]
    assert unknown_labels("spans", output, LABELS) == ["hen", "cow"]
    assert unknown_labels("transcript", {"segments": [UTTERANCE | {"label": "cow"}]}, LABELS) == ["cow"]
    assert unknown_labels("form", {"labels": ["cow"]}, LABELS) == []


@pytest.mark.parametrize("side", ["x", "y", "width", "height"])
@pytest.mark.parametrize("bad", [-0.1, "1", None, True, [1]])
def test_a_length_is_a_number_from_zero(side: str, bad: Any) -> None:
    assert places("detection", {"boxes": [{**BOX, side: bad}]}) == [f"boxes.0.{side}"]
    assert places("redaction", {"regions": [{**REDACTED, side: bad}]}) == [f"regions.0.{side}"]
    assert places("fields", {"fields": [{**FIELD, **PLACE, side: bad}]}) in ([f"fields.0.{side}"], ["fields.0"])


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf"), 2**53 + 1, "\ud800", "a\0", "x" * 100_001])
def test_what_cannot_be_kept_is_refused_in_every_type(bad: Any) -> None:
    for task_type, output in GOOD:
        assert places(task_type, {**output, "more": [{"deep": bad}]}) == ["more.0.deep"]


def test_nesting_is_refused_before_it_overflows() -> None:
    deep: Any = []
    for _ in range(5000):
        deep = [deep]
    for task_type in TYPES:
        assert len(places(task_type, deep)) == 1


def test_ids_are_unique_strings() -> None:
    assert places("detection", {"boxes": [BOX, BOX]}) == ["boxes.1.id"]
    assert (
        places("spans", {"spans": [{**SPAN, "id": 1}]})
        == places("spans", {"spans": [{**SPAN, "id": ""}]})
        == ["spans.0.id"]
    )


def test_an_end_is_never_before_its_start() -> None:
    assert places("transcript", {"segments": [{**UTTERANCE, "start_ms": 901}]}) == ["segments.0.end_ms"]
    words = {**UTTERANCE, "words": [WORD, {**WORD, "end_ms": -1}]}
    assert places("transcript", {"segments": [words]}) == ["segments.0.words.1.end_ms"]
    words = {**UTTERANCE, "words": [WORD, {**WORD, "start_ms": 401}]}
    assert places("transcript", {"segments": [words]}) == ["segments.0.words.1.end_ms"]
    assert places("events", {"events": [{**EVENT, "end_ms": 4}]}) == ["events.0.end_ms"]
    assert places("spans", {"spans": [{**SPAN, "end": 2}]}) == ["spans.0.end"]
    assert places("redaction", {"regions": [{**REDACTED, "start_ms": 2, "end_ms": 1}]}) == ["regions.0.end_ms"]
    assert places("redaction", {"regions": [{**REDACTED, "start_ms": 2}]}) == ["regions.0"]


def test_a_region_has_either_a_polygon_or_a_mask() -> None:
    bare = {"id": "r", "label": "cat"}
    assert places("segmentation", {"regions": [bare]}) == ["regions.0"]
    assert places("segmentation", {"regions": [{**POLYGON, **MASK}]}) == ["regions.0"]
    for polygon, place in (([[0, 0], [1, 1]], ""), ([[0, 0], [1, 1], [2]], ".2"), ([[0, 0], [1, 1], [2, -1]], ".2.1")):
        assert places("segmentation", {"regions": [{**bare, "polygon": polygon}]}) == [f"regions.0.polygon{place}"]


@pytest.mark.parametrize(
    ("size", "counts"),
    [([3, 4], "41211"), ([480, 640], "Tkm2:f>00000lX\\6"), ([3, 4], "<"), ([1, 1], "1"), ([3, 4], "0<")],
)
def test_a_mask_fills_its_size(size: list[int], counts: str) -> None:
    """Source of the first two: pycocotools.mask.encode."""
    assert read("segmentation", {"regions": [{**MASK, "rle": {"size": size, "counts": counts}}]})
    wrong = {**MASK, "rle": {"size": [size[0], size[1] + 1], "counts": counts}}
    assert places("segmentation", {"regions": [wrong]}) == ["regions.0.rle.counts"]


@pytest.mark.parametrize("counts", ["", "é", "/", "p", "P", "o" * 9999, "O", "41211o", "d0H"])
def test_what_is_no_mask_is_refused(counts: str) -> None:
    output = {"regions": [{**MASK, "rle": {"size": [3, 4], "counts": counts}}]}
    assert places("segmentation", output) == ["regions.0.rle.counts"]


def test_the_place_of_a_field_comes_whole_or_not_at_all() -> None:
    assert places("fields", {"fields": [{**FIELD, "x": 1}]}) == ["fields.0"]
    assert places("fields", {"fields": [{**FIELD, "value": {}}]}) == ["fields.0.value"]


def test_a_form_is_what_its_schema_admits() -> None:
    assert places("form", {"amount": -1, "approve": "yes"}) == ["amount", "approve"]
    assert read("form", ["anything"], schema=None) == ["anything"]
    assert read("form", {"amount": 1, "approve": True}, schema={**SCHEMA, "$id": "https://example.org/form"})


def test_a_form_schema_may_refer_to_itself_alone() -> None:
    tree = {
        "type": "object",
        "properties": {"child": {"$ref": "#"}, "n": {"$ref": "#/$defs/n"}},
        "$defs": {"n": {"type": "integer"}},
    }
    check_schema(tree)
    assert read("form", {"child": {"child": {"n": 1}}}, schema=tree)
    assert places("form", {"child": {"child": {"n": "1"}}}, schema=tree) == ["child.child.n"]


@pytest.mark.parametrize(
    ("schema", "place"),
    [
        ([], "type"),
        (True, "type"),
        ({}, "type"),
        ({"type": "array"}, "type"),
        ({"type": ["object", "null"]}, "type"),
        ({"type": "object", "properties": {"a": {"type": "words"}}}, "properties.a.type"),
        ({"type": "object", "properties": {"a": {"pattern": "("}}}, "properties.a.pattern"),
        ({"type": "object", "patternProperties": {"(": {}}}, "patternProperties"),
        ({"type": "object", "properties": {"a": {"$ref": "https://example.org/s"}}}, "properties.a.$ref"),
        ({"type": "object", "$dynamicRef": "other#x"}, "$dynamicRef"),
        ({"type": "object", "properties": {"a": {"$ref": "#/$defs/none"}}}, "properties.a.$ref"),
        ({"type": "object", "allOf": [{}], "properties": {"a": {"$ref": "#/allOf/x"}}}, "properties.a.$ref"),
        ({"type": "object", "title": "t", "properties": {"a": {"$ref": "#/title/0/0"}}}, "properties.a.$ref"),
        ({"type": "object", "x": {"type": 5}, "properties": {"a": {"$ref": "#/x"}}}, "properties.a.$ref.type"),
        ({"type": "object", "properties": {"a": {"$id": "https://example.org/a"}}}, "properties.a.$id"),
        ({"type": "object", "$schema": "http://json-schema.org/draft-07/schema#"}, "$schema"),
        ({"type": "object", "description": ["x" * 99_000]}, ""),
        ({"type": "object", "default": float("nan")}, "default"),
    ],
)
def test_a_schema_that_a_form_cannot_use_is_refused_with_its_place(schema: Any, place: str) -> None:
    with pytest.raises(BadOutput) as refused:
        check_schema(schema)
    assert refused.value.fields[0][0] == place


def test_a_schema_of_64_kib_and_with_its_dialect_is_taken() -> None:
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "title": ""}
    room = 64 * 1024 - len(json.dumps(schema, separators=(",", ":")))
    check_schema({**schema, "title": "x" * room})
    with pytest.raises(BadOutput, match="64 KiB"):
        check_schema({**schema, "title": "x" * (room + 1)})


def test_a_schema_fetches_nothing(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.json"
    elsewhere.write_text('{"type": "object"}')
    schema = {"type": "object", "properties": {"a": {"$ref": elsewhere.as_uri()}}}
    with pytest.raises(BadOutput, match="nothing outside"):
        check_schema(schema)
    assert places("form", {"a": {}}, schema=schema) == [""]


def test_a_schema_that_goes_round_in_circles_is_a_refusal() -> None:
    assert places("form", {}, schema={"type": "object", "$ref": "#"}) == [""]


def test_a_label_set_has_no_order_and_everything_else_has() -> None:
    assert same("classification", {"labels": ["a", "b"]}, {"labels": ["b", "a"]})
    assert not same("classification", {"labels": ["a"]}, {"labels": ["a", "b"]})
    assert same("spans", {"spans": [], "labels": ["a", "b"]}, {"labels": ["b", "a"], "spans": []})
    other = {**BOX, "id": "b2"}
    assert not same("detection", {"boxes": [BOX, other]}, {"boxes": [other, BOX]})
    assert not same("form", {"labels": ["a", "b"]}, {"labels": ["b", "a"]})


def test_sameness_is_that_of_canonical_bytes() -> None:
    assert same("form", {"a": 1, "b": -0.0}, {"b": 0, "a": 1.0})
    assert not same("form", {"a": 1}, {"a": True})
    assert not same("form", {"a": None}, {})
    assert same("form", {"a": 1e20}, {"a": 10**20})


def test_labels_that_were_changed_are_listed_one_by_one() -> None:
    assert differences("classification", {"labels": ["a"]}, {"labels": ["b"]}) == [
        {"path": "labels", "from": "a", "to": "b"}
    ]
    assert differences("classification", {"labels": ["a", "b"]}, {"labels": ["c", "b"]}) == [
        {"path": "labels", "from": "a", "to": None},
        {"path": "labels", "from": None, "to": "c"},
    ]
    assert differences("classification", {"labels": ["a", "b"]}, {"labels": ["b", "a"]}) == []


def test_keys_of_a_form_that_were_changed_are_listed() -> None:
    assert differences("form", {"a": 1, "b": [2], "c": None}, {"a": 1.0, "b": [3], "d": None}) == [
        {"path": "b", "from": [2], "to": [3]},
        {"path": "c", "from": None, "to": None},
        {"path": "d", "from": None, "to": None},
    ]


def test_elements_that_were_changed_are_listed_by_id() -> None:
    moved, added = {**BOX, "x": 3}, {**BOX, "id": "b2"}
    assert differences("detection", {"boxes": [BOX]}, {"boxes": [moved, added]}) == [
        {"path": "boxes.b1", "from": BOX, "to": moved},
        {"path": "boxes.b2", "from": None, "to": added},
    ]
    assert differences("detection", {"boxes": [BOX, added]}, {"boxes": [added, BOX]}) == [
        {"path": "boxes", "from": ["b1", "b2"], "to": ["b2", "b1"]}
    ]
    second = {**FIELD, "value": "3"}
    assert differences("fields", {"fields": [FIELD, FIELD]}, {"fields": [FIELD, second]}) == [
        {"path": "fields.total.2", "from": FIELD, "to": second}
    ]


def test_without_a_proposal_or_an_answer_nothing_was_changed() -> None:
    assert differences("detection", None, {"boxes": [BOX]}) == differences("detection", {"boxes": [BOX]}, None) == []


element = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(("label", "start_ms", "end", "polygon", "rle", "words", "text", "value", "page"), anything),
) | st.sampled_from([BOX, POLYGON, MASK, UTTERANCE, EVENT, REDACTED, FIELD, SPAN, TURN])
tops = st.sampled_from(["labels", "boxes", "regions", "segments", "events", "fields", "spans", "amount", "turns"])
near = (
    st.dictionaries(tops, st.lists(element | anything | st.text(max_size=2), max_size=3) | anything, max_size=3)
    | anything
)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([*TYPES, "other"]), near, st.booleans(), st.sampled_from([None, SCHEMA]))
@example("detection", {"boxes": [{**BOX, "label": "\ud800"}]}, False, None)
def test_any_json_is_read_or_refused(task_type: str, output: Any, many: bool, schema: dict[str, Any] | None) -> None:
    assert all(isinstance(label, str) for label in unknown_labels(task_type, output, LABELS))
    try:
        assert read(task_type, output, many=many, schema=schema) is output
    except BadOutput as refusal:
        json.dumps([refusal.sentence, refusal.fields], ensure_ascii=False).encode()


near_finite = st.dictionaries(
    tops,
    st.lists(
        st.sampled_from([BOX, FIELD, SPAN, "a", "b", TURN, {"turn": 0, "labels": ["b", "a"]}]) | finite, max_size=3
    )
    | finite,
    max_size=3,
)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(TYPES), near_finite | finite, near_finite | finite)
@example("classification", {"labels": ["a", "a"]}, {"labels": ["a"]})
@example("classification", {"labels": [], "turns": []}, {"labels": []})
@example("classification", {"labels": [], "turns": [TURN, TURN]}, {"labels": [], "turns": [TURN]})
@example("classification", {"turns": [TURN]}, {"turns": []})
@example("detection", {"boxes": None}, {})
@example("detection", {"boxes": [{"id": "a", "name": None}]}, {"boxes": []})
def test_there_are_differences_just_where_two_outputs_are_not_the_same(task_type: str, a: Any, b: Any) -> None:
    assert same(task_type, a, a) and differences(task_type, a, a) == []
    assert same(task_type, a, b) == same(task_type, b, a)
    if a is not None and b is not None:
        assert (differences(task_type, a, b) == []) == same(task_type, a, b)


keywords = st.sampled_from(
    [
        "type",
        "properties",
        "$ref",
        "$id",
        "$defs",
        "pattern",
        "items",
        "enum",
        "multipleOf",
        "minLength",
        "format",
        "allOf",
        "not",
    ]
)
parts = st.recursive(
    anything | st.sampled_from(["object", "string", "#", "#/properties", "#a", "^a", 0.5, "http://[", "#/%ff"]),
    lambda part: st.dictionaries(keywords | st.text(max_size=3), part, max_size=4) | st.lists(part, max_size=3),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(keywords, parts, max_size=5), anything)
def test_any_json_is_a_schema_or_refused_and_a_schema_judges_any_json(schema: dict[str, Any], output: Any) -> None:
    schema["type"] = "object"
    try:
        check_schema(schema)
        read("form", {"a": output}, schema=schema)
    except BadOutput as refusal:
        json.dumps([refusal.sentence, refusal.fields], ensure_ascii=False).encode()
