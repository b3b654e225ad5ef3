"""A new project in pages without a script: what is typed is kept, what is refused is said, nothing is half done."""

import io
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts.actions import add_person, give_membership, name_owner
from accounts.models import Membership, Person, Project, Token
from accounts.reads import console
from audit.models import Event
from guidelines.models import TaxonomyVersion
from reviews.actions import apply_project
from reviews.models import Item, Queue, RightsVersion, Setup, Tray
from reviews.rights import load, threshold_of

pytestmark = pytest.mark.django_db
NEW = {
    "name": "Shelf check",
    "medium": "text",
    "answer": "labels",
    "labels": "In stock\nOut of stock [o]",
    "reviews": "on",
}
ROWS = "id,text,label,confidence\na,One,In stock,0.3\nb,Two,out of stock,0.95\n"


def client_of(*roles: str, owns: bool = False, project: Project | None = None, **options) -> Client:
    by, at = console(), timezone.now()
    made = add_person(name="Hands", email=f"{'-'.join(roles) or owns}@pages.invalid", by=by, at=at)
    person = Person.objects.get(pk=getattr(made, "person", made).pk)
    if owns:
        name_owner(person=person, by=by, at=at)
    for role in roles:
        give_membership(person=person, project=project or Project.objects.get(), role=role, by=by, at=at)
    client = Client(**options)
    client.force_login(person.users.get(), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def owner() -> Client:
    return client_of(owns=True)


@pytest.fixture
def founded(owner) -> Client:
    """An owner who has just founded a project."""
    assert owner.post(reverse("new-project"), NEW).status_code == 302
    return owner


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_a_project_is_founded_and_leads_to_its_items(owner):
    answer = owner.post(reverse("new-project"), NEW)
    assert answer["Location"] == "/projects/shelf-check/tray/?look=text"
    assert Membership.objects.get().role == "reviewer"
    assert load(bytes(RightsVersion.objects.get().body)).otherwise.arm == "review"


def test_the_page_makes_what_the_project_file_makes(founded):
    one = Project.objects.get()
    file = {
        "slug": "twin",
        "name": "Shelf check",
        "task_type": "classification",
        "labels": [
            {"code": "in_stock", "name": "In stock"},
            {"code": "out_of_stock", "name": "Out of stock", "key": "o"},
        ],
    }
    twin, _changes = apply_project(document=file, by=console(), at=timezone.now())
    for rows in (TaxonomyVersion, RightsVersion):
        assert rows.objects.get(project=one).digest == rows.objects.get(project=twin).digest
    shown = Setup.objects.values("show_prediction", "show_confidence", "segments")
    assert shown.get(project=one) == shown.get(project=twin)
    lines = [list(Queue.objects.filter(project=place).values_list("slug", "name", "level")) for place in (one, twin)]
    assert lines[0] == lines[1] != []
    told = Event.objects.exclude(type__startswith="accounts.membership")
    by_project = [list(told.filter(project=str(place.uuid)).values_list("type", flat=True)) for place in (one, twin)]
    assert by_project[0] == by_project[1] != []


def test_unticked_the_founder_has_no_role(owner):
    owner.post(reverse("new-project"), {**NEW, "reviews": ""})
    assert Project.objects.exists() and not Membership.objects.exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": " "}, "Name the project."),
        ({"labels": "Only one"}, "Name at least two labels, one a line."),
        ({"labels": "In stock [a]\nOut"}, "Line 1: &#x27;a&#x27; is no free key."),
        ({"labels": "Same\nsame [s]"}, "Line 2: “same” stands here twice."),
        ({"answer": "fields", "fields_text": "Note\nnote: number"}, "Line 2: “note” stands here twice."),
        (
            {"answer": "fields", "fields_text": "Name\nBorn: date"},
            "Line 2: “date” is no kind of field. There are text,",
        ),
        ({"answer": "fields", "fields_text": ""}, "Name at least one field, one a line."),
        ({"medium": "video"}, "Nothing was created yet."),
    ],
)
def test_what_cannot_be_a_project_is_said_and_what_was_typed_is_kept(owner, typed, said):
    answer = owner.post(reverse("new-project"), NEW | typed)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    for value in (NEW | typed).values():
        assert (
            value in ("video",)
            or value.strip().splitlines()[-1:] == []
            or value.splitlines()[-1] in answer.content.decode()
        )
    assert not Project.objects.exists()


