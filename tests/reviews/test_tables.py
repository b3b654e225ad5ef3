"""Rows as people bring them: pasted, from a spreadsheet, as JSONL; and what is said of those that cannot be read."""

import json

import pytest

from reviews.errors import BadBody
from reviews.wire.rows import Answer, Plan, brought, guessed_roles, image_items
from reviews.wire.tables import LARGEST_TEXT, MOST_ROWS, read_table, text_of_file

TONE = Answer({"positive": "pos", "negative": "neg"}, False, {})


def made(text: str, answer: Answer = TONE, files: dict[str, str] | None = None, **read) -> list:
    """Read a text as guessed; give each row's item, or its refusal."""
    table = read_table(text, **read)
    rows = brought(table, Plan(guessed_roles(table, answer, files or {})), answer, files or {})
    return [json.loads(row.body) if row.body else (row.number, row.problem) for row in rows]


@pytest.mark.parametrize("mark", ["\t", ",", ";"])
def test_a_table_is_read_by_its_separator_with_its_header(mark):
    text = "id,text,label,confidence\na-1,Good,Positive,0.83\na-2,Bad,NEGATIVE,17 %".replace(",", mark)
    assert made(text) == [
        {
            "external_id": f"a-{number}",
            "data": {"text": said},
            "model": {"name": "model", "version": "1"},
            "prediction": {"labels": [code]},
            "confidence": sure,
        }
        for number, said, code, sure in [(1, "Good", "pos", 0.83), (2, "Bad", "neg", 0.17)]
    ]


def test_prose_with_commas_is_one_text_a_line():
    table = read_table("Good, but slow\nFast, cheap, and quiet\nI would, again, buy it")
    assert (table.separator, table.columns, len(table.rows)) == ("none", ("text",), 3)


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_one_column_of_csv_is_read_to_the_cell(ends):
    text = 'text\n"Great, really"\nBad\n"He said ""no"""\n"two\nlines"\n'.replace("\n", ends)
    table = read_table(text)
    assert (table.columns, table.header) == (("text",), True)
    assert [cells for _number, cells in table.rows] == [
        ["Great, really"],
        ["Bad"],
        ['He said "no"'],
        [f"two{ends}lines"],
    ]
    semicolons = read_table('text\n"Great; really"\nBad, and slow\n')
    assert [cells for _number, cells in semicolons.rows] == [["Great; really"], ["Bad, and slow"]]


def test_prose_that_begins_with_a_quote_stays_as_it_is():
    lines = ['"Great," she said', "Bad, slow", '"Well"']
    assert [cells for _number, cells in read_table("\n".join(lines)).rows] == [[line] for line in lines]


def test_a_quoted_cell_holds_separators_line_feeds_and_quotes():
    found = made('id,text\n1,"one, ""two""\nthree"\n2,four')
    assert [one["data"]["text"] for one in found] == ['one, "two"\nthree', "four"]


def test_formulas_are_text_and_stay_as_they_are():
    assert made("id,text\n1,=cmd|' /C calc'!A0\n2,@SUM(A1)")[0]["data"] == {"text": "=cmd|' /C calc'!A0"}


def test_facts_are_numbers_where_every_row_has_one_and_text_otherwise():
    assert [one["data"] for one in made("id,amount,phone\n1,12.5,0049\n2,7,17")] == [
        {"amount": 12.5, "phone": "0049"},
        {"amount": 7, "phone": "17"},
    ]


def test_a_row_without_an_id_gets_the_same_one_every_time_and_a_repeated_row_another():
    first, second = made("text,label\nGood,positive\nGood,positive"), made("text,label\nGood,positive\nGood,positive")
    assert first == second
    assert first[1]["external_id"] == f"{first[0]['external_id']}-2"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("1,Good,great,0.4", "The label “great” is none of this project’s."),
        ("1,Good,positive,very", "The confidence “very” is no number from 0 to 1, nor a percentage."),
        ("1,Good,positive,1.2", "The confidence “1.2” is no number from 0 to 1, nor a percentage."),
        (
            "1,Good,positive,1e1000000",
            "The confidence “1e1000000” is no number from 0 to 1, nor a percentage.",
        ),
        ("1,Good,,0.4", "It has a confidence and proposes nothing. Name both, or neither."),
        ("1,,positive,0.4", "It holds nothing to look at: no text, no image, no fact."),
    ],
)
def test_a_row_that_cannot_be_an_item_is_refused_alone_with_a_sentence(row, said):
    text = f"id,text,label,confidence\n0,Fine,negative,0.9\n{row}"
    found = made(text, separator="comma", header=True)
    assert found[0]["external_id"] == "0" and found[1] == (3, said)


