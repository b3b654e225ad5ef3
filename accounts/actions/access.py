"""Verbs that take access away: ownership ended, a sign-in switched off; and on again."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.actions.people import as_owner
from accounts.actions.streams import record_on_person
from accounts.errors import LastOwner
from accounts.models import Person, User
from accounts.reads import Actor


@transaction.atomic
def end_ownership(*, person: Person, by: Actor, at: datetime) -> Person:
    """Take the installation from an owner; one who is none stays so, and nothing is written.

    Locks the person and all owners, so that two who end each other's do not leave the installation without one.

    Raises:
        Forbidden: the actor is no owner.
        LastOwner: no other owner could sign in.
    """
    person, by = _locked(person.pk, by)
    if not person.is_owner:
        return person
    _check_another(User.objects.exclude(person=person))
    person.is_owner = False
    person.save(update_fields=["is_owner"])
    record_on_person(person, "accounts.ownership_ended", by=by, at=at, sections={"person": {"name": person.name}})
    return person


@transaction.atomic
def switch_off(*, user: User, by: Actor, at: datetime) -> User:
    """Switch a sign-in off: its sessions end with the next request, its person's tokens with their last sign-in.

    One that is off stays so, and nothing is written. Roles stay until they are ended. Locks the person and all owners.

    Raises:
        Forbidden: the actor is no owner.
        LastOwner: no owner could sign in any more.
    """
    person, by = _locked(user.person_id, by)
    user.refresh_from_db()
    if not user.is_active:
        return user
    if person.is_owner:
        _check_another(User.objects.exclude(pk=user.pk))
    return _switch(user, person, by, at, on=False)


@transaction.atomic
def switch_on(*, user: User, by: Actor, at: datetime) -> User:
    """Switch a sign-in on again, with the password it had; one that is on stays so, and nothing is written.

    Locks the person and all owners.

    Raises:
        Forbidden: the actor is no owner.
    """
    person, by = _locked(user.person_id, by)
    user.refresh_from_db()
    return user if user.is_active else _switch(user, person, by, at, on=True)


def _locked(person_id: int, by: Actor) -> tuple[Person, Actor]:
    """Lock a person and all owners in the order of their ids, and then see that the actor is one still."""
    rows = Person.objects.select_for_update(no_key=True).filter(Q(pk=person_id) | Q(is_owner=True)).order_by("pk")
    person = next(row for row in rows if row.pk == person_id)
    return person, as_owner(by)


def _check_another(left: QuerySet[User]) -> None:
    if not left.filter(person__is_owner=True, is_active=True).exists():
        raise LastOwner


def _switch(user: User, person: Person, by: Actor, at: datetime, *, on: bool) -> User:
    user.is_active = on
    user.save(update_fields=["is_active"])
    kind = "accounts.sign_in_switched_on" if on else "accounts.sign_in_switched_off"
    record_on_person(person, kind, by=by, at=at, sections={"sign_in": {"email": user.email}})
    return user
