"""The demo's open door: it stands on this machine, in the demo, where a setting asks for it, and nowhere else."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings as standing
from django.contrib.auth import SESSION_KEY
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts.actions import add_person, give_membership, name_owner
from accounts.models import Role, User
from accounts.reads import console
from hitl.demo.doors import from_here
from tests.town import build

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
DOOR = "/demo/"
HERE = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "127.0.0.1:8000"}


def person(name: str, email: str):
    return add_person(name=name, email=email, by=console(), at=timezone.now())


@pytest.fixture
def demo(settings, tmp_path):
    """Give a demo's installation with one of its people a role, and the door asked for."""
    town = build(people=0, adjudicators=0)
    for role in Role.values:
        one = person(f"{role} 1 (demo)", f"{role}1@demo.invalid")
        give_membership(person=one, project=town.project, role=role, by=console(), at=town.now)
    name_owner(person=person("Owner (demo)", "owner@demo.invalid"), by=console(), at=town.now)
    (tmp_path / "demo.txt").write_text("told")
    settings.HITL_DATA = tmp_path
    settings.HITL_LOOPBACK = settings.HITL_DEMO_DOOR = True
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
    settings.SECURE_SSL_REDIRECT = False
    return town


def entered(client: Client) -> str:
    """Give who is signed in."""
    key = client.session.get(SESSION_KEY)
    return User.objects.get(pk=key).email if key else ""


def shut(**how: str) -> bool:
    """Tell whether page and form answer 404, the sign-in page does not speak of it, and nobody is signed in."""
    client = Client(**(HERE | how))
    answers = [client.get(DOOR).status_code, client.post(DOOR, {"role": "owner"}).status_code]
    told = DOOR in client.get(reverse("sign-in")).content.decode()
    return answers == [404, 404] and not told and not entered(client)


@pytest.mark.parametrize("role", [*Role.values, "owner"])
def test_a_visitor_enters_as_each_role_and_is_nobody_but_the_demos(demo, role):
    client = Client(**HERE)
    page = client.get(DOOR).content.decode()
    assert f'value="{role}"' in page
    assert client.post(DOOR, {"role": role}).url == reverse("home")
    assert entered(client) == ("owner@demo.invalid" if role == "owner" else f"{role}1@demo.invalid")
    assert client.get("/").status_code == 200


def test_the_sign_in_page_leads_to_the_door_and_a_page_leads_back_to_it(demo):
    client = Client(**HERE)
    assert f'href="{DOOR}"' in client.get(reverse("sign-in")).content.decode()
    client.post(DOOR, {"role": "reviewer"})
    assert f'href="{DOOR}"' in client.get("/").content.decode()
    client.post(DOOR, {"role": "operations"})
    assert entered(client) == "operations1@demo.invalid"


def test_entering_as_another_ends_the_first_session(demo):
    client = Client(**HERE)
    client.post(DOOR, {"role": "reviewer"})
    first = client.session.session_key
    client.post(DOOR, {"role": "owner"})
    assert client.session.session_key != first and not client.session.exists(first)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HITL_DEMO_DOOR", False),
        ("HITL_DEMO_DOOR", None),
        ("HITL_DEMO_DOOR", "0"),
        ("HITL_LOOPBACK", False),
        ("SECURE_PROXY_SSL_HEADER", ("HTTP_X_FORWARDED_PROTO", "https")),
        ("USE_X_FORWARDED_HOST", True),
        ("CSRF_TRUSTED_ORIGINS", ["https://hitl.example.com"]),
        ("ALLOWED_HOSTS", ["127.0.0.1", "hitl.example.com"]),
        ("ALLOWED_HOSTS", ["*"]),
    ],
)
def test_a_setting_that_speaks_against_it_shuts_the_door(demo, settings, name, value):
    assert not shut()
    setattr(settings, name, value)
    assert shut()


@pytest.mark.parametrize("address", ["10.0.0.7", "192.168.1.4", "203.0.113.9", "", "unknown", "127.0.0.1, 10.0.0.7"])
def test_from_another_address_the_door_is_shut(demo, address):
    assert shut(REMOTE_ADDR=address)


