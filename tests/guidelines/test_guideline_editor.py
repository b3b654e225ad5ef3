"""The pages of guidelines in the admin: who gets them, what they keep, what they refuse and where they say so."""

import io
import re
import wave
from html import unescape
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.actions import add_person, give_membership, name_owner
from accounts.models import Role, User
from accounts.reads import Actor, actor_of_person, console
from assets.models import Asset
from guidelines.actions import begin_guideline_draft
from guidelines.admin import PAGES as ADDRESSES
from guidelines.content import taxonomy_doc
from guidelines.models import GuidelineDraft, GuidelineTerm, GuidelineVersion
from tests.guidelines.carding import CARD, card_draft, carded
from tests.guidelines.writing import GUIDELINE, TAXONOMY, copied, draft, editor, published
from tests.town import Town, build

pytestmark = pytest.mark.django_db
HOME = "/admin/guidelines/guidelineversion/"
CATS = f"{HOME}cats/"
DRAFT = f"{CATS}draft/en/"


@pytest.fixture
def town() -> Town:
    return build(people=1, adjudicators=0)


@pytest.fixture
def edna(town: Town) -> Actor:
    return editor(town)


def signed_in(who: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(person_id=who.person_id), "django.contrib.auth.backends.ModelBackend")
    return client


def someone(town: Town, role: str) -> Client:
    if role == "stranger":
        return Client()
    person = add_person(name=role, email=f"{role}@pages.invalid", by=console(), at=town.now)
    if role == "owner":
        name_owner(person=person, by=console(), at=town.now)
    elif role != "outsider":
        give_membership(person=person, project=town.project, role=role, by=console(), at=town.now)
    return signed_in(actor_of_person(person, "browser"))


def fields(page: str, form: str) -> dict[str, list[str]]:
    """Read a form as a browser would send it, untouched."""
    whole = re.search(rf'<form[^>]*id="{form}".*?</form>', page, re.DOTALL)
    assert whole
    found: dict[str, list[str]] = {}
    pattern = r"<input([^>]*)>|<select([^>]*)>(.*?)</select>|<textarea([^>]*)>\n?(.*?)</textarea>"
    for given in re.finditer(pattern, whole[0], re.DOTALL):
        told = dict(re.findall(r'([\w-]+)="([^"]*)"', given[1] or given[2] or given[4] or ""))
        if "name" not in told:
            continue
        if given[3] is not None:
            chosen = re.search(r'value="([^"]*)" selected', given[3]) or re.search(r'value="([^"]*)"', given[3])
            value = chosen[1] if chosen else ""
        elif given[5] is not None:
            value = given[5].replace("\n", "\r\n")
        elif told.get("type") == "checkbox" and " checked" not in given[1]:
            continue
        else:
            value = told.get("value", "")
        found.setdefault(told["name"], []).append(unescape(value))
    return found


def revision() -> int:
    return GuidelineDraft.objects.get().revision