def test_fields_become_the_schema_of_a_form(owner):
    fields = "Decision: grant, refuse\nAmount: number\nUrgent: yes or no\nNote"
    owner.post(reverse("new-project"), NEW | {"answer": "fields", "fields_text": fields})
    schema = json.loads(bytes(TaxonomyVersion.objects.get().body))["schema"]
    assert {name: part.get("enum") or part["type"] for name, part in schema["properties"].items()} == {
        "decision": ["grant", "refuse"],
        "amount": "number",
        "urgent": "boolean",
        "note": "string",
    }
    assert schema["required"] == ["decision"]


def test_fields_whose_names_come_to_the_same_code_all_stay(owner):
    fields = "Amount (EUR): number\nAmount EUR: text\nRisk +: low, high\nRisk -: a, b\n+\n-"
    assert owner.post(reverse("new-project"), NEW | {"answer": "fields", "fields_text": fields}).status_code == 302
    schema = json.loads(bytes(TaxonomyVersion.objects.get().body))["schema"]
    assert {code: part["title"] for code, part in schema["properties"].items()} == {
        "amount_eur": "Amount (EUR)",
        "amount_eur_2": "Amount EUR",
        "risk": "Risk +",
        "risk_2": "Risk -",
        "field_5": "+",
        "field_6": "-",
    }
    assert schema["required"] == ["risk", "risk_2"]


def test_labels_whose_names_come_to_the_same_code_all_stay(owner):
    labels = f"C++\nC#\nGroup A+\nGroup A-\n{'x' * 80}\n{'x' * 81}\nc 2"
    assert owner.post(reverse("new-project"), NEW | {"labels": labels}).status_code == 302
    found = json.loads(bytes(TaxonomyVersion.objects.get().body))["labels"]
    assert [one["code"] for one in found] == ["c", "c_2", "group_a", "group_a_2", "x" * 64, f"{'x' * 62}_2", "c_2_2"]


def test_more_fields_than_a_form_holds_are_refused_in_plain_words(owner):
    fields = "\n".join(f"f{number}" for number in range(3000))
    answer = owner.post(reverse("new-project"), NEW | {"answer": "fields", "fields_text": fields})
    assert answer.status_code == 422 and "name fewer of them" in text_of(answer) and "schema" not in text_of(answer)


def test_a_second_project_of_a_name_gets_an_address_of_its_own(founded):
    founded.post(reverse("new-project"), NEW)
    assert sorted(Project.objects.values_list("slug", flat=True)) == ["shelf-check", "shelf-check-2"]


def test_rows_are_shown_as_they_will_be_read_and_then_sent(founded):
    tray = reverse("tray", args=["shelf-check"])
    assert founded.post(tray, {"rows": ROWS}).status_code == 302
    seen = text_of(founded.get(tray))
    assert "2 items are ready" in seen and "Nothing is sent yet" in seen and "Out of stock" in seen

    threshold = reverse("threshold", args=["shelf-check"])
    assert "1 of 2 (50 %) goes to people" in text_of(founded.get(threshold))
    assert "2 of 2 (100 %) go to people" in text_of(founded.get(threshold, {"threshold": "96", "audit": "5"}))
    answer = founded.post(threshold, {"threshold": "96", "audit": "7", "reason": "Careful at first"}, follow=True)
    assert "2 items came in." in text_of(answer)
    standing = RightsVersion.objects.latest("number")
    rights = load(bytes(standing.body))
    assert (standing.reason, str(threshold_of(rights)), rights.otherwise.audit_rate) == (
        "Careful at first",
        "0.96",
        "0.07",
    )
    assert set(Item.objects.values_list("state", flat=True)) == {"open"}


