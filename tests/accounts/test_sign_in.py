"""The door: sign-in, lock, sign-out, one-time link."""

from datetime import timedelta

import pytest
from django.conf import LazySettings, settings
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.actions import add_person
from accounts.models import Person, User
from accounts.reads import Actor, actor_of_user, set_password_path
from audit.models import Event
from tests.accounts.conftest import PASSWORD
from tests.conftest import AT

pytestmark = pytest.mark.django_db
NEXT = "/admin/"


def sign_in(client: Client, email: str, password: str, **more: str) -> int:
    return client.post("/sign-in/", {"username": email, "password": password, "next": NEXT, **more}).status_code


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_a_person_signs_in_whatever_the_case_of_the_address(client: Client, ines: Person) -> None:
    answer = client.post("/sign-in/", {"username": " INES@example.ORG", "password": PASSWORD, "next": NEXT})
    assert (answer.status_code, answer["Location"]) == (302, NEXT)
    assert signed_in(client)


def test_the_page_stands_alone_under_the_strict_policy(client: Client, db: None) -> None:
    answer = client.get("/sign-in/?next=/admin/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'name="next" value="/admin/"' in page and 'autocomplete="current-password"' in page
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert " style=" not in page and " onclick" not in page


def test_a_wrong_password_says_so_and_signs_nobody_in(client: Client, ines: Person) -> None:
    answer = client.post("/sign-in/", {"username": "ines@example.org", "password": "wrong"})
    assert answer.status_code == 200
    assert "E-mail and password do not match" in answer.content.decode()
    assert not signed_in(client)


def test_a_stranger_and_a_switched_off_sign_in_read_as_a_wrong_password(client: Client, ines: Person) -> None:
    User.objects.update(is_active=False)
    for email in ("ines@example.org", "nobody@example.org"):
        answer = client.post("/sign-in/", {"username": email, "password": PASSWORD})
        assert "E-mail and password do not match" in answer.content.decode()
        assert not signed_in(client)


def test_a_session_ends_when_its_sign_in_is_switched_off(client: Client, ines: Person) -> None:
    sign_in(client, "ines@example.org", PASSWORD)
    User.objects.update(is_active=False)
    assert client.get("/admin/")["Location"].startswith("/sign-in/")


def test_too_many_wrong_tries_lock_the_door_even_for_the_right_password(client: Client, ines: Person) -> None:
    for turn in range(settings.AXES_FAILURE_LIMIT - 1):
        assert sign_in(client, "INES@example.org" if turn % 2 else "ines@example.org", "wrong") == 200
    last = client.post("/sign-in/", {"username": "ines@Example.org", "password": "wrong"})
    assert last.status_code == 429 and last["Retry-After"] == "3600"
    assert "Too many tries" in last.content.decode()
    assert sign_in(client, "ines@example.org", PASSWORD) == 429
    assert not signed_in(client)


def test_a_lock_is_of_one_address_from_one_place(client: Client, ines: Person, by: Actor) -> None:
    add_person(name="Karl", email="karl@example.org", password=PASSWORD, by=by, at=AT)
    for _ in range(settings.AXES_FAILURE_LIMIT):
        sign_in(client, "ines@example.org", "wrong")
    assert sign_in(client, "karl@example.org", PASSWORD) == 302
    assert sign_in(Client(REMOTE_ADDR="192.0.2.7"), "ines@example.org", PASSWORD) == 302


def test_the_right_password_starts_the_count_anew(client: Client, ines: Person) -> None:
    for _ in range(2):
        for _ in range(settings.AXES_FAILURE_LIMIT - 1):
            assert sign_in(client, "ines@example.org", "wrong") == 200
        assert sign_in(client, "ines@example.org", PASSWORD) == 302
        client.logout()


def test_the_next_page_is_never_another_host(client: Client, ines: Person, settings: LazySettings) -> None:
    settings.LOGIN_REDIRECT_URL = "/there/"
    answer = client.post(
        "/sign-in/", {"username": "ines@example.org", "password": PASSWORD, "next": "https://evil.example/"}
    )
    assert answer["Location"] == "/there/"


def test_signing_out_takes_a_post(client: Client, ines: Person) -> None:
    client.force_login(ines.users.get(), "django.contrib.auth.backends.ModelBackend")
    assert client.get("/sign-out/").status_code == 405
    assert signed_in(client)
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert not signed_in(client)


def test_forms_at_the_door_need_their_csrf_token(ines: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    assert sign_in(client, "ines@example.org", PASSWORD) == 403
    assert not signed_in(client)


def link(client: Client, path: str) -> str:
    """Follow a one-time link to the page without the secret in its address."""
    answer = client.get(path)
    return str(answer["Location"]) if answer.status_code == 302 else path


def test_a_one_time_link_sets_a_password_once(client: Client, by: Actor) -> None:
    person = add_person(name="Karl", email="karl@example.org", by=by, at=AT)
    path = set_password_path(person.users.get())
    form = link(client, path)
    assert path.split("/")[-2] not in form
    assert client.get(form).status_code == 200
    typed = {"new_password1": PASSWORD, "new_password2": PASSWORD}
    assert client.post(form, typed)["Location"] == reverse("sign-in")
    assert Event.objects.filter(type="accounts.password_set", actor=person.pseudonym).count() == 1
    assert sign_in(client, "karl@example.org", PASSWORD) == 302
    gone = Client().get(path)
    assert gone.status_code == 410 and "counts no longer" in gone.content.decode()


def test_a_weak_or_unequal_password_is_refused_at_the_link(client: Client, by: Actor) -> None:
    person = add_person(name="Karl", email="karl@example.org", by=by, at=AT)
    form = link(client, set_password_path(person.users.get()))
    for first, second in (("short", "short"), (PASSWORD, PASSWORD + "x")):
        assert client.post(form, {"new_password1": first, "new_password2": second}).status_code == 200
    assert not person.users.get().has_usable_password()
    assert Event.objects.count() == 1


def test_a_link_counts_for_three_days_and_not_for_a_switched_off_sign_in(
    client: Client, by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = add_person(name="Karl", email="karl@example.org", by=by, at=AT)
    path = set_password_path(person.users.get())
    User.objects.update(is_active=False)
    assert client.get(path).status_code == 410
    User.objects.update(is_active=True)
    assert Client().get(path).status_code == 302
    monkeypatch.setattr(settings, "PASSWORD_RESET_TIMEOUT", -timedelta(seconds=1).total_seconds())
    assert Client().get(path).status_code == 410
    assert client.get("/set-password/zz/none/").status_code == 410


def test_an_actor_of_a_sessions_user_costs_no_statement(
    ines: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    user = User.objects.get()
    with django_assert_num_queries(0):
        actor = actor_of_user(user, "browser")
    assert (actor.person_id, actor.name, actor.via) == (ines.pk, "Ines", "browser")


def test_the_door_costs_few_statements(
    client: Client, db: None, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(0):
        client.get("/sign-in/")
