"""The admin: for owners, to be read."""

import re

import pytest
from django.contrib import admin
from django.test import Client, RequestFactory
from pytest_django import DjangoAssertNumQueries

from accounts.actions import make_token, name_owner
from accounts.models import Membership, Person, Token
from accounts.reads import Actor
from tests.conftest import AT

pytestmark = pytest.mark.django_db
LISTS = ("person", "user", "membership", "project", "service", "token")


@pytest.fixture
def owner(client: Client, reviewer: Membership, by: Actor) -> Person:
    name_owner(person=reviewer.person, by=by, at=AT)
    make_token(projects=[reviewer.project], scopes=["items:read"], service="s", by=by, at=AT)
    client.force_login(reviewer.person.users.get(), "django.contrib.auth.backends.ModelBackend")
    return reviewer.person


def test_whoever_is_not_signed_in_is_led_to_the_houses_own_door(client: Client, db: None) -> None:
    for path in ("/admin/", "/admin/accounts/person/", "/admin/login/", "/admin/no/such/page/"):
        answer = client.get(path)
        assert answer.status_code == 302 and answer["Location"].startswith("/sign-in/?next=/admin/")
    answer = client.post("/admin/login/", {"username": "a@example.org", "password": "x"})
    assert answer["Location"].startswith("/sign-in/")


def test_for_anybody_but_owners_there_is_no_admin(client: Client, reviewer: Membership) -> None:
    client.force_login(reviewer.person.users.get(), "django.contrib.auth.backends.ModelBackend")
    paths = ["/admin/", "/admin/jsi18n/", "/admin/password_change/", *(f"/admin/accounts/{name}/" for name in LISTS)]
    for path in paths:
        assert client.get(path).status_code == 404
    assert client.get("/admin/login/", follow=True).status_code == 404


@pytest.mark.parametrize("name", LISTS)
def test_an_owner_reads_lists_and_rows(
    name: str, client: Client, owner: Person, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(9):
        page = client.get(f"/admin/accounts/{name}/?q=" if name != "token" else f"/admin/accounts/{name}/")
    assert page.status_code == 200
    row = re.search(rf"/admin/accounts/{name}/(\d+)/change/", page.content.decode())
    assert row
    shown = client.get(row.group(0))
    assert shown.status_code == 200
    assert 'name="_save"' not in shown.content.decode()


def test_no_page_of_the_admin_writes(client: Client, owner: Person) -> None:
    request = RequestFactory().get("/admin/")
    request.user = owner.users.get()
    for model, page in admin.site._registry.items():
        allowed = page.get_model_perms(request)
        assert allowed == {"add": False, "change": False, "delete": False, "view": True}, model
        assert not page.get_actions(request), model
    assert client.get("/admin/accounts/person/add/").status_code == 403
    assert client.post(f"/admin/accounts/person/{owner.pk}/change/", {"name": "X"}).status_code == 403
    assert client.post(f"/admin/accounts/person/{owner.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.get("/admin/password_change/").status_code == 404
    owner.refresh_from_db()
    assert owner.name == "Ines"


def test_no_secret_shows_in_the_admin(client: Client, owner: Person) -> None:
    token = Token.objects.get()
    page = client.get(f"/admin/accounts/token/{token.pk}/change/").content.decode()
    user = client.get(f"/admin/accounts/user/{owner.users.get().pk}/change/").content.decode()
    assert bytes(token.digest).hex() not in page
    assert owner.users.get().password not in user


@pytest.mark.parametrize("path", ["/admin/", "/admin/accounts/", "/admin/accounts/membership/"])
def test_the_admin_needs_nothing_that_the_policy_forbids(path: str, client: Client, owner: Person) -> None:
    answer = client.get(path)
    page = answer.content.decode()
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert not re.findall(r"<script(?![^>]*\ssrc=)(?![^>]*application/json)|\sstyle=|<style|\son\w+=", page)
    assert 'action="/sign-out/"' in page and "password_change" not in page
