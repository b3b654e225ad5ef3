"""Guidelines as their readers see them: the page, its files, what changed, the file that is saved."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accounts.reads import Actor
from guidelines.models import GuidelineDraft
from guidelines.reads import inside, reading_of
from reviews.reads import guiding
from tests.guidelines.illustrated import ILLUSTRATED, drawn, illustrated, kept, two_versions
from tests.guidelines.writing import GUIDELINE, MERGED, SPLIT, TAXONOMY, copied, draft, editor, published
from tests.reviews.test_pages import signed_in, with_role
from tests.town import Town, build

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'><svg onload=alert(1)>"


@pytest.fixture(autouse=True)
def storage(settings: LazySettings, tmp_path: Path) -> None:
    default = {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path, "file_permissions_mode": 0o600}}
    settings.STORAGES = {**settings.STORAGES, "default": default}


@pytest.fixture
def town() -> Town:
    return build(people=1, adjudicators=0)


@pytest.fixture
def edna(town: Town) -> Actor:
    return editor(town)


@pytest.fixture
def reader(town: Town) -> Client:
    return signed_in(town.people[0])


def read(client: Client, name: str = "guideline", **asked: Any) -> str:
    answer = client.get(reverse(name, args=["cats"]), asked)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def media(client: Client, asset: str, recipe: str = "thumbnail-1") -> Any:
    return client.get(reverse("guideline-media", args=["cats", asset.removeprefix("sha256:"), recipe]))


def test_sections_have_addresses_and_stand_in_the_contents(town, edna, reader):
    published(town, edna, illustrated(town), ILLUSTRATED)
    page = read(reader)
    ids = ["start", "cats", "toys", "mistakes", "night"]
    assert re.findall(r'<section class="part" id="section-([a-z]+)"', page) == ids
    assert re.findall(r'<li><a href="#section-([a-z]+)"', page) == ids
    assert "<strong>seen</strong>" in page and "Edge case" in page


def test_labels_stand_as_a_tree_with_their_keys_colours_and_sections(town, edna, reader):
    published(town, edna, illustrated(town), ILLUSTRATED)
    page = read(reader)
    rows = re.findall(r'data-term="(\w+)" data-depth="(\d)"', page)
    assert rows == [("cat", "0"), ("kitten", "1"), ("dog", "0"), ("fox", "0")]
    cat = page.partition('id="label-cat"')[2].partition("</div>")[0]
    assert 'data-label="9"' in cat and "<kbd>1</kbd>" in cat and 'href="#section-cats"' in cat
    assert "Another label than the one that holds." in page and "day, night" in page


def test_an_example_says_its_verdict_in_words_and_shows_its_regions(town, edna, reader):
    published(town, edna, illustrated(town), ILLUSTRATED)
    page = read(reader)
    shot = page.partition('id="example-shot-2"')[2].partition("</figure>")[0]
    assert "Incorrect" in shot and "Picture 2 is incorrect." in shot and "The animal, whole." in shot
    assert 'viewBox="0 0 640 420"' in shot and '<rect x="80" y="60" width="220" height="220"/>' in shot
    assert 'loading="lazy"' in shot and 'alt="A disc and a block, number 2"' in shot
    hiss = page.partition('id="example-hiss"')[2].partition("</figure>")[0]
    assert 'data-module="sound"' in hiss and 'preload="none"' in hiss and "0:00.5 – 0:01.5" in hiss
    assert page.index('id="section-night"') < page.index('id="example-shot-3"') < page.index('id="example-shot-4"')


def test_a_label_no_longer_said_is_followed_to_what_it_is_now(town, edna, reader):
    published(town, edna, GUIDELINE, TAXONOMY)
    published(town, edna, {**GUIDELINE, "sections": GUIDELINE["sections"][:1], "examples": []}, SPLIT)
    once = read(reader).partition('id="retired"')[2].partition("</section>")[0]
    assert re.findall(r"</span>([A-Za-z ]+)</span>", once.partition("is now")[2]) == ["Kitten", "Grown cat"]
    assert "By age." in once
    later = copied(SPLIT) | {"labels": [one for one in SPLIT["labels"] if one["code"] not in {"cat", "grown"}]}
    later["mapping"] = {"rows": [{"was": ["grown"]}]}
    published(town, edna, {**GUIDELINE, "sections": GUIDELINE["sections"][:1], "examples": []}, later)
    twice = read(reader).partition('id="retired"')[2].partition("</section>")[0]
    assert re.findall(r'data-term="(\w+)"', twice) == ["cat", "grown"]
    assert "Kitten" in twice.partition('data-term="grown"')[0]
    assert "was retired" in twice.partition('data-term="grown"')[2]


def test_an_earlier_version_says_from_when_to_when_it_was_in_force(town, edna, reader):
    two_versions(town, edna)
    now, old = read(reader), read(reader, version="1")
    assert "In force since" in now and "earlier version" not in now and "heard" in now
    assert "earlier version" in old and re.search(r"In force from .* to ", old) and "heard" not in old
    assert 'id="label-cat"' in old and 'id="label-cat"' not in now


def test_a_version_that_waits_for_its_day_is_for_nobody_yet(town, edna, reader):
    published(town, edna)
    town.wait(hours=1)
    changed = copied(GUIDELINE)
    changed["sections"][0]["text"] = "Later."
    waits = published(town, edna, changed, starts_at=town.now.replace(year=town.now.year + 1, day=1))
    digests = [waits.digest, waits.taxonomy.digest]
    assert "Later." not in read(reader) and "Version 2" not in read(reader)
    for name, args, asked in [
        ("guideline", [], {"version": "2"}),
        ("guideline-export", [], {"version": "2"}),
        ("guideline-changes", [], {"from": "2"}),
        ("guideline-panel", digests, {}),
    ]:
        assert reader.get(reverse(name, args=["cats", *args]), asked).status_code == 404, name


def test_the_files_of_examples_are_shown_to_members_and_to_nobody_else(town, edna, reader):
    document = illustrated(town)
    published(town, edna, document, ILLUSTRATED)
    asset = document["examples"][-1]["asset"]
    answer = media(reader, asset)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert "immutable" in answer["Cache-Control"] and "private" in answer["Cache-Control"]
    assert media(reader, document["examples"][2]["asset"], "listen-1")["Content-Type"] == "audio/webm"
    assert media(reader, asset, "original").status_code == 404
    assert media(reader, asset, "listen-1").status_code == 404
    stranger = with_role(town, "")
    assert media(signed_in(stranger), asset).status_code == 404
    assert media(Client(), asset).status_code == 302


def test_a_file_that_no_guideline_shows_has_no_address_there(town, edna, reader):
    published(town, edna)
    loose = kept(town, drawn("navy", 7))
    assert media(reader, loose).status_code == 404
    assert media(signed_in(edna), loose).status_code == 404


def test_the_files_of_a_draft_are_shown_to_its_editors_alone(town, edna, reader):
    published(town, edna)
    document = illustrated(town)
    draft(town, edna, document, ILLUSTRATED)
    asset = document["examples"][-1]["asset"]
    assert media(signed_in(edna), asset).status_code == 200
    assert media(reader, asset).status_code == 404
    GuidelineDraft.objects.update(guideline={"examples": ["no shape", {"asset": 7}]})
    assert media(signed_in(edna), asset).status_code == 404


def test_another_projects_guideline_opens_no_file_of_this_one(town, edna, reader):
    other = build(slug="dogs", people=1, adjudicators=0)
    document = illustrated(other)
    published(other, editor(other, "eve"), document, ILLUSTRATED)
    asset = document["examples"][-1]["asset"]
    assert media(reader, asset).status_code == 404
    assert (
        signed_in(other.people[0])
        .get(reverse("guideline-media", args=["dogs", asset.removeprefix("sha256:"), "screen"]))
        .status_code
        == 200
    )


class Acting(HTMLParser):
    """Collects what acts, or comes from elsewhere, in a page: handlers, scripts of no nonce, foreign addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        where = told.get("src") or told.get("href") or "/"
        acts = any(name.startswith("on") for name in told) or (tag == "script" and "nonce" not in told)
        if acts or not re.match(r"/|#|data:image/webp|data:audio/webm|\?", where):
            self.found.append(self.get_starttag_text() or tag)


