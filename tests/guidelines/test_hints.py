"""An editor is told of parts that still name a label which was split, merged or retired, and led to each."""

import re
from html import unescape

import pytest
from django.test import Client

from accounts.reads import Actor
from guidelines.content import hints, shaped_guideline, shaped_taxonomy
from guidelines.models import GuidelineDraft, GuidelineVersion
from tests.guidelines.test_guideline_editor import CATS, DRAFT, revision, signed_in
from tests.guidelines.writing import GUIDELINE, LABELS, MERGED, SPLIT, TAXONOMY, copied, draft, editor, published
from tests.town import Town, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return build(people=1, adjudicators=0)


@pytest.fixture
def edna(town: Town) -> Actor:
    return editor(town)


@pytest.fixture
def desk(edna: Actor) -> Client:
    return signed_in(edna)


def told(guideline: dict[str, object], taxonomy: dict[str, object]) -> list[tuple[str, str]]:
    mapping = {"before": "0" * 64, **taxonomy.get("mapping", {})}  # type: ignore[dict-item]
    whole = shaped_taxonomy({**taxonomy, "mapping": mapping})
    return [
        (one.place, one.sentence)
        for one in hints(whole, shaped_guideline({**guideline, "language": "en", "taxonomy": ""}))
    ]


def test_what_became_of_a_label_is_said_at_each_part_that_names_it() -> None:
    split = "“Cat” is now Kitten, Grown cat: say which of them is meant here."
    places = ["sections[1].label", "examples[0].label", "examples[1].label"]
    assert told(GUIDELINE, SPLIT) == [(place, split) for place in places]
    one = copied(GUIDELINE)
    one["sections"][1]["label"] = one["examples"][0]["label"] = "dog"
    merged = MERGED | {"labels": [*MERGED["labels"], {**LABELS[1], "active": False}]}
    assert told(one, merged) == [
        ("sections[1].label", "“Dog” is now “Dog or fox”: name that here."),
        ("examples[0].label", "“Dog” is now “Dog or fox”: name that here."),
    ]
    gone = TAXONOMY | {"labels": [{**LABELS[0], "active": False}, *LABELS[1:]]}
    retired = "“Cat” may not be said any more: name what holds instead, or no label."
    assert told(GUIDELINE, gone) == [(place, retired) for place in places]
    row = {"mapping": {"rows": [{"was": ["cat"], "note": "Nobody asks."}]}}
    assert told(GUIDELINE, gone | row) == [(place, retired) for place in places]
    assert told(GUIDELINE, TAXONOMY) == [] and told(GUIDELINE, MERGED) == []


def test_the_state_of_the_draft_leads_to_each_and_still_lets_it_be_published(town, edna, desk) -> None:
    published(town, edna, GUIDELINE, TAXONOMY)
    draft(town, edna, GUIDELINE, SPLIT)
    page = unescape(desk.get(DRAFT).content.decode())
    state = page.partition('id="state"')[2].partition("</section>")[0]
    assert "It can be published" in state and "3 parts name a label that may not be said any more" in state
    addresses = re.findall(r'<li><a href="([^"]+)"', state)
    assert addresses == [f"{DRAFT}?open=cats#section-cats", f"{DRAFT}examples/plush/", f"{DRAFT}examples/cloud/"]
    assert page.count("to be looked at again") == 1 and "to be mended" not in page  # the one section's card
    for address in addresses:
        assert "say which of them is meant here" in unescape(desk.get(address.partition("#")[0]).content.decode())
    assert desk.get(f"{DRAFT}examples/").content.decode().count("to be looked at again") == 2
    sent = {"revision": revision(), "sure": "yes", "when": "now"}
    assert desk.post(f"{DRAFT}publishing/", sent).status_code == 302, "hints keep nothing from being published"
    assert GuidelineVersion.objects.count() == 2


def test_a_split_in_the_editor_brings_the_hints_and_another_label_takes_them_away(town, edna, desk) -> None:
    published(town, edna, GUIDELINE, TAXONOMY)
    draft(town, edna)
    parts = {"part-code": ["kitten", "grown"], "part-name": ["Kitten", "Grown cat"], "note": "By age."}
    answer = desk.post(f"{DRAFT}labels/cat/steps/split/", {"revision": revision(), **parts})
    assert answer.status_code == 302, answer.content
    page = unescape(desk.get(f"{DRAFT}sections/cats/").content.decode())
    assert "“Cat” is now Kitten, Grown cat" in page and "Cat (retired)" in page
    form = {"revision": revision(), "kind": "label", "title": "Cats", "text": "Pride.", "label": "grown"}
    kept = desk.post(f"{DRAFT}sections/cats/", form, headers={"HX-Request": "true"})
    assert (
        kept.status_code == 200
        and "say which of them" not in unescape(kept.content.decode()).partition("notes-section-cats")[2]
    )
    assert GuidelineDraft.objects.get().guideline["sections"][1]["label"] == "grown"
    assert desk.get(f"{CATS}draft/en/").content.decode().count("to be looked at again") == 0


def test_a_thousand_hints_are_counted_and_ten_are_listed(town, edna, desk) -> None:
    published(town, edna, GUIDELINE, TAXONOMY)
    many = copied(GUIDELINE)
    many["examples"] += [{**many["examples"][0], "id": f"more-{number}"} for number in range(1000)]
    draft(town, edna, many, SPLIT)
    state = desk.get(DRAFT).content.decode().partition('id="state"')[2].partition("</section>")[0]
    assert (
        "1,003 parts name" in state.replace("1003", "1,003")
        and state.count("<li><a ") == 10
        and "and 993 more" in state
    )