ROLES = [*Role.values, "owner", "outsider", "stranger"]
PAGES: list[tuple[str, str, int]] = [
    ("GET", "", 200),
    ("GET", "versions/1/", 200),
    ("GET", "versions/1/ending/", 200),
    ("GET", "draft/en/", 200),
    ("GET", "draft/en/sections/cats/", 200),
    ("GET", "draft/en/labels/", 200),
    ("GET", "draft/en/terms/label/cat/", 200),
    ("GET", "draft/en/examples/", 200),
    ("GET", "draft/en/examples/plush/", 200),
    ("GET", "draft/en/publishing/", 200),
    ("POST", "drafts/", 302),
    ("POST", "importing/", 422),
    ("POST", "draft/en/preview/", 200),
    ("POST", "draft/en/facts/", 409),
    ("POST", "draft/en/source/", 422),
    ("POST", "draft/en/acts/", 422),
    ("POST", "draft/en/rebasing/", 409),
    ("POST", "draft/en/sections/", 409),
    ("POST", "draft/en/sections/cats/", 409),
    ("POST", "draft/en/labels/mapping/", 422),
    ("POST", "draft/en/labels/cat/steps/retire/", 409),
    ("POST", "draft/en/terms/label/", 409),
    ("POST", "draft/en/terms/label/cat/", 409),
    ("POST", "draft/en/examples/", 302),
    ("POST", "draft/en/examples/plush/", 409),
    ("POST", "draft/en/proposal/", 409),
    ("POST", "draft/en/answer/", 422),
    ("POST", "draft/en/publishing/", 422),
    ("POST", "draft/en/discarding/", 409),
    ("POST", "versions/1/ending/", 422),
    ("POST", "second-editor/", 302),
    ("GET", "cards/", 200),
    ("GET", "cards/{model}/", 200),
    ("GET", "cards/{model}/draft/", 200),
    ("GET", "cards/{model}/draft/publishing/", 200),
    ("GET", "cards/{model}/retiring/", 200),
    ("POST", "cards/{model}/draft/", 409),
    ("POST", "cards/{model}/draft/preview/", 200),
    ("POST", "cards/{model}/draft/publishing/", 422),
    ("POST", "cards/{model}/draft/discarding/", 409),
    ("POST", "cards/{model}/retiring/", 422),
]


@pytest.mark.parametrize("role", ROLES)
def test_each_page_opens_to_the_projects_editors_and_owners_alone(town: Town, edna: Actor, role: str) -> None:
    published(town, edna)
    draft(town, edna, copied(GUIDELINE) | {"acknowledge": {}}, TAXONOMY)
    model = carded(town, edna).model
    card_draft(town, edna, CARD | {"limits": "Others."})
    before = revision()
    client = someone(town, role)
    refused = {"stranger": 302, "outsider": 404}.get(role, 403)
    taken = role in ("guideline_editor", "owner")
    for method, path, status in PAGES:
        address = CATS + path.format(model=model.pk)
        answer = client.get(address) if method == "GET" else client.post(address, {})
        assert (method, path, answer.status_code) == (method, path, status if taken else refused)
    assert client.get(HOME).status_code == (200 if taken else 302 if role == "stranger" else 404)
    assert revision() == before and GuidelineVersion.objects.count() == 1
    assert GuidelineTerm.objects.get().state == "in_force"


def test_every_address_of_the_editor_has_its_row() -> None:
    rows = {re.sub(r"/(cats|plush|label|cat|retire)(?=/)", "/<>", f"/{path}") for _method, path, _status in PAGES}
    routes = {
        re.sub(r"<[^>]*>", "<>", re.sub("<str:language>", "en", route.removeprefix("<slug:project>")))
        for route, _view, _name in ADDRESSES
    }
    assert {row.replace("versions/1", "versions/<>").replace("{model}", "<>") for row in rows} == routes


def test_the_admins_index_leads_here_and_no_address_writes_a_row_by_itself(town: Town) -> None:
    client = someone(town, "owner")
    assert HOME in client.get("/admin/").content.decode()
    assert client.get(f"{HOME}add/").status_code == 404
    assert client.post(f"{HOME}1/change/", {}).status_code == 404


@pytest.mark.parametrize(
    ("page", "form"),
    [
        ("", "form-facts-"),
        ("sections/cats/", "form-section-cats"),
        ("terms/label/cat/", "form-label-cat"),
        ("terms/category/wrong/", "form-category-wrong"),
        ("terms/attribute/mood/", "form-attribute-mood"),
        ("examples/plush/", "form-example-plush"),
        ("examples/marked/", "form-example-marked"),
    ],
)
def test_a_form_that_nobody_touched_changes_nothing(town: Town, edna: Actor, page: str, form: str) -> None:
    client = signed_in(edna)
    brought = Asset.objects.create(
        sha256="a" * 64, media_type="image/png", bytes=3, width=90, height=60, stored_at=town.now
    )
    brought.grant_set.create(project=town.project, granted_at=town.now)
    odd = copied(GUIDELINE) | {"acknowledge": {"questions": 2, "right": 1}}
    odd["sections"][1]["text"] = "\n First\n\n    code\n"
    odd["examples"].append(
        {"id": "marked", "kind": "page", "verdict": "borderline", "asset": f"sha256:{'a' * 64}",
         "regions": [{"x": 0, "y": 2, "width": 3, "height": 4, "note": "An ear"}]}
    )  # fmt: skip
    mood = {"code": "mood", "name": "Mood", "kind": "choice", "values": ["calm", "cross"], "labels": ["cat"]}
    draft(town, edna, odd, copied(TAXONOMY) | {"attributes": [mood]})
    before = GuidelineDraft.objects.get()
    sent = fields(client.get(DRAFT + page).content.decode(), form)
    assert client.post(DRAFT + (page or "facts/"), sent).status_code == 302
    now = GuidelineDraft.objects.get()
    assert (now.revision, now.guideline, now.taxonomy) == (before.revision, before.guideline, before.taxonomy)


