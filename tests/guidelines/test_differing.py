"""What differs between two versions of a guideline and its taxonomy."""

from typing import Any

from guidelines.content import shaped_guideline, shaped_taxonomy
from guidelines.content.differing import GONE, NEW, SAME, Version, differences, runs
from tests.guidelines.writing import GUIDELINE, MERGED, SPLIT, TAXONOMY, copied


def version(guideline: dict[str, Any] = GUIDELINE, taxonomy: dict[str, Any] = TAXONOMY) -> Version:
    sent = copied(taxonomy)
    sent["mapping"] = {"before": "x", **sent.get("mapping", {})}
    return shaped_taxonomy(sent), shaped_guideline({**copied(guideline), "language": "en", "taxonomy": ""})


def told(before: Version | None, now: Version) -> list[tuple[str, str, str]]:
    return [(one.what, one.change, one.id) for one in differences(before, now)]


def test_nothing_differs_from_itself():
    assert differences(version(), version()) == []


def test_a_first_version_is_all_new():
    found = told(None, version())
    assert ("label", "added", "cat") in found and ("section", "added", "toys") in found
    assert {change for _, change, _ in found} == {"added"}


def test_a_split_shows_two_new_labels_and_one_that_is_retired():
    found = differences(version(), version(taxonomy=SPLIT))
    assert [(one.what, one.change, one.id) for one in found if one.change == "added"] == [
        ("label", "added", "kitten"),
        ("label", "added", "grown"),
    ]
    retired = next(one for one in found if one.id == "cat")
    assert [(one.name, one.before, one.now) for one in retired.fields] == [("active", True, False)]


def test_a_merge_shows_what_is_gone():
    found = told(version(), version(taxonomy=MERGED))
    assert ("label", "added", "canid") in found
    assert ("label", "removed", "dog") in found and ("label", "removed", "fox") in found


def test_a_section_that_only_moved_is_told_alone():
    first, *rest = GUIDELINE["sections"]
    assert told(version(), version(GUIDELINE | {"sections": [*rest, first]})) == [("section", "moved", "start")]


def test_a_changed_text_is_told_word_by_word():
    other = copied(GUIDELINE)
    other["sections"][0]["text"] = "Say which animal is **heard**."
    found = differences(version(), version(other))
    assert [one.id for one in found] == ["start"]
    marked = [run for run in found[0].fields[0].runs if run[0] != SAME]
    assert marked == [(GONE, "seen"), (NEW, "heard")]


def test_runs_give_both_texts_back():
    for before, now in (("a b c", "a x c"), ("", "new"), ("old", ""), ("line\n" * 4_000, "line\n" * 4_000 + "more")):
        found = runs(before, now)
        assert "".join(text for kind, text in found if kind != NEW) == before
        assert "".join(text for kind, text in found if kind != GONE) == now


def test_that_reviewers_acknowledge_it_is_a_difference():
    asked = GUIDELINE | {"acknowledge": {"questions": 2, "right": 1}}
    assert told(version(), version(asked)) == [("guideline", "changed", "guideline")]
