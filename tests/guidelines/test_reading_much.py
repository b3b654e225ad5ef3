"""300 sections and 2,000 examples: few statements, bounded bytes, whatever is read of them."""

import hashlib
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assets.models import Asset, Grant
from guidelines.models import GuidelineVersion
from tests.guidelines.illustrated import ILLUSTRATED
from tests.guidelines.writing import editor, published
from tests.reviews.test_pages import SIGN_IN, bench, signed_in, statements
from tests.town import Town, build

pytestmark = pytest.mark.django_db
SECTIONS, EXAMPLES = 300, 2_000
WORDS = "Look at the **ears** first, then at the *tail*; say what is seen and never what is meant. "


def shown(town: Town, count: int) -> list[str]:
    """Give the project files of this many pictures: rows alone, whose bytes no page needs."""
    names = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(count)]
    sizes = {"media_type": "image/png", "bytes": 10, "width": 640, "height": 420, "stored_at": town.now}
    made = Asset.objects.bulk_create([Asset(sha256=name, **sizes) for name in names])
    Grant.objects.bulk_create([Grant(project=town.project, asset=one, granted_at=town.now) for one in made])
    return [f"sha256:{name}" for name in names]


def much(town: Town, sections: int = SECTIONS, examples: int = EXAMPLES) -> dict[str, Any]:
    text = "\n\n".join([WORDS * 4, "- One\n- Two\n- Three", "## More", WORDS * 3])
    labels = ["cat", "kitten", "dog", "fox"]
    verdicts = ["correct", "incorrect", "borderline"]
    return {
        "sections": [
            {"id": f"part-{number}", "kind": "label", "title": f"Section {number}", "text": text}
            | {"label": labels[number % 4]}
            for number in range(sections)
        ],
        "examples": [
            {
                "id": f"shot-{number}",
                "kind": "image",
                "verdict": verdicts[number % 3],
                "caption": f"Example {number}: an animal beside a door, seen from behind.",
                "section": f"part-{number % sections}",
                "label": labels[number % 4],
                "asset": asset,
                "regions": [{"x": 10, "y": 10, "width": 200, "height": 200, "note": "The animal."}],
            }
            for number, asset in enumerate(shown(town, examples))
        ],
    }  # fmt: skip


@pytest.fixture
def town() -> Town:
    town = build(people=1, adjudicators=0)
    published(town, editor(town), much(town), ILLUSTRATED)
    town.send(0.5)
    return town


@pytest.fixture
def reader(town: Town) -> Client:
    return signed_in(town.people[0])


def test_the_page_takes_few_statements_and_bounded_bytes(town, reader):
    url = reverse("guideline", args=["cats"])
    assert statements(reader, url) <= SIGN_IN + 16
    assert statements(reader, url) <= SIGN_IN + 13
    page = reader.get(url).content
    assert page.count(b"<figure") == EXAMPLES and page.count(b'loading="lazy"') == EXAMPLES
    assert len(page) < 3_500_000


def test_the_panel_takes_few_statements_and_bounded_bytes(town, reader):
    version = GuidelineVersion.objects.get()
    url = reverse("guideline-panel", args=["cats", version.digest, version.taxonomy.digest])
    for asked in ({"at": "label-cat"}, {"at": "section-part-1"}, {"at": ""}, {"find": "door behind"}):
        assert statements(reader, url, asked) <= SIGN_IN + 6, asked
        page = reader.get(url, asked).content
        assert len(page) < 120_000 and page.count(b"<figure") <= 24, asked
    assert b"Sections: 40. Examples: 0." in reader.get(url, {"find": "EARS"}).content


def test_the_review_page_holds_none_of_it(town, reader):
    page = bench(reader).content
    assert b'data-panel="/projects/cats/guideline/panel/' in page
    assert b"Section 1" not in page and len(page) < 300_000


def test_a_files_address_takes_few_statements(town, reader):
    name = hashlib.sha256(b"1999").hexdigest()
    url = reverse("guideline-media", args=["cats", name, "thumbnail-1"])
    reader.get(url)
    with CaptureQueriesContext(connection) as seen:
        assert reader.get(url).status_code == 410  # only rows were made here
    assert len(seen) <= SIGN_IN + 8


def test_what_changed_takes_few_statements_and_is_cut_where_it_is_long(town, reader):
    document = much(town, 300, 0) | {"examples": []}
    for section in document["sections"]:
        section["text"] = section["text"].replace("tail", "whiskers")
    published(town, editor(town, "eve"), document, ILLUSTRATED)
    url = reverse("guideline-changes", args=["cats"])
    assert statements(reader, url) <= SIGN_IN + 22
    page = reader.get(url).content.decode()
    assert page.count('<section class="change') == 400 and "1900 more parts differ." in page.replace(",", "")
