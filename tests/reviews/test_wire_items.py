import json
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.errors import BadBody
from reviews.wire import Batch, Refused, Submission, read_items
from reviews.wire.exact import nesting
from tests.reviews.json_values import anything

NDJSON = "application/x-ndjson"
ASSET = "sha256:" + "0f" * 32


def item(**changes: Any) -> dict[str, Any]:
    full = {
        "external_id": "frame-000123",
        "model": {"name": "shelf-detector", "version": "2026.11.1"},
        "prediction": {"labels": ["out_of_stock"]},
        "confidence": 0.83,
        "scores": {"out_of_stock": 0.83, "in_stock": 0.17},
        "data": {"image": ASSET},
        "segments": {"geography": "DE"},
        "impact": "normal",
        "cost": "12.50",
        "units": 1,
        "occurred_at": "2026-11-23T10:00:00Z",
        "decide_by": None,
        "action_hash": None,
    }
    return {**full, **changes}


def read(**changes: Any) -> Submission | Refused:
    return read_text(json.dumps(item(**changes)))


def read_text(text: str) -> Submission | Refused:
    (entry,) = read_items(text.encode(), "application/json").entries
    return entry


def fields_of(entry: Submission | Refused) -> list[str]:
    assert isinstance(entry, Refused), entry
    assert entry.code == "bad_item" and entry.sentence
    return [path for path, _ in entry.errors]


def taken(entry: Submission | Refused) -> Submission:
    assert isinstance(entry, Submission), entry
    return entry


def test_an_item_is_read_with_its_decimals_and_its_canonical_bytes() -> None:
    batch = read_items(json.dumps(item(), indent=2).encode(), "application/json; charset=utf-8")
    assert batch.single
    assert batch.entries == [
        Submission(
            external_id="frame-000123",
            body=rfc8785.dumps(item()),
            model=("shelf-detector", "2026.11.1"),
            prediction={"labels": ["out_of_stock"]},
            confidence=Decimal("0.83"),
            scores={"out_of_stock": Decimal("0.83"), "in_stock": Decimal("0.17")},
            data={"image": ASSET},
            segments={"geography": "DE"},
            impact="normal",
            cost=Decimal("12.50"),
            units=1,
            occurred_at=datetime(2026, 11, 23, 10, tzinfo=UTC),
            action_hash=None,
            asset_ids=(ASSET,),
        )
    ]


def test_what_is_left_out_has_a_default_and_stays_out_of_the_bytes() -> None:
    entry = taken(read_text('{"external_id": "a"}'))
    assert entry.body == b'{"external_id":"a"}'
    assert (entry.model, entry.prediction, entry.confidence, entry.scores) == (None, None, None, {})
    assert (entry.data, entry.segments, entry.impact, entry.units) == ({}, {}, "normal", 1)


def test_a_list_is_answered_in_the_order_sent_and_one_bad_item_spoils_nothing() -> None:
    sent = [item(external_id="a"), item(external_id="b", confidence=1.2), 7, item(external_id="c")]
    batch = read_items(json.dumps({"items": sent}).encode(), "application/json")
    assert not batch.single
    assert [entry.external_id for entry in batch.entries] == ["a", "b", None, "c"]
    assert [type(entry) for entry in batch.entries] == [Submission, Refused, Refused, Submission]


def test_a_list_of_one_and_a_list_of_none_are_lists() -> None:
    assert read_items(json.dumps({"items": [item()]}).encode(), "").single is False
    assert read_items(b' {"items" : [ ] } ', "") == Batch(single=False, entries=[])
    assert read_items(b"", NDJSON) == Batch(single=False, entries=[])


def test_lines_are_judged_alone_and_blank_lines_do_not_count() -> None:
    lines = [
        json.dumps(item(external_id="a")),
        "",
        "{ill",
        "\t\r",
        json.dumps(item(external_id="b")) + "\r",
        "[]",
        "1 2",
    ]
    batch = read_items("\n".join(lines).encode(), f"{NDJSON}; charset=utf-8")
    assert [entry.external_id for entry in batch.entries] == ["a", None, "b", None, None]
    assert [getattr(entry, "code", "") for entry in batch.entries] == ["", "bad_body", "", "bad_item", "bad_body"]


def test_a_carriage_return_alone_ends_no_line() -> None:
    text = json.dumps(item(), indent=1).replace("\n", "\r")
    assert len(read_items(text.encode(), NDJSON).entries) == 1