def acting(page: str) -> list[str]:
    """Parse a page as a browser does and give what acts in it; the facts of a pane are no script that runs."""
    parser = Acting()
    parser.feed(page)
    return parser.found


def hostile(town: Town) -> dict[str, Any]:
    document = illustrated(town)
    for section in document["sections"]:
        section |= {"title": f"T {HOSTILE}", "text": f"# {HOSTILE}\n\n[x](javascript:alert(1)) ![y](http://e.invalid)"}
    for example in document["examples"]:
        example |= {"caption": f"C {HOSTILE}"}
        if example["kind"] == "text":
            example["text"] = HOSTILE
        elif example["kind"] == "image":
            example |= {"alt": HOSTILE, "regions": [{**example["regions"][0], "note": HOSTILE}]}
    return document


def test_hostile_words_are_words_on_every_page(town, edna, reader):
    taxonomy = copied(ILLUSTRATED)
    for one in [*taxonomy["labels"], *taxonomy["error_categories"], *taxonomy["attributes"]]:
        one["name"] += HOSTILE
    published(town, edna, GUIDELINE, TAXONOMY)
    version = published(town, edna, hostile(town), taxonomy, summary=HOSTILE)
    panel = reverse("guideline-panel", args=["cats", version.digest, version.taxonomy.digest])
    pages = [read(reader), read(reader, "guideline-changes"), read(reader, "guideline-export")]
    pages += [reader.get(panel, {"at": at}).content.decode() for at in ("", "label-cat", "error-wrong", "section-toys")]
    pages.append(reader.get(panel, {"find": "<script>"}).content.decode())
    for page in pages:
        assert "alert(1)" in page
        assert acting(page) == []