def test_a_row_with_too_many_cells_is_refused_by_its_number():
    table = read_table("id,text\n1,a\n2,b, c\n3,d\n4,e\n5,f\n")
    assert [number for number, _cells in table.rows] == [2, 4, 5, 6]
    assert table.refused == [
        (3, "It has 3 cells and there are 2 columns. Put cells with a separator in quotes."),
    ]


def test_quotes_that_do_not_close_are_named_by_their_row():
    with pytest.raises(BadBody, match="Row 2"):
        read_table('id,text\n1,"never closed\n2,b', separator="comma")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04rest", "spreadsheet"),
        ("Gr\u00fc\u00dfe".encode("latin-1"), r"not UTF-8 \(see byte 2\)"),
        (b"a,b\n1,\x00", "NUL"),
        (b" \n ", "nothing in it"),
        (b"x" * (LARGEST_TEXT + 1), "At most 8 MB"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(content, said):
    with pytest.raises(BadBody, match=said):
        text_of_file(content)


def test_byte_order_marks_and_wide_text_are_read():
    assert text_of_file("id,text\n1,Grüße".encode("utf-8-sig")).startswith("id")
    assert text_of_file("id,text\n1,Grüße".encode("utf-16")).endswith("Grüße")


def test_more_rows_than_are_taken_at_once_are_refused():
    assert len(read_table("text\n" + "a\n" * MOST_ROWS).rows) == MOST_ROWS
    with pytest.raises(BadBody, match="At most 5,000 rows"):
        read_table("text\n" + "a\n" * (MOST_ROWS + 1))


def test_lines_that_are_items_go_through_as_they_are():
    line = '{"external_id": "a", "data": {"text": "x"}, "confidence": 0.1}'
    table = read_table(f"{line}\nno json\n")
    assert (table.kind, table.rows) == ("items", [(1, [line])])
    assert table.refused[0][0] == 2


def test_json_lines_of_other_objects_are_rows_whose_keys_are_columns():
    found = made('{"id": "1", "text": "Good", "label": "positive", "score": 0.5}\n{"text": "Bad", "note": "late"}')
    assert found[0]["confidence"] == 0.5
    assert found[1]["data"] == {"text": "Bad", "note": "late"}


def test_a_key_that_stands_twice_in_a_line_refuses_it():
    assert read_table('{"text": "a", "text": "b"}').refused[0][0] == 1


def test_rows_name_images_by_their_file_names():
    found = made("file,label\nx/a.jpg,positive\nb.jpg,positive", files={"a.jpg": "sha256:1"})
    assert found[0]["data"] == {"image": "sha256:1"}
    assert found[1] == (3, "The image “b.jpg” is not among the images you brought.")


def test_an_image_without_rows_is_an_item_called_by_its_name():
    plain, other = (json.loads(one.body) for one in image_items({"a b.jpg": "sha256:1", "größe.jpg": "sha256:2"}))
    assert plain == {"external_id": "a b.jpg", "data": {"image": "sha256:1"}}
    assert other["external_id"].startswith("gr__e.jpg-")


def test_a_forms_members_are_read_by_their_kind():
    members = {
        "decision": {"title": "Decision", "enum": ["Grant", "Refuse"]},
        "amount": {"type": "number"},
        "urgent": {"type": "boolean"},
        "note": {"type": "string"},
    }
    answer = Answer({}, False, members)
    found = made("id,income,Decision,amount,urgent,note\n1,40,grant,12.5,yes,007\n2,40,maybe,1,no,x", answer)
    assert found[0]["prediction"] == {"decision": "Grant", "amount": 12.5, "urgent": True, "note": "007"}
    assert found[1] == (3, "“maybe” does not fit the field “decision”.")