def test_what_is_typed_is_kept_part_by_part(town: Town, edna: Actor) -> None:
    client = signed_in(edna)
    draft(town, edna)
    sent: dict[str, Any] = {"title": " Cats ", "kind": "edge_case", "label": "dog", "text": "One\r\ntwo"}
    client.post(f"{DRAFT}sections/cats/", sent | {"revision": revision()})
    sent = {"name": "Feline", "key": "C", "colour": "12", "definition": "Whiskers.", "parent": "dog"}
    client.post(f"{DRAFT}terms/label/cat/", sent | {"revision": revision()})
    sent = {"summary": "Why not", "acknowledge": "yes", "questions": "2", "right": "1"}
    client.post(f"{DRAFT}facts/", sent | {"revision": revision()})
    now = GuidelineDraft.objects.get()
    assert now.guideline["sections"][1] == {
        "id": "cats", "kind": "edge_case", "title": "Cats", "label": "dog", "text": "One\ntwo",
    }  # fmt: skip
    assert now.taxonomy is not None
    assert now.taxonomy["labels"][0] == {
        "code": "cat", "name": "Feline", "key": "c", "colour": 12, "definition": "Whiskers.", "parent": "dog",
    }  # fmt: skip
    assert (now.summary, now.guideline["acknowledge"]) == ("Why not", {"questions": 2, "right": 1})
    told = re.findall(r"<li><a href=[^>]*>([^<]*)", client.get(DRAFT).content.decode())
    assert any("has no example" in unescape(one) for one in told)


def test_a_part_is_never_kept_over_somebody_elses_change(town: Town, edna: Actor) -> None:
    client = signed_in(edna)
    draft(town, edna)
    read = revision()
    client.post(f"{DRAFT}sections/start/", {"revision": read, "title": "Theirs", "kind": "overview"})
    mine = {"revision": read, "title": "Mine", "kind": "label", "label": "cat", "text": "Mine."}
    answer = client.post(f"{DRAFT}sections/cats/", mine)
    assert answer.status_code == 409 and b"What you see is yours" in answer.content and b"Mine." in answer.content
    script = client.post(f"{DRAFT}sections/cats/", mine, headers={"HX-Request": "true"})
    assert script.status_code == 409 and b'id="revision"' not in script.content
    assert GuidelineDraft.objects.get().guideline["sections"][1]["title"] == "Cats"
    client.post(f"{DRAFT}sections/cats/", mine | {"over": read + 1})
    titles = [one["title"] for one in GuidelineDraft.objects.get().guideline["sections"]]
    assert titles[:2] == ["Theirs", "Mine"]


