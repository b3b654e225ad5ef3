"""The feed of outcomes, files in, and the description of the API."""

import io
import re

import msgspec
import pytest
from django.test import override_settings
from django.urls import get_resolver
from PIL import Image

from accounts.actions import give_membership
from accounts.models import Person
from accounts.reads import console
from assets.models import Asset, Grant
from audit.errors import Refusal
from audit.models import Event
from hitl.errors import STATUS
from reviews.actions import release
from reviews.api.calls import CALLS
from reviews.api.shapes import AssetAnswer, FeedAnswer
from tests.reviews.caller import Caller, item, problem
from tests.town import build

pytestmark = pytest.mark.django_db
FEED = "projects/cats/outcomes/"


@pytest.fixture
def town():
    return build()


@pytest.fixture
def model(town):
    return Caller(town.project)


def picture(shade: int = 0) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 6), (shade, 0, 0)).save(file, "PNG")
    return file.getvalue()


def test_each_outcome_comes_once_in_its_order(town, model):
    for number in range(7):
        town.send(0.95 if number % 2 else 0.5)
    for _ in range(4):
        town.decide(town.people[0], town.take(town.people[0]))
    release(at=town.now)
    seen, cursor = [], ""
    while page := msgspec.convert(model.call("GET", f"{FEED}?limit=2&cursor={cursor}").told, FeedAnswer):
        cursor = page.next_cursor
        if not page.outcomes:
            break
        seen += page.outcomes
    assert [one.position for one in seen] == [1, 2, 3]
    again = msgspec.convert(model.call("GET", f"{FEED}?cursor={cursor}").told, FeedAnswer)
    assert (again.outcomes, again.next_cursor) == ([], cursor)
    town.wait(seconds=20)
    release(at=town.now)
    rest = msgspec.convert(model.call("GET", f"{FEED}?cursor={cursor}").told, FeedAnswer).outcomes
    assert [one.position for one in rest] == [4, 5, 6, 7]
    assert {one.item.external_id for one in seen + rest} == {f"item-{number}" for number in range(1, 8)}
    assert {one.source for one in rest} == {"reviewer"}
    whole = msgspec.convert(model.call("GET", FEED).told, FeedAnswer).outcomes
    assert whole == seen + rest


@pytest.mark.parametrize(
    "query", ["cursor=x", "cursor=-1", "cursor=9" * 9, "limit=0", "limit=1001", "limit=1e2", "cursor=%C2%B2"]
)
def test_a_query_that_cannot_be_read_is_refused(model, query):
    assert problem(model.call("GET", f"{FEED}?{query}")) == (422, "bad_query")


def test_who_may_be_asked_does_not_follow_outcomes(town):
    for who in (town.people[0], town.adjudicators[0]):
        assert problem(Caller(town.project, "outcomes:read", who=who).call("GET", FEED)) == (403, "forbidden")
    person = Person.objects.get(pk=console_person(town))
    reader = Caller(town.project, "outcomes:read", who=as_actor(person))
    assert reader.call("GET", FEED).status_code == 200


def console_person(town):
    from accounts.actions import add_person

    person = add_person(name="Olga", email="olga@cats.invalid", by=console(), at=town.now)
    give_membership(person=person, project=town.project, role="compliance", by=console(), at=town.now)
    return person.pk


def as_actor(person):
    from accounts.reads import actor_of_person

    return actor_of_person(person, "api")


def test_a_file_is_kept_once_and_named_by_its_digest(model):
    first = model.call("POST", "projects/cats/assets/", picture(), kind="image/png")
    again = model.call("POST", "projects/cats/assets/", picture(), kind="application/octet-stream")
    told = msgspec.convert(first.told, AssetAnswer)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.told == again.told
    assert (told.media_type, told.width, told.height, told.bytes) == ("image/png", 8, 6, len(picture()))
    sent = model.send(item(data={"image": told.id}))
    assert sent.status_code == 201


def test_a_file_comes_in_a_form_too(model):
    body = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n' + picture(9) + b"\r\n--x--\r\n"
    )
    answer = model.call("POST", "projects/cats/assets/", body, kind="multipart/form-data; boundary=x")
    assert answer.status_code == 201
    empty = model.call("POST", "projects/cats/assets/", b"--x--\r\n", kind="multipart/form-data; boundary=x")
    assert problem(empty) == (422, "bad_body")