def test_a_thousand_items_are_read_and_one_more_is_refused() -> None:
    lines = [json.dumps({"external_id": str(n)}) for n in range(1000)]
    assert len(read_items("\n".join(lines).encode(), NDJSON).entries) == 1000
    assert len(read_items(f'{{"items":[{",".join(lines)}]}}'.encode(), "").entries) == 1000
    lines.append('{"external_id":"x"}')
    for body, kind in (("\n".join(lines), NDJSON), (f'{{"items":[{",".join(lines)}]}}', "")):
        with pytest.raises(BadBody, match="1,000"):
            read_items(body.encode(), kind)


@pytest.mark.parametrize("kind", ["list", "lines"])
def test_the_second_of_two_equal_ids_is_refused_whatever_became_of_the_first(kind: str) -> None:
    sent = [item(), item(units=2), item(external_id="b", units=0), item(external_id="b")]
    body = json.dumps({"items": sent}) if kind == "list" else "\n".join(map(json.dumps, sent))
    entries = read_items(body.encode(), NDJSON if kind == "lines" else "").entries
    codes = [getattr(entry, "code", "taken") for entry in entries]
    assert codes == ["taken", "duplicate_in_request", "bad_item", "duplicate_in_request"]
    assert [entry.external_id for entry in entries] == ["frame-000123", "frame-000123", "b", "b"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"{",
        b"{} {}",
        b"[]",
        b"3",
        b'"x"',
        b"null",
        b"{'external_id': 'a'}",
        b'{"external_id": "a",}',
        b'{"external_id": "\x01"}',
        b"\xef\xbb\xbf{}",
        b'{"external_id": "\xff"}',
        b'{"items": {}}',
        b'{"items": 3}',
        b'{"items": ',
        b'{"items": [',
        b'{"items": []',
        b'{"items": [{}',
        b'{"items": [{} {}]}',
        b'{"items": [{},]}',
        b'{"items": [,]}',
        b'{"items": []} x',
        b'{"items": [], "items": []}',
        b'{"items": [], "more": 1}',
        b'{"more": 1, "items": []}',
        b'{"external_id": "a", "external_id": "b"}',
        b'{"external_id": "a", "data": {"x": [{"y": 1, "y": 1}]}}',
    ],
)
def test_a_body_that_is_no_item_and_no_list_of_items_is_refused_whole(body: bytes) -> None:
    with pytest.raises(BadBody):
        read_items(body, "application/json")


def test_text_that_is_not_utf_8_is_refused_whole_among_lines_too() -> None:
    with pytest.raises(BadBody, match="UTF-8"):
        read_items(b'{"external_id":"a"}\n\xff\n', NDJSON)


def test_a_key_that_stands_twice_refuses_its_item_alone_and_names_the_place() -> None:
    body = b'{"items": [{"external_id": "a", "data": {"x": [{"y": 1, "z": 2, "y": 1}]}}, {"external_id": "b"}]}'
    first, second = read_items(body, "").entries
    assert isinstance(first, Refused) and isinstance(second, Submission)
    assert (first.external_id, first.code, first.errors) == (
        "a",
        "bad_body",
        [("data.x.0.y", "This key stands twice.")],
    )
    (twice,) = read_items(b'{"external_id": "a", "external_id": "a"}', NDJSON).entries
    assert isinstance(twice, Refused) and twice.external_id is None


def nested(levels: int) -> str:
    """An item of so many levels, itself the first."""
    return '{"external_id": "deep", "data": {"x": ' + "[" * (levels - 2) + "]" * (levels - 2) + "}}"


def test_64_levels_are_read_in_each_form_and_65_are_refused() -> None:
    for levels, kind in ((64, Submission), (65, Refused)):
        lines = read_items(f'{nested(levels)}\n{{"external_id":"b"}}'.encode(), NDJSON).entries
        listed = read_items(f'{{"items":[{nested(levels)},{{"external_id":"b"}}]}}'.encode(), "").entries
        assert [type(entry) for entry in lines] == [type(entry) for entry in listed] == [kind, Submission]
    assert isinstance(read_text(nested(64)), Submission)
    with pytest.raises(BadBody, match="64 levels"):
        read_text(nested(65))


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":', '{"items":['])
@pytest.mark.parametrize("kind", [NDJSON, ""])
def test_nesting_without_end_is_refused_and_never_overflows(opening: str, kind: str) -> None:
    for start in ("", '{"items": [', '{"external_id": "a", "data": '):
        try:
            entries = read_items((start + opening * 200_000).encode(), kind).entries
        except BadBody:
            continue
        assert kind == NDJSON and all(isinstance(entry, Refused) for entry in entries)


