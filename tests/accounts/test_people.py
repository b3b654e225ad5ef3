"""People are added, named owners, given passwords."""

import json

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction

import hitl.settings
from accounts.actions import add_person, name_owner, set_password
from accounts.errors import BadPerson, EmailTaken, Forbidden, NotFound, WeakPassword
from accounts.models import Person, User
from accounts.policies import is_owner
from accounts.reads import Actor, actor_of_person, actor_of_user
from audit.models import Event, Payload
from tests.accounts.conftest import PASSWORD
from tests.conftest import AT

pytestmark = pytest.mark.django_db


def events(person: Person) -> list[Event]:
    return list(Event.objects.filter(stream=f"person/{person.uuid}").order_by("sseq"))


def test_an_added_person_stands_in_the_ledger_without_their_name_in_the_leaf(by: Actor) -> None:
    person = add_person(name=" Ines ", email="Ines@Example.org", password=PASSWORD, by=by, at=AT)
    user = person.users.get()
    assert (person.name, user.email) == ("Ines", "ines@example.org")
    assert user.check_password(PASSWORD)
    (event,) = events(person)
    leaf = json.loads(bytes(event.leaf))
    assert (leaf["type"], leaf["role"], leaf["via"], leaf["sseq"]) == ("accounts.person_added", "console", "command", 1)
    assert b"nes" not in bytes(event.leaf)
    told = json.loads(bytes(Payload.objects.get(event=event).body))
    assert told == {"name": "Ines", "email": "ines@example.org", "pseudonym": person.pseudonym}
    person.refresh_from_db()
    assert (person.sseq, bytes(person.head)) == (1, bytes(event.leaf_hash))


def test_a_stream_chains_each_event_to_the_one_before(ines: Person, by: Actor) -> None:
    name_owner(person=ines, by=by, at=AT)
    first, second = events(ines)
    assert json.loads(bytes(second.leaf))["sprev"] == bytes(first.leaf_hash).hex()


def test_two_people_cannot_sign_in_with_one_address_whatever_its_case(ines: Person, by: Actor) -> None:
    with pytest.raises(EmailTaken):
        add_person(name="Other", email="INES@example.ORG", by=by, at=AT)
    assert Person.objects.count() == User.objects.count() == Event.objects.count() == 1


def test_the_database_holds_that_an_address_is_one_sign_in(ines: Person) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(email="INES@EXAMPLE.ORG", person=ines)])
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "email", "field"),
    [
        (" ", "a@example.org", "name"),
        ("x" * 101, "a@example.org", "name"),
        ("A", "nobody", "email"),
        ("A", "", "email"),
    ],
)
def test_a_person_without_a_name_or_an_address_is_refused(name: str, email: str, field: str, by: Actor) -> None:
    with pytest.raises(BadPerson) as refused:
        add_person(name=name, email=email, by=by, at=AT)
    assert [place for place, _ in refused.value.fields] == [field]
    assert not Person.objects.exists() and not Event.objects.exists()


@pytest.mark.parametrize("password", ["short", "password1234", "ines@example.org"])
def test_a_weak_password_is_refused_and_nobody_is_added(password: str, by: Actor) -> None:
    with pytest.raises(WeakPassword):
        add_person(name="Ines", email="ines@example.org", password=password, by=by, at=AT)
    assert not Person.objects.exists() and not Event.objects.exists()


def test_only_an_owner_adds_people(ines: Person) -> None:
    someone = actor_of_person(ines, "browser")
    with pytest.raises(Forbidden):
        add_person(name="Karl", email="karl@example.org", by=someone, at=AT)
    assert Person.objects.count() == 1


def test_an_owner_is_named_once_and_may_then_add_people(ines: Person, by: Actor) -> None:
    name_owner(person=ines, by=by, at=AT)
    name_owner(person=ines, by=by, at=AT)
    assert [event.type for event in events(ines)] == ["accounts.person_added", "accounts.owner_named"]
    owner = actor_of_person(ines, "browser")
    karl = add_person(name="Karl", email="karl@example.org", by=owner, at=AT)
    assert json.loads(bytes(events(karl)[0].leaf))["role"] == "owner"


def test_nobody_names_themselves_owner(ines: Person) -> None:
    with pytest.raises(Forbidden):
        name_owner(person=ines, by=actor_of_person(ines, "browser"), at=AT)
    ines.refresh_from_db()
    assert not ines.is_owner and len(events(ines)) == 1


def test_an_owner_that_came_by_token_is_no_owner(ines: Person, by: Actor) -> None:
    name_owner(person=ines, by=by, at=AT)
    assert not is_owner(Actor(ines.pseudonym, "api", person_id=ines.pk, token_id=1))


def test_a_person_sets_their_own_password_and_nobody_elses(ines: Person, by: Actor) -> None:
    karl = add_person(name="Karl", email="karl@example.org", by=by, at=AT)
    user = ines.users.get()
    with pytest.raises(Forbidden):
        set_password(user=user, password="another ring of squares", by=actor_of_person(karl, "browser"), at=AT)
    user.refresh_from_db()
    assert user.check_password(PASSWORD) and len(events(ines)) == 1
    set_password(user=user, password="another ring of squares", by=actor_of_user(user, "browser"), at=AT)
    user.refresh_from_db()
    assert user.check_password("another ring of squares")
    assert events(ines)[-1].type == "accounts.password_set"
    assert not Payload.objects.filter(event=events(ines)[-1]).exists()


def test_a_switched_off_sign_in_takes_no_password(ines: Person, by: Actor) -> None:
    user = ines.users.get()
    User.objects.filter(pk=user.pk).update(is_active=False)
    with pytest.raises(NotFound):
        set_password(user=user, password="another ring of squares", by=by, at=AT)
    user.refresh_from_db()
    assert user.check_password(PASSWORD) and len(events(ines)) == 1


def test_a_password_is_kept_as_a_slow_hash(ines: Person, by: Actor, settings: LazySettings) -> None:
    settings.PASSWORD_HASHERS = hitl.settings.PASSWORD_HASHERS
    user = ines.users.get()
    set_password(user=user, password="another ring of squares", by=by, at=AT)
    user.refresh_from_db()
    assert user.password.startswith("scrypt$16384$") and user.check_password("another ring of squares")