def test_faults_stand_at_their_places_with_a_list_that_leads_there(town: Town, edna: Actor) -> None:
    client = signed_in(edna)
    faulty = copied(GUIDELINE)
    faulty["examples"] = []
    nameless = copied(TAXONOMY)
    nameless["labels"][1] |= {"definition": "", "key": "1"}
    draft(town, edna, faulty, nameless, summary="")
    page = unescape(client.get(f"{DRAFT}?open=toys").content.decode())
    for address in (f"{DRAFT}?open=toys#section-toys", f"{DRAFT}labels/?open=label-dog#label-dog", f"{DRAFT}#facts"):
        assert f'href="{address}"' in page
    assert "The edge case “Toys” has no example" in page.split('id="notes-section-toys"')[1][:400]
    form = unescape(client.get(f"{DRAFT}terms/label/dog/").content.decode())
    assert "“Dog” has no definition" in form.split('id="notes-label-dog"')[1][:400]
    assert "Two labels have the key 1" in unescape(client.get(f"{DRAFT}labels/").content.decode())
    publishing = client.get(f"{DRAFT}publishing/").content.decode()
    assert 'name="sure"' not in publishing
    answer = client.post(f"{DRAFT}publishing/", {"revision": revision(), "when": "now", "sure": "yes"})
    assert answer.status_code == 422 and not GuidelineVersion.objects.exists()


STEPS: list[tuple[str, str, dict[str, Any], list[str], list[dict[str, Any]]]] = [
    ("cat", "rename", {"to": "feline", "name": "Feline"},
     ["feline", "dog", "fox"], [{"was": ["cat"], "now": ["feline"]}]),
    ("fox", "merge", {"into": "dog"}, ["cat", "dog"], [{"was": ["dog", "fox"], "now": ["dog"]}]),
    ("cat", "split", {"part-code": ["kitten", "cat"], "part-name": ["Kitten", "Old"], "note": "Age"},
     ["kitten", "cat", "dog", "fox"], [{"was": ["cat"], "now": ["kitten", "cat"], "note": "Age"}]),
    ("fox", "retire", {"note": "None came"}, ["cat", "dog"], [{"was": ["fox"], "now": [], "note": "None came"}]),
]  # fmt: skip


@pytest.mark.parametrize(("code", "act", "sent", "active", "rows"), STEPS)
def test_a_step_of_a_label_writes_the_labels_and_the_mapping(
    town: Town, edna: Actor, code: str, act: str, sent: dict[str, Any], active: list[str], rows: list[dict[str, Any]]
) -> None:
    published(town, edna)
    client = signed_in(edna)
    begin_guideline_draft(project=town.project, language="en", by=edna, at=town.now)
    answer = client.post(f"{DRAFT}labels/{code}/steps/{act}/", sent | {"revision": revision()})
    assert answer.status_code == 302
    now = GuidelineDraft.objects.get()
    assert now.taxonomy is not None
    assert [one["code"] for one in now.taxonomy["labels"] if one.get("active") is not False] == active
    assert now.taxonomy["mapping"]["rows"] == rows
    if act == "rename":
        assert {one["label"] for one in now.guideline["examples"]} == {"feline"}
    gone = next((one["code"] for one in now.taxonomy["labels"] if one.get("active") is False), None)
    assert gone == (None if act == "split" else code)
    if gone and act == "retire":
        client.post(f"{DRAFT}labels/{code}/steps/back/", {"revision": revision()})
        back = GuidelineDraft.objects.get().taxonomy
        assert back is not None and "mapping" not in back and len(back["labels"]) == 3


def test_a_label_that_is_renamed_and_then_split_is_mapped_from_what_is_in_force(town: Town, edna: Actor) -> None:
    published(town, edna)
    client = signed_in(edna)
    draft(town, edna)
    parts = {"part-code": ["kitten", "grown"], "part-name": ["Kitten", "Grown"]}
    for code, act, sent in [("cat", "rename", {"to": "feline", "name": ""}), ("feline", "split", parts)]:
        client.post(f"{DRAFT}labels/{code}/steps/{act}/", {**sent, "revision": revision()})
    for code in ("kitten", "grown"):
        sent = {"name": code, "definition": "So.", "revision": revision()}
        client.post(f"{DRAFT}terms/label/{code}/", sent)
    moved = copied(GuidelineDraft.objects.get().guideline)
    assert {one["label"] for one in moved["examples"]} == {"feline"}  # which part, only a person can say
    for one in ("plush", "cloud"):
        sent = {"caption": "So", "verdict": "correct", "section": "toys", "label": "kitten", "text": "A cat"}
        client.post(f"{DRAFT}examples/{one}/", sent | {"revision": revision()})
    client.post(f"{DRAFT}sections/cats/", {"kind": "label", "title": "C", "label": "grown", "revision": revision()})
    answer = client.post(f"{DRAFT}publishing/", {"revision": revision(), "when": "now", "sure": "yes"})
    assert answer.status_code == 302
    mapping = taxonomy_doc(bytes(GuidelineVersion.objects.get(number=2).taxonomy.body)).mapping
    assert mapping is not None
    assert [(row.was, row.now) for row in mapping.rows] == [(("cat",), ("kitten", "grown"))]