def test_refused_rows_are_said_by_number_and_bad_text_is_kept(founded):
    tray = reverse("tray", args=["shelf-check"])
    founded.post(tray, {"rows": ROWS + "a,Again,In stock,0.2\nz,Bad,Nowhere,0.2\n"})
    seen = text_of(founded.get(tray))
    assert re.search(r"Row 4 It has the same external id as row 2", seen)
    assert re.search(r"Row 5 The label “Nowhere” is none", seen)
    answer = founded.post(tray, {"rows": 'id\ttext\n1\t"open'})
    assert answer.status_code == 302  # a lone quotation mark with tabs is prose: one text a line
    answer = founded.post(tray, {"rows": "  \n"})
    assert answer.status_code == 422 and "Paste rows, or choose a file." in text_of(answer)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("id,text\n1,Grüße".encode("latin-1"), "not UTF-8"),
        (b"PK\x03\x04sheet", "spreadsheet"),
        (b"id,text\n" + b"1,x\n" * 5001, "At most 5,000 rows"),
        (b"x" * (8 * 2**20 + 1), "At most 8 MB"),
    ],
)
def test_a_bad_file_is_refused_in_a_sentence(founded, content, said):
    answer = founded.post(reverse("tray", args=["shelf-check"]), {"file": SimpleUploadedFile("rows.csv", content)})
    assert answer.status_code == 422 and said in text_of(answer)
    assert not Tray.objects.exists()


def test_a_body_that_says_it_is_2_gb_is_refused_before_it_is_read(founded):
    class Never(io.RawIOBase):
        def read(self, *_args):
            raise AssertionError("the body was read")

    answer = founded.generic(
        "POST",
        reverse("tray", args=["shelf-check"]),
        b"",
        "multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(2 * 2**30),
        **{"wsgi.input": Never()},
    )
    assert answer.status_code == 413 and "At most 512 MB at once." in text_of(answer)


def test_more_files_than_are_taken_at_once_are_refused_in_a_sentence(founded):
    images = [SimpleUploadedFile(f"{number}.png", b"x") for number in range(206)]
    answer = founded.post(reverse("tray", args=["shelf-check"]), {"images": images})
    assert answer.status_code == 413 and "At most 200 images at once." in text_of(answer)


def test_images_come_with_those_refused_named(founded):
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(picture, "PNG")
    sent = [
        SimpleUploadedFile("a.png", picture.getvalue()),
        SimpleUploadedFile("notes.txt", b"no image"),
        SimpleUploadedFile(".DS_Store", b"no image"),
    ]
    seen = text_of(founded.post(reverse("tray", args=["shelf-check"]), {"images": sent}, follow=True))
    assert "1 item is ready" in seen and "notes.txt: This file is no whole JPEG" in seen and ".DS_Store" not in seen
    assert "1 of 1 (100 %) goes to people" in text_of(founded.get(reverse("threshold", args=["shelf-check"])))


def test_what_changes_is_protected_against_other_sites(founded):
    strict = client_of(owns="again", enforce_csrf_checks=True)
    for name in ("tray", "columns", "emptying", "threshold", "tokens"):
        assert (name, strict.post(reverse(name, args=["shelf-check"]), {"rows": ROWS}).status_code) == (name, 403)
    assert strict.post(reverse("new-project"), NEW).status_code == 403
    assert (Tray.objects.count(), Token.objects.count(), Project.objects.count()) == (0, 0, 1)


def test_operations_move_the_threshold_and_others_are_told_why_not(founded):
    address = reverse("threshold", args=["shelf-check"])
    assert client_of("operations").post(address, {"threshold": "40", "audit": "0"}).status_code == 302
    refused = client_of("compliance").post(address, {"threshold": "90", "audit": "0"})
    assert refused.status_code == 403 and "Only operations of this project and owners do this." in text_of(refused)
    assert str(threshold_of(load(bytes(RightsVersion.objects.latest("number").body)))) == "0.4"


def test_a_threshold_outside_its_range_is_refused_and_nothing_is_published(founded):
    answer = founded.post(reverse("threshold", args=["shelf-check"]), {"threshold": "140", "audit": "5"})
    assert answer.status_code == 422
    assert RightsVersion.objects.count() == 1


