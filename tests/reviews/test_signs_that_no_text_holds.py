"""Pages and a sign that no text holds: NUL, which browsers do not send and PostgreSQL does not take."""

import pytest
from django.test import Client
from django.urls import reverse

from reviews.models import Tray
from tests.reviews.test_founding_pages import client_of
from tests.town import Town, build

pytestmark = pytest.mark.django_db
ROWS = "id,text,label,confidence\na,One,Cat,0.3\nb,Two,Dog,0.9\n"


@pytest.fixture
def town() -> Town:
    return build()


@pytest.fixture
def client(town: Town) -> Client:
    return client_of("operations", "compliance", "guideline_editor", project=town.project)


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("items", {"external_id": "a\0b"}),
        ("trail", {"who": "p_\0"}),
        ("guideline", {"a\0": "b"}),
        ("switch", {"position": "all-to-people", "model": "\0"}),
    ],
)
def test_a_search_with_a_nul_is_refused_in_words(client: Client, town: Town, name: str, query: dict[str, str]) -> None:
    answer = client.get(reverse(name, args=[town.project.slug]), query)
    assert answer.status_code == 422 and "NUL" in answer.content.decode()


def test_a_form_with_a_nul_is_refused_and_changes_nothing(client: Client, town: Town) -> None:
    slug, item = town.project.slug, town.send()["id"]
    for address, sent in [
        (reverse("switch", args=[slug]), {"position": "all-to-people", "reason": "a\0b"}),
        (reverse("appeals", args=[slug, item]), {"grounds": "a\0b"}),
        (reverse("override", args=[slug, item]), {"reason": "a\0b"}),
        (reverse("keys"), {"approve\0": "a"}),
    ]:
        answer = client.post(address, sent)
        assert answer.status_code == 422 and "NUL" in answer.content.decode(), address
    assert client.get(reverse("switch", args=[slug]), {"position": "all-to-people"}).status_code == 200


def test_what_a_column_is_holds_no_nul(client: Client, town: Town) -> None:
    slug = town.project.slug
    assert client.post(reverse("tray", args=[slug]), {"rows": ROWS}).status_code == 302
    kept = Tray.objects.get().plan
    sent = {"model": "a\0b", "version": "1", "role": ["external_id", "text", "label", "confidence"]}
    assert client.post(reverse("columns", args=[slug]), sent).status_code == 422
    assert client.post(reverse("tray", args=[slug]), {"rows": f"{ROWS}c,\0,Cat,0.1"}).status_code == 422
    assert Tray.objects.get().plan == kept


def test_the_admin_and_the_sign_in_refuse_it_too(town: Town) -> None:
    client = client_of(owns=True)
    for address in ("/admin/", "/admin/accounts/project/", "/sign-in/"):
        assert client.get(address, {"q": "a\0b"}).status_code == 422, address
    assert Client().post(reverse("sign-in"), {"username": "a\0b", "password": "x"}).status_code == 422


def test_an_address_with_a_nul_leads_nowhere(client: Client, town: Town) -> None:
    for address in (
        f"/projects/{town.project.slug}/media/a%00b/screen/",
        "/projects/a%00b/",
        "/admin/a%00b/",
        "/admin/accounts/project/a%00b/change/",
        "/static/a%00b.css",
        "/api/v1/items/a%00b/",
        "/api/v1/projects/cats/items/a%00b/",
    ):
        assert client.get(address).status_code == 404, address


def test_a_cookie_with_a_nul_is_no_cookie(town: Town) -> None:
    client = Client(headers={"cookie": 'sessionid="aaaaaaaaaaaa\\000bbbb"; zone="a\\000b"; theme="\\000"'})
    assert client.get("/").status_code == 302