@pytest.mark.parametrize(
    ("act", "sent", "words"),
    [
        ("rename", {"to": "dog"}, "Another label has the code dog"),
        ("rename", {}, "Give the code"),
        ("merge", {"into": "cat"}, "Choose the label that it becomes part of"),
        ("split", {"part-code": ["one"], "part-name": ["One"]}, "Name at least two labels"),
        ("split", {"part-code": ["dog", "two"], "part-name": ["One", "Two"]}, "Another label has the code dog"),
    ],
)
def test_a_step_that_cannot_be_is_refused_on_its_page(
    town: Town, edna: Actor, act: str, sent: dict[str, Any], words: str
) -> None:
    published(town, edna)
    draft(town, edna, summary="Other")
    before = revision()
    answer = signed_in(edna).post(f"{DRAFT}labels/cat/steps/{act}/", sent | {"revision": before})
    assert answer.status_code == 422 and words in unescape(answer.content.decode())
    assert revision() == before


def image(form: str = "PNG", size: tuple[int, int] = (80, 60)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "teal").save(file, form)
    return file.getvalue()


def test_files_are_taken_by_what_they_hold_and_hostile_ones_refused(town: Town, edna: Actor) -> None:
    client = signed_in(edna)
    draft(town, edna)
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    sent = [
        SimpleUploadedFile("../../<script>alert(1)</script>.svg", image(), "image/svg+xml"),
        SimpleUploadedFile("innocent.png", svg, "image/png"),
        SimpleUploadedFile("<img src=x onerror=alert(1)>.png", b"<html><script>alert(1)</script>", "image/png"),
    ]
    answer = client.post(f"{DRAFT}examples/", {"revision": revision(), "files": sent, "section": "toys"})
    assert answer.status_code == 302 and Asset.objects.count() == 1
    made = GuidelineDraft.objects.get().guideline["examples"][-1]
    assert made == {
        "id": "image", "kind": "image", "verdict": "correct", "section": "toys",
        "asset": f"sha256:{Asset.objects.get().sha256}",
    }  # fmt: skip
    page = client.get(answer["Location"]).content.decode()
    assert "innocent.png" in page and "<img src=x" not in page and "&lt;img src=x" in page
    assert "script.svg" not in page and "script-src" in client.get(DRAFT)["Content-Security-Policy"]


def test_marked_parts_are_kept_as_numbers_and_wrong_ones_told_of(town: Town, edna: Actor) -> None:
    client = signed_in(edna)
    draft(town, edna)
    client.post(f"{DRAFT}examples/", {"revision": revision(), "files": [SimpleUploadedFile("a.png", image())]})
    sent = {
        "kind": "page", "verdict": "borderline", "caption": "An ear", "alt": "A cat",
        "region-x": ["0", "x", ""], "region-y": ["2", "1", ""], "region-width": ["30", "5", ""],
        "region-height": ["4", "5", ""], "region-note": ["Ear", "", ""],
    }  # fmt: skip
    client.post(f"{DRAFT}examples/image/", sent | {"revision": revision()})
    kept = GuidelineDraft.objects.get().guideline["examples"][-1]
    assert kept["regions"] == [
        {"x": 0, "y": 2, "width": 30, "height": 4, "note": "Ear"},
        {"y": 1, "width": 5, "height": 5},
    ]
    assert (kept["kind"], kept["verdict"], kept["alt"]) == ("page", "borderline", "A cat")
    page = client.get(f"{DRAFT}examples/image/").content.decode()
    assert "A part of a picture has a place and a size" in page.split('id="notes-example-image"')[1][:300]


