"""What is wrong in a taxonomy and a guideline, and how labels carry over."""

from typing import Any

import pytest

from audit.reads import canonical
from guidelines.content import (
    Moved,
    carried,
    faults,
    guideline_body,
    guideline_of,
    needs_mapping,
    shaped_guideline,
    shaped_taxonomy,
    taxonomy_body,
    taxonomy_doc,
)
from tests.guidelines.writing import GUIDELINE, LABELS, MERGED, SPLIT, TAXONOMY, copied

PICTURE = "sha256:" + "a" * 64
BEFORE = shaped_taxonomy(TAXONOMY)


def found(guideline: dict[str, Any] = GUIDELINE, taxonomy: dict[str, Any] = TAXONOMY, **more: Any) -> list[str]:
    sent = copied(taxonomy)
    if "mapping" in sent:
        sent["mapping"]["before"] = "x"
    told = faults(
        shaped_taxonomy(sent),
        shaped_guideline({**copied(guideline), "language": "en", "taxonomy": ""}),
        task_type="classification",
        **more,
    )
    return [fault.place for fault in told]


def with_label(**changes: Any) -> dict[str, Any]:
    return TAXONOMY | {"labels": [LABELS[0] | changes, *LABELS[1:]]}


def with_section(**changes: Any) -> dict[str, Any]:
    return GUIDELINE | {"sections": [GUIDELINE["sections"][0] | changes, *GUIDELINE["sections"][1:]]}


def with_example(**changes: Any) -> dict[str, Any]:
    return GUIDELINE | {"examples": [GUIDELINE["examples"][0] | changes, GUIDELINE["examples"][1]]}


def picture(**changes: Any) -> dict[str, Any]:
    shown = {"id": "p", "kind": "image", "verdict": "correct", "caption": "Seen.", "asset": PICTURE}
    return GUIDELINE | {"examples": [*GUIDELINE["examples"], shown | changes]}


def test_whole_documents_have_no_faults():
    assert found() == []
    assert found(taxonomy=SPLIT, before=BEFORE) == []
    assert found(picture(regions=[{"x": 1, "y": 2, "width": 3, "height": 4}]), files={PICTURE: "image"}) == []


@pytest.mark.parametrize(
    ("taxonomy", "place"),
    [
        (TAXONOMY | {"labels": []}, "labels"),
        (with_label(code="Cat!"), "labels[0].code"),
        (with_label(name=" "), "labels[0].name"),
        (with_label(definition=""), "labels[0].definition"),
        (with_label(key="a"), "labels[0].key"),
        (with_label(key="2"), "labels"),
        (with_label(name="dog"), "labels"),
        (with_label(code="dog"), "labels"),
        (with_label(colour=13), "labels[0].colour"),
        (with_label(parent="cow"), "labels[0].parent"),
        (with_label(parent="cat"), "labels[0].parent"),
        (TAXONOMY | {"error_categories": [{"code": "A", "name": "A"}]}, "error_categories[0].code"),
        (TAXONOMY | {"attributes": [{"code": "age", "name": "Age"}]}, "attributes[0].values"),
        (TAXONOMY | {"attributes": [{"code": "age", "name": "Age", "kind": "text", "labels": ["cow"]}]},
         "attributes[0].labels"),
        (TAXONOMY | {"mapping": {"rows": [{"was": ["cat"], "now": ["dog"]}]}}, "mapping"),
    ],
)  # fmt: skip
def test_a_fault_of_the_taxonomy_is_told_at_its_place(taxonomy, place):
    assert place in found(taxonomy=taxonomy)