def test_what_is_no_image_or_too_large_is_not_kept(model):
    assert problem(model.call("POST", "projects/cats/assets/", b"words")) == (422, "not_an_image")
    assert problem(model.call("POST", "projects/cats/assets/", b"")) == (422, "not_an_image")
    with override_settings(ASSET_BYTES=20):
        assert problem(model.call("POST", "projects/cats/assets/", picture())) == (413, "too_large")
    assert (Asset.objects.count(), Grant.objects.count()) == (0, 0)


def test_a_file_that_another_project_holds_is_new_to_this_one(model):
    other = Caller(build(slug="dogs").project, service="dogs")
    assert other.call("POST", "projects/dogs/assets/", picture()).status_code == 201
    assert model.call("POST", "projects/cats/assets/", picture()).status_code == 201
    assert Asset.objects.count() == 1


def test_every_refusal_has_a_status():
    def kinds(kind: type) -> set[type]:
        return {kind}.union(*map(kinds, kind.__subclasses__()))

    codes = {kind.code for kind in kinds(Refusal) if kind is not Refusal and not kind.__module__.startswith("tests")}
    assert codes - STATUS.keys() == set()


def addresses() -> dict[str, tuple[str, ...]]:
    """Give every address of the API in the words of OpenAPI, with its methods."""
    found = {}
    for root in get_resolver().url_patterns:
        if str(root.pattern) == "api/v1/":
            for one in root.url_patterns:
                path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(one.pattern))
                found[f"/{path}"] = one.callback.methods
    return found


LATER = {
    ("GET", "projects/cats/decisions/", "audit:read"),
    ("GET", "projects/cats/ledger/", "audit:read"),
}
LATER_PATHS = {
    "/projects/{project}/decisions/",
    "/projects/{project}/ledger/",
}


ENDS = ("predictions", "withdrawal")  # read, it is an item whose own id ends so


def test_the_description_tells_of_every_address_that_works_and_of_no_other(client):
    told = client.get("/api/v1/schema/").json()
    paths = {path: {method.upper() for method in methods} for path, methods in told["paths"].items()}
    assert addresses().keys() >= LATER_PATHS
    taken = {path: set(methods) for path, methods in addresses().items() if path not in LATER_PATHS}
    assert paths == {**taken, **{f"/projects/{{project}}/items/{{external_id}}/{word}/": {"POST"} for word in ENDS}}
    assert told["openapi"].startswith("3.1")
    names = set(re.findall(r'#/components/schemas/(\w+)"', msgspec.json.encode(told).decode()))
    assert names <= set(told["components"]["schemas"])
    assert len({row.name for row in CALLS}) == len(CALLS)


@pytest.mark.parametrize(("method", "path", "scope"), sorted(LATER))
def test_what_a_later_version_does_is_refused_in_a_sentence(town, model, method, path, scope):
    assert model.send(item()).status_code == 201
    before = Event.objects.exclude(type__startswith="accounts.").count()
    told = Caller(town.project, scope, service="later")
    answer = told.call(method, path, {})
    assert problem(answer) == (501, "not_yet")
    assert " yet. " in answer.told["detail"]
    assert problem(told.call(method, path.replace("cats", "none"), {})) == (404, "not_found")
    assert problem(told.call(method, path, {}, Authorization="Bearer none")) == (401, "not_signed_in")
    assert problem(Caller(town.project, "assets:write", service="other").call(method, path, {})) == (403, "forbidden")
    assert problem(told.call("PUT", path, {})) == (405, "method_not_allowed")
    assert Event.objects.exclude(type__startswith="accounts.").count() == before


@pytest.mark.parametrize("word", ENDS)
def test_an_item_whose_own_id_ends_like_a_call_is_read(model, word):
    sent = model.send(item(f"a/{word}"))
    assert sent.status_code == 201
    read = model.call("GET", f"projects/cats/items/a%2F{word}/")
    assert (read.status_code, read.told["external_id"]) == (200, f"a/{word}")
    assert problem(model.call("GET", f"projects/cats/items/b%2F{word}/")) == (404, "not_found")


def test_the_page_tells_of_every_call_without_a_script(client):
    answer = client.get("/api/v1/docs/")
    page = answer.content.decode()
    assert answer.status_code == 200
    for row in CALLS:
        assert f'id="{row.name}"' in page
    assert "<script src" not in page
    assert "http://" not in page
