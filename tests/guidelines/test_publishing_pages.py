"""Guidelines compared, read by a second editor, published and ended on pages of the admin; one of full size."""

import datetime as dt
import zoneinfo
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actions import add_person, give_membership
from accounts.reads import Actor, console
from guidelines.actions import ask_for_second_editor, begin_guideline_draft, propose_guideline_draft
from guidelines.models import GuidelineDraft, GuidelineTerm, GuidelineVersion
from guidelines.policies import affected
from tests.guidelines.test_guideline_editor import CATS, DRAFT, HOME, revision, signed_in
from tests.guidelines.writing import GUIDELINE, MERGED, SPLIT, TAXONOMY, copied, draft, editor, published
from tests.town import Town, build

pytestmark = pytest.mark.django_db
PUBLISH = f"{DRAFT}publishing/"
OTHER = copied(GUIDELINE) | {"sections": GUIDELINE["sections"][:1], "examples": []}


@pytest.fixture
def town() -> Town:
    return build(people=1, adjudicators=0)


@pytest.fixture
def edna(town: Town) -> Actor:
    return editor(town)


@pytest.fixture
def client(edna: Actor) -> Client:
    return signed_in(edna)


def test_two_versions_are_told_apart_word_by_word_with_their_mapping(town: Town, edna: Actor, client: Client) -> None:
    published(town, edna)
    other = copied(GUIDELINE)
    other["sections"][1]["text"] = "Four legs, and dignity."
    other["examples"][0]["caption"] = "A plush cat is no cat."
    published(town, edna, other, SPLIT)
    page = unescape(client.get(f"{CATS}versions/2/?against=1").content.decode())
    assert "Four legs, and <del>" in page and "pride</del><ins>" in page and "dignity</ins>" in page
    assert "<code>cat</code> → <code>kitten, grown</code>" in page and "By age." in page
    assert "They say the same" not in page
    assert "They say the same" in client.get(f"{CATS}versions/2/?against=2").content.decode()
    assert client.get(f"{CATS}versions/9/").status_code == 404
    assert client.get(f"{CATS}versions/2/?against=٣").status_code == 200


def test_a_draft_is_published_at_once_after_the_differences_were_read(town: Town, edna: Actor, client: Client) -> None:
    published(town, edna)
    draft(town, edna, GUIDELINE, MERGED, "Merged.")
    page = unescape(client.get(PUBLISH).content.decode())
    assert "<code>dog, fox</code> → <code>canid</code>" in page and "1 person" in page
    unread = client.post(PUBLISH, {"revision": revision(), "when": "now"})
    assert unread.status_code == 422 and "Tick that you have read" in unread.content.decode()
    assert GuidelineVersion.objects.count() == 1
    answer = client.post(PUBLISH, {"revision": revision(), "when": "now", "sure": "yes"}, follow=True)
    page = unescape(answer.content.decode())
    assert "Version 2 is published and in force." in page and "published by edna" in page and "Merged." in page
    assert not GuidelineDraft.objects.exists()


def test_a_day_is_read_in_the_editors_zone_which_is_named(town: Town, edna: Actor, client: Client) -> None:
    published(town, edna)
    draft(town, edna, OTHER, summary="Later.")
    client.cookies["zone"] = "Europe%2FBerlin"
    assert "Day and time, Europe/Berlin" in client.get(PUBLISH).content.decode()
    day = (town.now + dt.timedelta(days=40)).date()
    wrong = client.post(PUBLISH, {"revision": revision(), "when": "day", "starts_at": "soon", "sure": "yes"})
    assert wrong.status_code == 422 and "Write the day and the time" in wrong.content.decode()
    none = client.post(PUBLISH, {"revision": revision(), "when": "day", "sure": "yes"})
    assert none.status_code == 422 and "Choose the day" in none.content.decode()
    past = {"revision": revision(), "when": "day", "starts_at": "2020-01-01T08:00", "sure": "yes"}
    gone = client.post(PUBLISH, past)
    assert gone.status_code == 422 and "Choose a time to come" in unescape(gone.content.decode())
    told = past | {"starts_at": f"{day}T08:30"}
    answer = client.post(PUBLISH, told, follow=True)
    assert "(Europe/Berlin)" in answer.content.decode()
    term = GuidelineTerm.objects.get(version__number=2)
    wanted = dt.datetime.combine(day, dt.time(8, 30), zoneinfo.ZoneInfo("Europe/Berlin"))
    assert (term.starts_at, term.state) == (wanted, "waiting")
    draft(town, edna, OTHER | {"acknowledge": {}}, summary="Another.")
    waits = client.post(PUBLISH, {"revision": revision(), "when": "day", "starts_at": f"{day}T09:00", "sure": "yes"})
    assert waits.status_code == 409 and "A version waits for its day" in waits.content.decode()