def sound() -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as made:
        made.setnchannels(1)
        made.setsampwidth(2)
        made.setframerate(8000)
        made.writeframes(bytes(16_000))
    return file.getvalue()


def test_a_sound_is_marked_in_milliseconds(town: Town, edna: Actor) -> None:
    client = signed_in(edna)
    draft(town, edna)
    client.post(f"{DRAFT}examples/", {"revision": revision(), "files": [SimpleUploadedFile("a.mp3", sound())]})
    sent = {"verdict": "correct", "caption": "A hiss", "region-start_ms": ["100"], "region-end_ms": ["900"]}
    client.post(f"{DRAFT}examples/audio/", sent | {"revision": revision()})
    kept = GuidelineDraft.objects.get().guideline["examples"][-1]
    assert (kept["kind"], kept["regions"]) == ("audio", [{"start_ms": 100, "end_ms": 900}])
    page = client.get(f"{DRAFT}examples/audio/").content.decode()
    assert "<audio" in page and 'value="900"' in page and "It can be published" in page


def test_parts_are_moved_and_removed_and_never_of_another_revision(town: Town, edna: Actor) -> None:
    client = signed_in(edna)
    draft(town, edna)

    def order() -> list[str]:
        return [one["id"] for one in GuidelineDraft.objects.get().guideline["sections"]]

    for act, now in [
        ("section:up:start", ["start", "cats", "toys"]),
        ("section:down:start", ["cats", "start", "toys"]),
        ("section:to:toys:0", ["toys", "cats", "start"]),
        ("section:remove:cats", ["toys", "start"]),
    ]:
        assert client.post(f"{DRAFT}acts/", {"act": act, "revision": revision()}).status_code == 302
        assert order() == now
    answer = client.post(f"{DRAFT}acts/", {"act": "section:remove:toys", "revision": revision() - 1})
    assert answer.status_code == 409 and b"Nothing of yours was kept" in answer.content and order() == ["toys", "start"]
    assert client.post(f"{DRAFT}acts/", {"act": "section:up:cats", "revision": revision()}).status_code == 422


def test_hostile_words_are_words_in_the_preview(town: Town, edna: Actor) -> None:
    client = signed_in(edna)
    draft(town, edna)
    text = "<script>x</script> [a](javascript:x) ![b](https://far.invalid/x.png) <b onclick=x>c</b>\n\n**d**"
    page = client.post(f"{DRAFT}preview/", {"title": "<i>T</i>", "text": text}).content.decode()
    for tag in ("<script", "<a", "<img", "<b ", "<i>"):
        assert tag not in page
    assert "<strong>d</strong>" in page and "&lt;i&gt;T&lt;/i&gt;" in page


def test_an_archive_is_taken_in_as_a_draft_and_a_version_gives_its_own(town: Town, edna: Actor) -> None:
    version = published(town, edna)
    client = signed_in(edna)
    page = client.get(f"{CATS}versions/{version.number}/").content.decode()
    address = reverse("guideline-archive", args=["cats", version.number])
    assert address in page
    archive = b"".join(client.get(address).streaming_content)
    known = client.post(f"{CATS}importing/", {"archive": ContentFile(archive, "cats.zip")}, follow=True)
    assert "in force already" in known.content.decode() and not GuidelineDraft.objects.exists()
    other = copied(GUIDELINE)
    other["sections"][0]["text"] = "Since then."
    published(town, edna, other)
    answer = client.post(f"{CATS}importing/", {"archive": ContentFile(archive, "cats.zip")})
    assert (answer.status_code, answer["Location"]) == (302, f"{CATS}draft/en/")
    assert GuidelineDraft.objects.get().guideline["sections"][0]["text"] != "Since then."
    bad = client.post(f"{CATS}importing/", {"archive": ContentFile(archive[:200], "cats.zip")})
    assert bad.status_code == 422