def test_brackets_inside_strings_are_no_nesting() -> None:
    text = "[" * 5000 + '"\\' + "{" * 5000
    assert taken(read(data={"text": text, "\\": "\\\\", '"[': '\\"['})).data["text"] == text
    assert nesting(json.dumps({'"[\\': ["\\", '[["\\', {"a": "]"}]}).encode()) == 3


@pytest.mark.parametrize("bad", ["", "a" * 201, "a\n", "\na", "é", "a\x7f", 7, None, ["a"]])
def test_an_external_id_is_1_to_200_printable_ascii_characters(bad: Any) -> None:
    entry = read(external_id=bad)
    assert fields_of(entry) == ["external_id"] and entry.external_id is None
    assert taken(read(external_id=" ~" * 100)).external_id == " ~" * 100


def test_an_item_without_an_id_is_refused() -> None:
    assert fields_of(read_text("{}")) == ["external_id"]


def test_an_unknown_key_is_refused_by_name_beside_whatever_else_is_wrong() -> None:
    assert fields_of(read(certainty=1, units=0)) == ["certainty", "units"]
    assert fields_of(read(model={"name": "a", "version": "1", "more": 1})) == ["model"]


def test_at_most_20_segments_of_1_to_64_characters() -> None:
    assert len(taken(read(segments={"k" * 63 + chr(65 + n): "é" * 64 for n in range(20)})).segments) == 20
    assert fields_of(read(segments={str(n): "x" for n in range(21)})) == ["segments"]
    assert fields_of(read(segments={"a": 1, "b": "x", "c": "y" * 65, "d": "", "e": None})) == [
        "segments.a",
        "segments.c",
        "segments.d",
        "segments.e",
    ]
    assert len(fields_of(read(segments={"k" * 65: "x"}))) == len(fields_of(read(segments={"": "x"}))) == 1
    assert fields_of(read(segments=["a"])) == ["segments"]


@pytest.mark.parametrize(
    "bad", ["1.2", "-0.1", '"0.5"', "true", "[]", "NaN", "Infinity", "-Infinity", "1e400", "1e-400"]
)
def test_a_confidence_is_a_number_from_0_to_1(bad: str) -> None:
    text = json.dumps(item(confidence="HERE", scores={}))
    assert fields_of(read_text(text.replace('"HERE"', bad))) == ["confidence"]
    assert fields_of(read_text(json.dumps(item(scores={"a": "HERE"})).replace('"HERE"', bad))) == ["scores.a"]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("0.70", "0.7"),
        ("1", "1"),
        ("1.0", "1"),
        ("0e5", "0"),
        ("-0.0", "0"),
        ("5e-324", "5E-324"),
        ("7e-1", "0.7"),
        ("1e-5", "0.00001"),
    ],
)
def test_a_number_is_the_decimal_of_its_shortest_text(text: str, meant: str) -> None:
    entry = taken(read_text(json.dumps(item(confidence="HERE")).replace('"HERE"', text)))
    assert entry.confidence == Decimal(meant) and str(entry.confidence) in (meant, str(Decimal(meant)))
    assert json.loads(entry.body) == item(confidence=float(text))


def test_at_most_1000_scores() -> None:
    assert len(taken(read(scores={str(n): 0.001 for n in range(1000)})).scores) == 1000
    assert fields_of(read(scores={str(n): 0.001 for n in range(1001)})) == ["scores"]


@pytest.mark.parametrize(
    "number",
    [
        "9007199254740993",
        "1e400",
        "-1e400",
        "123456789012345678",
        "0.123456789012345678",
        "1e-400",
        "9" * 5000,
        "NaN",
        "1e99999999999999999999",
        "1e-99999999999999999999",
        "0." + "3" * 5000,
    ],
)
def test_a_number_that_a_double_does_not_hold_is_refused_with_its_path(number: str) -> None:
    for place, path in (('{"data": {"x": [1, HERE]}}', "data.x.1"), ('{"units": HERE}', "units")):
        text = json.dumps(item())[:-1] + "," + place[1:].replace("HERE", number)
        text = (
            text.replace('"units": 1, ', "", 1)
            if path == "units"
            else text.replace(f'"data": {{"image": "{ASSET}"}}, ', "", 1)
        )
        assert fields_of(read_text(text)) == [path]