def test_what_changed_is_marked_word_by_word_with_labels_and_examples(town, edna, reader):
    two_versions(town, edna)
    page = read(reader, "guideline-changes")
    assert re.search("<ins>[^<]*heard", page)
    moves = page.partition('id="moves"')[2].partition("</section>")[0]
    assert "was split into" in moves and "Kitten" in moves and "Grown cat" in moves and "By age." in moves
    pictured = page.partition("Picture 2 is wrong: it is a block.")[2]
    assert "Before" in page and "Now" in pictured and "Picture 2 is incorrect." in page
    assert re.search(r"Pictures at night</span><span class=\"badge\" data-tone=\"reject\">", page)
    assert 'guideline/changes/?from=1"' in read(reader) and 'guideline/changes/?from=1"' in read(reader, version="1")
    assert "Nothing differs." in read(reader, "guideline-changes", **{"from": "2"})


def test_what_changed_needs_a_version_to_begin_from(town, edna, reader):
    url = reverse("guideline-changes", args=["cats"])
    assert reader.get(url).status_code == 404
    published(town, edna)
    assert reader.get(url).status_code == 404
    assert [reader.get(url, {"from": one}).status_code for one in ("1", "2", "x")] == [200, 404, 200]
    assert signed_in(with_role(town, "")).get(url, {"from": "1"}).status_code == 404


def test_merged_labels_are_told_as_one(town, edna, reader):
    published(town, edna, GUIDELINE, TAXONOMY)
    published(town, edna, GUIDELINE, MERGED)
    moves = read(reader, "guideline-changes").partition('id="moves"')[2].partition("</section>")[0]
    assert "were merged into" in moves
    assert [name in moves for name in ("Dog", "Fox", "Dog or fox")] == [True] * 3


def test_a_version_is_saved_as_one_file_that_needs_nothing_else(town, edna, reader):
    old, now = two_versions(town, edna)
    answer = reader.get(reverse("guideline-export", args=["cats"]))
    page = answer.content.decode()
    assert answer["Content-Disposition"] == 'attachment; filename="cats-guideline-2.html"'
    assert answer["Content-Type"] == "text/html; charset=utf-8"
    assert now.digest in page and now.taxonomy.digest in page and old.digest not in page
    assert len(re.findall(r'<img src="data:image/webp;base64,', page)) == 3
    assert '<audio controls src="data:audio/webm;base64,' in page
    assert not re.search(r'(?:src|href)="(?!data:|#)', page) and "<script" not in page and "url(" not in page
    first = reader.get(reverse("guideline-export", args=["cats"]), {"version": "1"}).content.decode()
    assert old.digest in first and "Pictures at night" in first
    stranger = signed_in(with_role(town, ""))
    assert stranger.get(reverse("guideline-export", args=["cats"])).status_code == 404


def test_what_is_too_large_for_the_saved_file_is_named(town, edna, reader):
    version = published(town, edna, illustrated(town), ILLUSTRATED)
    reading = reading_of(town.project.pk, version.digest, version.taxonomy.digest)
    order = list(dict.fromkeys(one.sha256 for one in reading.examples if one.sha256))
    whole = inside(town.project, reading)
    assert list(whole) == order
    assert list(inside(town.project, reading, most_sound=10)) == order[1:]
    most = len(whole[order[0]]) * 3 // 4
    assert list(inside(town.project, reading, most=most)) == order[:1]
    assert inside(build(slug="dogs", people=0, adjudicators=0).project, reading) == {}


def test_without_its_bytes_a_picture_is_named_in_the_saved_file(town, edna, reader, tmp_path):
    published(town, edna, illustrated(town), ILLUSTRATED)
    for file in tmp_path.rglob("*"):
        if file.is_file():
            file.unlink()
    page = read(reader, "guideline-export")
    assert "A picture that is not in this file:" in page and "A sound that is not in this file:" in page
    assert "<img" not in page


def test_a_guideline_of_one_text_is_read_by_its_headings():
    town = build(guideline="Look.\n\n# Ears\n\nTwo.\n\n## Tail\n\nOne.")
    page = read(signed_in(town.people[0]))
    assert re.findall(r'<section class="part" id="section-(\w+)"', page) == ["s1", "s2", "s3"]
    assert "Overview" in page and "Ears" in page and "Tail" in page


def test_what_is_in_force_is_shown_however_many_versions_of_another_language_are_newer(town, edna, reader, monkeypatch):
    monkeypatch.setattr(guiding, "SHOWN", 3)
    published(town, edna)
    other = copied(GUIDELINE)
    for number in range(5):
        other["sections"][0]["text"] = f"Sag {number}."
        published(town, edna, other, None, language="de")
        town.wait(hours=1)
    found = guiding.guide(town.project.pk)
    assert found.shown is not None and (found.shown.number, found.shown.language, found.newest) == (1, "en", True)
    assert [one.number for one in found.versions] == [6, 5, 1]
    assert "Say which animal is" in read(reader)