def test_a_second_editor_agrees_or_sends_back_and_nobody_alone(town: Town, edna: Actor, client: Client) -> None:
    ben = signed_in(editor(town, "Ben"))
    client.post(f"{CATS}second-editor/", {"with_second": "yes"})
    draft(town, edna)
    assert 'name="sure"' not in client.get(PUBLISH).content.decode()
    alone = client.post(PUBLISH, {"revision": revision(), "when": "now", "sure": "yes"})
    assert alone.status_code == 409 and "Another editor reads this draft first" in alone.content.decode()
    assert client.post(f"{DRAFT}proposal/", {"revision": revision()}).status_code == 302
    page = unescape(client.get(PUBLISH).content.decode())
    assert "another editor agrees: Ben" in page and ">Agree to it<" not in page
    own = client.post(f"{DRAFT}answer/", {"revision": revision(), "agrees": "yes"})
    assert own.status_code == 409 and GuidelineDraft.objects.get().agreed_by_id is None
    silent = ben.post(f"{DRAFT}answer/", {"revision": revision(), "agrees": "no"})
    assert silent.status_code == 422 and "Say what is to be changed" in silent.content.decode()
    ben.post(f"{DRAFT}answer/", {"revision": revision(), "agrees": "no", "note": "Say more of foxes."})
    assert "Say more of foxes." in client.get(DRAFT).content.decode()
    client.post(f"{DRAFT}proposal/", {"revision": revision()})
    ben.post(f"{DRAFT}answer/", {"revision": revision(), "agrees": "yes"})
    done = client.post(PUBLISH, {"revision": revision(), "when": "now", "sure": "yes"}, follow=True)
    assert "agreed to by Ben" in unescape(done.content.decode())
    refused = client.post(f"{CATS}second-editor/", {"with_second": "no"})
    assert refused.status_code == 403


def test_a_version_is_retired_with_a_reason_and_told_whom_it_affects(town: Town, edna: Actor, client: Client) -> None:
    published(town, edna)
    page = f"{CATS}versions/1/ending/"
    assert "1 person" in client.get(page).content.decode()
    silent = client.post(page, {"reason": " "})
    assert silent.status_code == 422 and "the reason is kept for good" in silent.content.decode()
    assert GuidelineTerm.objects.get().state == "in_force"
    ended = client.post(page, {"reason": "It was wrong."}, follow=True)
    assert "Version 1 is retired." in ended.content.decode() and "It was wrong." in ended.content.decode()
    assert client.get(page).status_code == 409 and client.post(page, {"reason": "Again"}).status_code == 409


def test_what_is_too_long_is_told_so_and_stays_in_the_form(town: Town, edna: Actor, client: Client) -> None:
    version = published(town, edna)
    answer = client.post(f"{CATS}versions/{version.number}/ending/", {"reason": "x" * 4001})
    page = unescape(answer.content.decode())
    assert answer.status_code == 422 and "at most 4000 characters (it has 4001)" in page and "x" * 4001 in page
    assert "Say why" not in page and GuidelineTerm.objects.get().ended_at is None
    ask_for_second_editor(project=town.project, with_second=True, by=edna, at=town.now)
    made = draft(town, edna, summary="Mind the tail.")
    propose_guideline_draft(project=town.project, language="en", revision=made.revision, by=edna, at=town.now)
    sent = {"revision": made.revision, "agrees": "no", "note": "y" * 4001}
    answer = signed_in(editor(town, "second")).post(f"{DRAFT}answer/", sent)
    page = unescape(answer.content.decode())
    assert answer.status_code == 422 and "at most 4000 characters (it has 4001)" in page and "y" * 4001 in page
    assert "changed" not in page.split('role="alert"')[1].split("</div>")[0]
    assert GuidelineDraft.objects.get().proposed_by_id == edna.person_id


def test_a_translation_begins_with_the_parts_in_force_and_leaves_the_labels_alone(
    town: Town, edna: Actor, client: Client
) -> None:
    published(town, edna)
    assert client.post(f"{CATS}drafts/", {"language": "tlh"}).status_code == 422
    assert client.post(f"{CATS}drafts/", {"language": "de"}).status_code == 302
    german = f"{CATS}draft/de/"
    assert "Take over the parts" in client.get(german).content.decode()
    client.post(f"{german}source/", {"revision": revision()})
    made = GuidelineDraft.objects.get()
    assert [one["id"] for one in made.guideline["sections"]] == ["start", "cats", "toys"] and made.taxonomy is None
    own = client.post(f"{german}terms/label/", {"name": "Katze", "revision": revision()})
    assert own.status_code == 422 and client.get(f"{german}labels/").status_code == 200
    client.post(f"{german}sections/start/", {"kind": "overview", "title": "Tiere benennen", "revision": revision()})
    client.post(f"{german}facts/", {"summary": "Auf Deutsch.", "revision": revision()})
    done = {"revision": revision(), "when": "now", "sure": "yes"}
    assert client.post(f"{german}publishing/", done).status_code == 302
    assert GuidelineTerm.objects.filter(language="de", ended_at=None).count() == 1
    assert {term.state for term in GuidelineTerm.objects.all()} == {"in_force"}