@pytest.mark.parametrize(
    ("number", "canonical_text"),
    [
        ("9007199254740992", "9007199254740992"),
        ("9007199254740994", "9007199254740994"),
        ("1e20", "100000000000000000000"),
        ("100000000000000000000", "100000000000000000000"),
        ("1e21", "1e+21"),
        ("1E300", "1e+300"),
        ("0.1000", "0.1"),
        ("-0", "0"),
        ("1.50e1", "15"),
        ("0.000001", "0.000001"),
        ("1e-7", "1e-7"),
        ("1.5e-9", "1.5e-9"),
    ],
)
def test_a_number_that_a_double_holds_is_kept_in_its_canonical_text(number: str, canonical_text: str) -> None:
    entry = taken(read_text(f'{{"external_id": "a", "data": {{"x": {number}}}}}'))
    assert entry.body == f'{{"data":{{"x":{canonical_text}}},"external_id":"a"}}'.encode()


@pytest.mark.parametrize("bad", ["\0", "\ud800", "a\udfffb", "x" * 100_001])
def test_nul_lone_surrogates_and_endless_strings_are_refused_anywhere(bad: str) -> None:
    assert fields_of(read(data={"a": ["ok", {"b": bad}]})) == ["data.a.1.b"]
    assert fields_of(read(prediction=bad)) == ["prediction"]
    assert fields_of(read(external_id=bad)) == ["external_id"]
    (path,) = fields_of(read(data={bad: 1}))
    path.encode()
    assert "\0" not in path and len(path) < 100


def test_a_pair_of_escaped_surrogates_and_a_written_out_nul_are_text() -> None:
    entry = taken(read(data={"text": "😀", "code": "\\u0000", "long": "é" * 100_000}))
    assert entry.data["text"] == "😀" and entry.data["code"] == "\\u0000"


def test_the_canonical_body_has_at_most_1_mib() -> None:
    parts = ["x" * 99_990] * 10
    room = 2**20 - len(taken(read(data={"text": [*parts, ""]})).body)
    assert len(taken(read(data={"text": [*parts, "y" * room]})).body) == 2**20
    assert fields_of(read(data={"text": [*parts, "y" * (room + 1)]})) == [""]


@pytest.mark.parametrize(
    "bad", ["-1", "1e2", "1.23456", "1234567890123", ".5", "5.", " 5", "5\n", "NaN", "٣", "", 12.5, 12]
)
def test_a_cost_is_decimal_text(bad: Any) -> None:
    assert fields_of(read(cost=bad)) == ["cost"]
    assert taken(read(cost="999999999999.9999")).cost == Decimal("999999999999.9999")


@pytest.mark.parametrize("bad", [0, -1, 1.5, "1", True, 2**31])
def test_units_are_whole_and_at_least_one(bad: Any) -> None:
    assert fields_of(read(units=bad)) == ["units"]
    assert taken(read(units=2.0)).units == 2


@pytest.mark.parametrize(
    "bad",
    [
        "2026-11-23T10:00:00",
        "2026-11-23",
        "23.11.2026",
        "2026-02-30T10:00:00Z",
        "2026-11-23T25:00:00Z",
        "2026-11-23T10:00:60Z",
        "2026-11-23T10:00:00+24:00",
        "2026-11-23T10:00:00+0100",
        "0001-01-01T00:00:00+01:00",
        "2026-11-23T10:00:00Z\n",
        "",
        0,
    ],
)
def test_a_time_without_offset_or_calendar_is_refused(bad: Any) -> None:
    assert fields_of(read(occurred_at=bad)) == ["occurred_at"]


def test_a_time_is_read_as_utc() -> None:
    assert taken(read(occurred_at="2026-11-23t10:00:00.25+05:30")).occurred_at == datetime(
        2026, 11, 23, 4, 30, 0, 250_000, UTC
    )


def test_a_time_may_be_written_in_lower_case() -> None:
    assert taken(read(occurred_at="2026-11-23t10:00:00z")).occurred_at == datetime(2026, 11, 23, 10, tzinfo=UTC)