@pytest.mark.parametrize(
    "header",
    ["X_FORWARDED_FOR", "X_FORWARDED_HOST", "X_FORWARDED_PROTO", "X_REAL_IP", "FORWARDED", "VIA", "CF_CONNECTING_IP"],
)
def test_behind_a_proxy_the_door_is_shut(demo, header):
    assert shut(**{f"HTTP_{header}": "127.0.0.1"})


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("127.0.0.1:8000", True),
        ("localhost", True),
        ("[::1]:8000", True),
        ("rebound.example", False),
        ("127.0.0.1.rebound.example", False),
        ("localhost@rebound.example", False),
        ("", False),
    ],
)
def test_by_another_name_the_door_is_shut(demo, host, here):
    assert from_here(RequestFactory().get(DOOR, REMOTE_ADDR="127.0.0.1", HTTP_HOST=host)) is here
    if not here:
        assert Client(REMOTE_ADDR="127.0.0.1", HTTP_HOST=host).get(DOOR).status_code in (400, 404)


def test_a_proxy_left_as_it_comes_finds_the_door_shut(demo):
    """It adds no header and names this machine, but speaks HTTP/1.0, which no browser does."""
    assert not shut(SERVER_PROTOCOL="HTTP/1.1")
    assert shut(SERVER_PROTOCOL="HTTP/1.0")


def test_where_anybody_else_signs_in_the_door_is_shut(demo):
    person("Real", "real@cats.example")
    assert shut()


def test_where_no_demo_was_loaded_the_door_is_shut(demo, tmp_path):
    (tmp_path / "demo.txt").unlink()
    assert shut()


def test_only_an_active_sign_in_of_the_demos_people_with_one_role_is_offered(demo):
    User.objects.filter(email="owner@demo.invalid").update(is_active=False)
    reviewer = User.objects.get(email="reviewer1@demo.invalid").person
    give_membership(person=reviewer, project=demo.project, role="compliance", by=console(), at=demo.now)
    plain = User.objects.get(email="operations1@demo.invalid").person
    plain.name = "Not marked"
    plain.save()
    client = Client(**HERE)
    for role in ("owner", "reviewer", "operations", "", "nobody"):
        assert client.post(DOOR, {"role": role}).status_code == 404
    assert not entered(client)


def test_an_owner_who_reviews_a_project_of_theirs_still_enters_as_the_owner(demo):
    owner = User.objects.get(email="owner@demo.invalid")
    give_membership(person=owner.person, project=demo.project, role="reviewer", by=console(), at=demo.now)
    client = Client(**HERE)
    assert client.post(DOOR, {"role": "owner"}).status_code == 302
    assert client.session["_auth_user_id"] == str(owner.pk)


def test_the_form_without_its_token_is_refused(demo):
    client = Client(enforce_csrf_checks=True, **HERE)
    assert client.post(DOOR, {"role": "owner"}).status_code == 403
    assert not entered(client)


ASK = """
import json, django
django.setup()
from hitl.demo.doors import may_stand
print(json.dumps(may_stand()))
"""


@pytest.mark.parametrize(
    ("environment", "open_"),
    [
        ({}, False),
        ({"HITL_LOOPBACK": "1"}, False),
        ({"HITL_DEMO_DOOR": "1"}, False),
        ({"HITL_DEMO_DOOR": "1", "HITL_DEBUG": "1"}, False),
        ({"HITL_DEMO_DOOR": "1", "HITL_LOOPBACK": "1", "HITL_HOSTS": "hitl.example.com"}, False),
        ({"HITL_DEMO_DOOR": "1", "HITL_LOOPBACK": "1", "HITL_BEHIND_PROXY": "1"}, False),
        ({"HITL_DEMO_DOOR": "1", "HITL_LOOPBACK": "1", "HITL_ORIGINS": "https://hitl.example.com"}, False),
        ({"HITL_DEMO_DOOR": "0", "HITL_LOOPBACK": "1"}, False),
        ({"HITL_DEMO_DOOR": "1", "HITL_LOOPBACK": "1"}, True),
    ],
)
def test_the_settings_of_a_real_installation_never_let_it_stand(environment, open_, tmp_path):
    bare = {name: value for name, value in os.environ.items() if not name.startswith("HITL_")}
    run = subprocess.run(
        [sys.executable, "-c", ASK],
        env=bare | {"DJANGO_SETTINGS_MODULE": "hitl.settings", "HITL_DATA": str(tmp_path)} | environment,
        cwd=standing.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(run.stdout) is open_
