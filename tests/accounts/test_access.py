"""Access is taken away: ownership, sign-ins; never from the last owner."""

import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.actions import add_person, end_ownership, make_token, name_owner, switch_off, switch_on
from accounts.errors import Forbidden, LastOwner, NotSignedIn
from accounts.models import Membership, Person, User
from accounts.policies import is_owner
from accounts.reads import Actor, actor_of_person, actor_of_token
from audit.models import Event, Payload
from tests.conftest import AT

pytestmark = pytest.mark.django_db


def told(person: Person) -> list[str]:
    """Give what the person's stream tells, after their coming."""
    return [event.type for event in Event.objects.filter(stream=f"person/{person.uuid}").order_by("sseq")][1:]


@pytest.fixture
def owner(ines: Person, by: Actor) -> Person:
    return name_owner(person=ines, by=by, at=AT)


@pytest.fixture
def second(by: Actor) -> Person:
    return name_owner(person=add_person(name="Olga", email="olga@example.org", by=by, at=AT), by=by, at=AT)


def test_an_owner_ends_anothers_ownership_once_and_the_ledger_says_so(owner: Person, second: Person) -> None:
    olga = actor_of_person(second, "browser")
    for _ in range(2):
        end_ownership(person=owner, by=olga, at=AT)
    assert not is_owner(actor_of_person(owner, "browser")) and is_owner(olga)
    assert told(owner) == ["accounts.owner_named", "accounts.ownership_ended"]
    leaf = json.loads(bytes(Event.objects.get(type="accounts.ownership_ended").leaf))
    assert (leaf["role"], leaf["actor"]) == ("owner", second.pseudonym)


def test_the_last_owner_stays_whoever_asks(owner: Person, by: Actor) -> None:
    for actor in (by, actor_of_person(owner, "browser")):
        with pytest.raises(LastOwner):
            end_ownership(person=owner, by=actor, at=AT)
        with pytest.raises(LastOwner):
            switch_off(user=owner.users.get(), by=actor, at=AT)
    owner.refresh_from_db()
    assert owner.is_owner and owner.users.get().is_active and told(owner) == ["accounts.owner_named"]


def test_an_owner_who_cannot_sign_in_does_not_count_as_another(owner: Person, second: Person, by: Actor) -> None:
    switch_off(user=second.users.get(), by=by, at=AT)
    for refused in (
        lambda: end_ownership(person=owner, by=by, at=AT),
        lambda: switch_off(user=owner.users.get(), by=by, at=AT),
    ):
        with pytest.raises(LastOwner):
            refused()
    assert not end_ownership(person=second, by=by, at=AT).is_owner


def test_an_owners_second_sign_in_lets_the_first_be_switched_off(owner: Person, by: Actor) -> None:
    User.objects.create(email="ines@home.example.org", person=owner)
    switch_off(user=User.objects.get(email="ines@example.org"), by=by, at=AT)
    with pytest.raises(LastOwner):
        switch_off(user=User.objects.get(email="ines@home.example.org"), by=by, at=AT)


def test_only_owners_take_access_away(owner: Person, second: Person, reviewer: Membership, by: Actor) -> None:
    stranger = actor_of_person(add_person(name="Karl", email="karl@example.org", by=by, at=AT), "browser")
    for refused in (
        lambda: end_ownership(person=owner, by=stranger, at=AT),
        lambda: switch_off(user=owner.users.get(), by=stranger, at=AT),
        lambda: switch_on(user=owner.users.get(), by=stranger, at=AT),
    ):
        with pytest.raises(Forbidden):
            refused()
    assert "accounts.ownership_ended" not in told(owner) and owner.users.get().is_active


def test_a_sign_in_switched_off_ends_its_session_and_its_tokens_until_it_is_on_again(
    reviewer: Membership, by: Actor, client: Client
) -> None:
    person, user = reviewer.person, reviewer.person.users.get()
    _, plain = make_token(
        projects=[reviewer.project], scopes=["decisions:write"], person=person, by=by, at=AT, days=3650
    )
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/").status_code == 200
    later = AT + timedelta(days=1)
    for _ in range(2):
        switch_off(user=user, by=by, at=AT)
    assert client.get("/").status_code == 302
    with pytest.raises(NotSignedIn):
        actor_of_token(plain, scope="decisions:write", project=None, at=later)
    switch_on(user=user, by=by, at=AT)
    assert actor_of_token(plain, scope="decisions:write", project=None, at=later).person_id == person.pk
    assert told(person)[1:] == ["accounts.sign_in_switched_off", "accounts.sign_in_switched_on"]
    event = Event.objects.get(type="accounts.sign_in_switched_off")
    assert json.loads(bytes(Payload.objects.get(event=event).body)) == {"email": "ines@example.org"}


def test_the_commands_say_what_they_did_or_why_not(owner: Person, second: Person) -> None:
    out = io.StringIO()
    for verb in ("switch-off", "switch-on", "end-ownership"):
        call_command("person", verb, "INES@example.org", stdout=out)
    said = ("can sign in no more", "can sign in again", "is no owner")
    assert all(words in line for words, line in zip(said, out.getvalue().splitlines(), strict=True))
    with pytest.raises(CommandError, match="last owner"):
        call_command("person", "switch-off", "olga@example.org")
    with pytest.raises(CommandError, match="Nobody signs in"):
        call_command("person", "end-ownership", "nobody@example.org")
    assert is_owner(actor_of_person(second, "browser"))