def test_a_prediction_names_its_model_and_confidence_belongs_to_a_prediction() -> None:
    assert fields_of(read(model=None)) == ["model"]
    assert fields_of(read(prediction=None)) == ["confidence", "scores"]
    assert fields_of(read(prediction=None, scores=None)) == ["confidence"]
    assert taken(read(prediction=None, scores=None, confidence=None)).model == ("shelf-detector", "2026.11.1")
    assert taken(read(scores=None, confidence=None)).confidence is None
    for bad in (
        {"name": "a"},
        {"name": "", "version": "1"},
        {"name": "a", "version": "1" * 101},
        {"name": "a", "version": 1},
        "a",
        [],
    ):
        assert fields_of(read(model=bad))[0].startswith("model")


def test_a_deadline_is_read_as_utc_and_refused_where_it_is_no_time() -> None:
    assert taken(read(decide_by="2026-11-23t10:00:00+02:00")).decide_by == datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert fields_of(read(decide_by="2026-02-30T10:00:00Z")) == fields_of(read(decide_by="soon")) == ["decide_by"]


@pytest.mark.parametrize("bad", ["low", "", 1, True])
def test_impact_is_normal_or_high(bad: Any) -> None:
    assert fields_of(read(impact=bad)) == ["impact"]
    assert taken(read(impact="high")).impact == "high"


@pytest.mark.parametrize("bad", ["", "Main", "a b", "-a", "a" * 65, 1, ["main"]])
def test_a_callback_is_named_by_a_word(bad: Any) -> None:
    assert fields_of(read(callback=bad)) == ["callback"]
    assert taken(read(callback="main")).callback == "main"


@pytest.mark.parametrize(
    "address", ["s3://bucket/a.png", "https://example.org/a.png", "http://example.org/a.png", "HTTPS://x"]
)
def test_an_address_under_a_media_key_is_refused_and_elsewhere_is_text(address: str) -> None:
    assert fields_of(read(data={"image": address})) == ["data.image"]
    assert fields_of(read(data={"files": [ASSET, address]})) == ["data.files.1"]
    assert fields_of(read(data={"turns": [{"audio": address}]})) == ["data.turns.0.audio"]
    assert taken(read(data={"link": address, "image": ASSET, "text": f"see {address}"})).asset_ids == (ASSET,)
    assert taken(read(data={"file": {"link": address}, "video": f"see {address}"})).asset_ids == ()


def test_escaped_slashes_hide_no_address() -> None:
    assert fields_of(read_text('{"external_id": "a", "data": {"image": "https:\\/\\/example.org"}}')) == ["data.image"]


def test_every_asset_named_in_data_is_found_once() -> None:
    other = "sha256:" + "a0" * 32
    data = {"image": ASSET, "turns": [{"x": other}, [ASSET]], ASSET: 1, "text": f"{other} ", "loud": other.upper()}
    assert taken(read(data=data)).asset_ids == (ASSET, other)
    assert fields_of(read(data={"image": "sha256:..."})) == ["data.image"]
    assert taken(read(data={"text": "sha256:..."})).asset_ids == ()


@settings(max_examples=150, deadline=None)
@given(st.binary() | st.text('[]{}",:\\u0d81e.-+ \nitems', max_size=60).map(str.encode), st.sampled_from([NDJSON, ""]))
def test_random_bytes_are_read_or_refused(body: bytes, kind: str) -> None:
    with suppress(BadBody):
        batch = read_items(body, kind)
        assert all(isinstance(entry, Submission | Refused) for entry in batch.entries)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.dictionaries(st.sampled_from(list(item())) | st.text(max_size=5), anything, max_size=5) | anything,
        max_size=3,
    )
)
def test_random_items_are_read_or_refused_each_alone(sent: list[Any]) -> None:
    mixed = [item(external_id="first"), *({**item(), **one} if isinstance(one, dict) else one for one in sent)]
    batch = read_items(json.dumps({"items": mixed}).encode(), "")
    assert len(batch.entries) == len(mixed) and isinstance(batch.entries[0], Submission)
    assert all(
        entry.errors or entry.code == "duplicate_in_request" for entry in batch.entries if isinstance(entry, Refused)
    )
    json.dumps([entry.errors for entry in batch.entries if isinstance(entry, Refused)], ensure_ascii=False).encode()
