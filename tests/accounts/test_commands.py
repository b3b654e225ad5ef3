"""`person add` and `token add`."""

import io
import re
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.models import Membership, Person, Project, Token, User
from accounts.reads import actor_of_token
from audit.models import Event
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def run(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def test_person_add_gives_a_role_and_prints_a_link(project: Project, client: Client) -> None:
    said = run("person", "add", "Karl@Example.org", "--role", "reviewer", "--project", "shelves", "--skills", "b, a")
    person = Person.objects.get()
    assert (person.name, person.users.get().email) == ("karl", "karl@example.org")
    assert Membership.objects.get().skills == ["a", "b"]
    link = re.search(r"http://127\.0\.0\.1:\d+(/set-password/\S+)", said)
    assert link and client.get(link.group(1)).status_code == 302


def test_person_add_run_twice_gives_the_role_once(project: Project) -> None:
    words = ("person", "add", "karl@example.org", "--role", "reviewer", "--project", "shelves", "--skills", "a")
    run(*words)
    count = Event.objects.count()
    run(*words)
    assert (Person.objects.count(), Membership.objects.count(), Event.objects.count()) == (1, 1, count)


def test_person_add_owner_reads_a_password(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD + "\n"))
    said = run("person", "add", "olga@example.org", "--owner", "--name", "Olga", "--password-stdin")
    assert "set-password" not in said and PASSWORD not in said
    assert Person.objects.get().is_owner and User.objects.get().check_password(PASSWORD)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["a@example.org"], "Say what they are"),
        (["a@example.org", "--role", "reviewer"], "go together"),
        (["a@example.org", "--role", "boss", "--project", "shelves"], "no role boss"),
        (["a@example.org", "--role", "reviewer", "--project", "none"], "no project none"),
        (["nobody", "--owner"], "no e-mail address"),
    ],
)
def test_person_add_refuses_whole(words: list[str], sentence: str, project: Project) -> None:
    count = Event.objects.count()
    with pytest.raises(CommandError, match=sentence):
        run("person", "add", *words)
    assert not Person.objects.exists() and Event.objects.count() == count


def test_person_link_prints_a_link_for_a_lost_password(ines: Person, client: Client) -> None:
    link = run("person", "link", "INES@example.org")
    assert client.get(re.sub(r"^http://[^/]+", "", link.strip())).status_code == 302
    User.objects.update(is_active=False)
    with pytest.raises(CommandError, match="Nobody signs in"):
        run("person", "link", "ines@example.org")


def test_token_add_prints_the_token_alone(project: Project) -> None:
    out = run("token", "add", "--project", "shelves", "--scope", "items:write", "--scope", "outcomes:read")
    assert re.fullmatch(r"hitl_[\w-]{43}\n", out)
    actor = actor_of_token(out.strip(), scope="items:write", project=project, at=timezone.now())
    assert actor.service_id and actor.name == "shelves"


def test_token_add_for_a_person_writes_decisions(reviewer: Membership, other: Project) -> None:
    words: list[Any] = ["token", "add", "--project", "shelves", "--scope", "decisions:write", "--days", "30"]
    plain = run(*words, "--person", "INES@example.org").strip()
    actor = actor_of_token(plain, scope="decisions:write", project=reviewer.project, at=timezone.now())
    assert actor.person_id == reviewer.person_id
    for more, sentence in (
        ([], "name the person"),
        (["--person", "ines@example.org", "--project", "calls"], "no role in calls"),
        (["--person", "nobody@example.org"], "Nobody signs in"),
        (["--project", "none"], "no project none"),
        (["--service", "s", "--person", "ines@example.org"], "either the person or the service"),
        (["--service", "s", "--scope", "all"], "no scope all"),
    ):
        with pytest.raises(CommandError, match=sentence):
            run(*words, *more)
    assert Token.objects.count() == 1