def test_rights_of_other_shape_are_left_alone(founded):
    from tests.town import project_file

    apply_project(document=project_file("deep"), by=console(), at=timezone.now())
    seen = text_of(founded.get(reverse("threshold", args=["deep"])))
    assert "more than one threshold" in seen and "Publish" not in seen
    founded.post(reverse("tray", args=["deep"]), {"rows": "id,text,label,confidence\na,One,cat,0.3"})
    founded.post(reverse("threshold", args=["deep"]), {"threshold": "10", "audit": "0"})
    assert RightsVersion.objects.filter(project__slug="deep").count() == 1
    assert Item.objects.get(project__slug="deep").state == "open"


def test_a_token_is_shown_once_sends_items_and_nothing_else(founded):
    answer = founded.post(reverse("tokens", args=["shelf-check"]), {"service": "scanner", "days": "7"})
    (plain,) = re.findall(r"Bearer (hitl_[\w-]+)", answer.content.decode())
    assert answer["Cache-Control"] == "no-store"
    token = Token.objects.get()
    assert (token.scopes, token.service.name, (token.until_at - token.created_at).days) == (
        ["items:write"],
        "scanner",
        7,
    )
    headers = {"Authorization": f"Bearer {plain}"}
    body = json.loads(re.search(r"-d '(.*?)'</pre>", answer.content.decode(), re.S)[1].replace("&quot;", '"'))
    sent = Client().post(
        reverse("api-items", args=["shelf-check"]), json.dumps(body), "application/json", headers=headers
    )
    assert sent.status_code == 201
    assert Client().get(reverse("api-outcomes", args=["shelf-check"]), headers=headers).status_code == 403
    again = founded.get(reverse("project", args=["shelf-check"])).content.decode()
    assert plain not in again and "Bearer …" in again and "example-1" in again


def test_operations_make_no_token_of_a_program(founded):
    client = client_of("operations")
    assert "An owner of the installation makes tokens" in text_of(client.get(reverse("project", args=["shelf-check"])))
    assert client.post(reverse("tokens", args=["shelf-check"]), {"service": "x", "days": "7"}).status_code == 403
    assert not Token.objects.exists()


def test_what_arrives_is_asked_for_cheaply_and_answered_304_until_it_changes(founded):
    address = reverse("arrivals", args=["shelf-check"])
    first = founded.get(address)
    mark = {"If-None-Match": first["ETag"]}
    same = founded.get(address, headers=mark)
    assert (first.status_code, same.status_code, same.content) == (200, 304, b"")
    founded.post(reverse("tray", args=["shelf-check"]), {"rows": ROWS})
    founded.post(reverse("threshold", args=["shelf-check"]), {"threshold": "80", "audit": "0"})
    later = founded.get(address, headers=mark)
    assert later.status_code == 200 and later.content.count(b"data-arrival") == 2


def test_owners_find_the_way_and_others_do_not(founded):
    assert reverse("new-project") in founded.get("/").content.decode()
    assert reverse("project", args=["shelf-check"]) in founded.get("/").content.decode()
    reviewer = client_of("reviewer").get("/").content.decode()
    assert reverse("new-project") not in reviewer and f'"{reverse("project", args=["shelf-check"])}"' not in reviewer


def test_the_projects_page_and_its_news_take_few_statements(founded):
    founded.post(reverse("tray", args=["shelf-check"]), {"rows": ROWS})
    founded.post(reverse("threshold", args=["shelf-check"]), {"threshold": "80", "audit": "0"})
    taken = {}
    for name in ("project", "arrivals", "threshold", "tray"):
        with CaptureQueriesContext(connection) as seen:
            assert founded.get(reverse(name, args=["shelf-check"])).status_code == 200
        taken[name] = len(seen)
    most = {"project": 27, "arrivals": 10, "threshold": 20, "tray": 12}
    assert {name: often for name, often in taken.items() if often > most[name]} == {}


@pytest.mark.parametrize(("hard", "shown"), [({}, 1), ({"blur": True}, 0), ({"grey": True}, 0)])
def test_pictures_of_hard_content_are_not_shown_bare_in_the_tray(founded, hard, shown):
    Setup.objects.update(**hard)
    picture = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(picture, "PNG")
    page = founded.post(
        reverse("tray", args=["shelf-check"]),
        {"images": [SimpleUploadedFile("a.png", picture.getvalue())]},
        follow=True,
    ).content.decode()
    assert page.count('class="thumb"') == shown
    assert "a.png" in page and ("Hard content" in page) is not bool(shown)