@pytest.mark.parametrize(
    ("guideline", "place"),
    [
        (GUIDELINE | {"sections": []}, "sections"),
        (with_section(id="Start here"), "sections[0].id"),
        (with_section(id="cats"), "sections"),
        (with_section(title=""), "sections[0].title"),
        (with_section(text="x" * 100_001), "sections[0].text"),
        (with_section(label="cow"), "sections[0].label"),
        (with_section(kind="label"), "sections[0].label"),
        (with_section(category="cow"), "sections[0].category"),
        (GUIDELINE | {"examples": []}, "sections[2]"),
        (with_example(caption=" "), "examples[0].caption"),
        (with_example(id="cloud"), "examples"),
        (with_example(section="cow"), "examples[0].section"),
        (with_example(label="cow"), "examples[0].label"),
        (with_example(text=""), "examples[0].text"),
        (with_example(asset=PICTURE), "examples[0].text"),
        (with_example(regions=[{"x": 1}]), "examples[0].regions[0]"),
        (picture(asset="../../etc/passwd"), "examples[2].asset"),
        (picture(asset="sha256:" + "b" * 64), "examples[2].asset"),
        (picture(kind="audio"), "examples[2].kind"),
        (picture(text="Words."), "examples[2].text"),
        (picture(regions=[{"x": -1, "y": 0, "width": 4, "height": 4}]), "examples[2].regions[0]"),
        (picture(regions=[{"x": 1, "y": 0, "width": 4}]), "examples[2].regions[0]"),
        (picture(regions=[{"start_ms": 1, "end_ms": 2}]), "examples[2].regions[0]"),
        (GUIDELINE | {"acknowledge": {"questions": 3, "right": 1}}, "acknowledge.questions"),
        (GUIDELINE | {"acknowledge": {"questions": 1, "right": 2}}, "acknowledge.right"),
        (GUIDELINE | {"acknowledge": {"questions": 1}}, "acknowledge.right"),
    ],
)
def test_a_fault_of_the_guideline_is_told_at_its_place(guideline, place):
    assert place in found(guideline, files={PICTURE: "image"})


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        ([], "mapping"),
        ([{"was": ["cow"], "now": ["dog"]}, SPLIT["mapping"]["rows"][0]], "mapping[0].was"),
        ([{"was": ["cat"], "now": ["cat"]}], "mapping[0].now"),
        ([*SPLIT["mapping"]["rows"] * 2], "mapping"),
        ([{"was": [], "now": ["dog"]}, SPLIT["mapping"]["rows"][0]], "mapping[0].was"),
    ],
)
def test_every_label_that_is_gone_is_mapped_once(rows, place):
    assert place in found(taxonomy=SPLIT | {"mapping": {"rows": rows}}, before=BEFORE)


def test_a_split_a_merge_a_rename_and_a_retirement_are_told_apart():
    kinds = [(("a",), ("b", "c")), (("a", "b"), ("c",)), (("a",), ("b",)), (("a",), ()), (("a", "b"), ("c", "d"))]
    assert [Moved(*kind).kind for kind in kinds] == ["split", "merged", "renamed", "retired", "redrawn"]
    assert needs_mapping(BEFORE, shaped_taxonomy({**MERGED, "mapping": None})) == ["dog", "fox"]


def test_a_label_is_followed_through_one_version_after_another():
    split, merged = [Moved(("cat",), ("kitten", "grown"))], [Moved(("kitten", "dog"), ("young",))]
    assert carried("cat", [split, merged]).now == ("young", "grown")
    assert not carried("cat", [split, merged]).sure
    assert carried("dog", [split, merged]) == carried("dog", [merged])
    assert carried("dog", [merged]).now == ("young",) and carried("dog", [merged]).sure
    assert carried("fox", [split, merged]).now == ("fox",)
    assert carried("cat", [[Moved(("cat",))]]).now == ()


def test_a_document_reads_back_as_it_was_published():
    sent = {**copied(SPLIT), "attributes": [{"code": "age", "name": "Age", "values": ["a", "b"]}]}
    sent["mapping"]["before"] = "x"
    body = canonical(taxonomy_body(shaped_taxonomy(sent)))
    assert canonical(taxonomy_body(taxonomy_doc(body))) == body
    whole = canonical(guideline_body(shaped_guideline({**copied(GUIDELINE), "language": "en", "taxonomy": "t"})))
    assert canonical(guideline_body(guideline_of(whole))) == whole


def test_a_taxonomy_that_uses_nothing_new_keeps_its_bytes():
    label = b'{"code":"cat","definition":"","key":null,"name":"Cat"}'
    old = b'{"error_categories":[],"labels":[' + label + b'],"many":false,"schema":null}'
    assert canonical(taxonomy_body(taxonomy_doc(old))) == old


def test_one_text_is_cut_at_its_headings_and_not_inside_code():
    text = "Before.\n\n# First\n\nOne.\n\n### Deeper\n\n```\n# no heading\n```\n\n## Second ##\nTwo."
    sections = shaped_guideline({"language": "en", "taxonomy": "t", "text": text}).sections
    assert [(one.id, one.kind, one.title) for one in sections] == [
        ("s1", "overview", "Overview"),
        ("s2", "other", "First"),
        ("s3", "other", "Second"),
    ]
    assert "# no heading" in sections[1].text and sections[2].text == "Two."