def test_a_draft_that_was_overtaken_is_set_on_what_is_in_force(town: Town, edna: Actor, client: Client) -> None:
    published(town, edna)
    draft(town, edna, summary="Mine.")
    held = GuidelineDraft.objects.get()
    GuidelineDraft.objects.filter(pk=held.pk).update(base=None)
    page = client.get(PUBLISH).content.decode()
    assert "Set it on what is in force" in page and 'name="sure"' not in page
    stale = client.post(PUBLISH, {"revision": revision(), "when": "now", "sure": "yes"})
    assert stale.status_code == 409 and "Another version came in force" in stale.content.decode()
    client.post(f"{DRAFT}rebasing/", {"revision": revision()})
    assert "Set it on what is in force" not in client.get(PUBLISH).content.decode()


def test_only_who_judges_is_counted(town: Town, edna: Actor) -> None:
    person = add_person(name="Both", email="both@affected.invalid", by=console(), at=town.now)
    for role in ("reviewer", "operations"):
        give_membership(person=person, project=town.project, role=role, by=console(), at=town.now)
    assert affected(town.project, town.now) == [("Reviewer", 2)]


def large(sections: int, examples: int) -> dict[str, Any]:
    """Make a guideline of this size."""
    return {
        "sections": [
            {"id": f"s{n}", "kind": "other", "title": f"Section {n}", "text": "Words upon words. " * 60}
            for n in range(sections)
        ],
        "examples": [
            {"id": f"e{n}", "kind": "text", "verdict": "correct", "caption": f"Example {n}", "text": "A cat.",
             "section": f"s{n % sections}", "label": "cat"}
            for n in range(examples)
        ],
    }  # fmt: skip


def test_300_sections_and_2000_examples_stay_usable(town: Town, edna: Actor, client: Client) -> None:
    draft(town, edna, large(3, 20))
    pages = {"": 500_000, "labels/": 25_000, "examples/": 110_000, "examples/e1/": 30_000, "sections/s1/": 16_000}
    statements: dict[str, int] = {}
    for page in pages:
        client.get(DRAFT + page)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(DRAFT + page)
        statements[page] = len(asked)
    draft(town, edna, large(300, 2000))
    for page, most in pages.items():
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(DRAFT + page)
        assert (page, answer.status_code, len(asked)) == (page, 200, statements[page])
        assert len(asked) <= 12, [one["sql"][:90] for one in asked]
        assert len(answer.content) < most, (page, len(answer.content))
    with CaptureQueriesContext(connection) as asked:
        kept = client.post(
            f"{DRAFT}sections/s7/",
            {"kind": "other", "title": "Kept", "text": "So.", "revision": revision()},
            headers={"HX-Request": "true"},
        )
    assert b'id="notes-section-s7"' in kept.content and b"Kept" in kept.content
    assert kept.status_code == 200 and len(kept.content) < 4_000 and len(asked) <= 30
    listed = client.get(f"{DRAFT}examples/?page=40").content.decode()
    assert "Example 1999" in listed and "Page 40 of 40" in listed
    filtered = client.get(f"{DRAFT}examples/?section=s299").content.decode()
    assert "Example 299" in filtered and "Example 298<" not in filtered


def test_the_list_names_what_waits_and_who_writes(town: Town, edna: Actor, client: Client) -> None:
    published(town, edna)
    published(town, edna, OTHER, summary="Later.", starts_at=town.now + dt.timedelta(days=3))
    begin_guideline_draft(project=town.project, language="de", by=edna, at=town.now)
    ask_for_second_editor(project=town.project, with_second=True, by=edna, at=town.now)
    page = client.get(HOME).content.decode()
    assert "Version 1" in page and "Version 2" in page and "changed by edna" in page
    project = client.get(CATS).content.decode()
    assert "Call off" in project and "Only an owner lets one editor publish alone" in project
    draft(town, edna, GUIDELINE, TAXONOMY, "Ask.")
    propose_guideline_draft(
        project=town.project,
        language="en",
        revision=GuidelineDraft.objects.get(language="en").revision,
        by=edna,
        at=town.now,
    )
    assert "to be read" in client.get(HOME).content.decode()
