"""Verbs of people: added, named owner, given a password."""

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actions.streams import lock_person, record_on_person
from accounts.errors import BadPerson, EmailTaken, Forbidden, NotFound, WeakPassword
from accounts.models import Person, User
from accounts.policies import is_console, is_owner
from accounts.reads import Actor
from audit.reads import pseudonym, uuid7

LONGEST_NAME, LONGEST_EMAIL = 100, 254


@transaction.atomic
def add_person(*, name: str, email: str, by: Actor, at: datetime, password: str | None = None) -> Person:
    """Add a person and their sign-in; without a password they set one by a one-time link.

    The address is kept in small letters. Takes no lock: both rows are new.

    Raises:
        Forbidden: the actor is no owner.
        BadPerson: the name or the address cannot be taken.
        EmailTaken: someone signs in with this address already.
        WeakPassword: the password does not meet the installation's rules.
    """
    by = as_owner(by)
    name, email = name.strip(), email.strip().lower()
    _check(name, email)
    person = Person.objects.create(uuid=uuid7(at), pseudonym=pseudonym("p"), name=name, created_at=at)
    user = User(email=email, person=person)
    _put_password(user, password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as problem:
        raise EmailTaken(fields=[("email", _(EmailTaken.sentence))]) from problem
    told = {"person": {"name": name, "email": email, "pseudonym": person.pseudonym}}
    record_on_person(person, "accounts.person_added", by=by, at=at, sections=told)
    return person


@transaction.atomic
def name_owner(*, person: Person, by: Actor, at: datetime) -> Person:
    """Make a person an owner of the installation; one who is stays so, and nothing is written. Locks the person.

    Raises:
        Forbidden: the actor is no owner.
    """
    by = as_owner(by)
    person = lock_person(person.pk)
    if person.is_owner:
        return person
    person.is_owner = True
    person.save(update_fields=["is_owner"])
    record_on_person(person, "accounts.owner_named", by=by, at=at, sections={"person": {"name": person.name}})
    return person


@transaction.atomic
def set_password(*, user: User, password: str, by: Actor, at: datetime) -> None:
    """Set a sign-in's password; links and sessions made before end with the old one. Locks the person.

    Raises:
        Forbidden: the actor is neither the person nor the console.
        NotFound: the sign-in has been switched off.
        WeakPassword: the password does not meet the installation's rules.
    """
    if not is_console(by) and by.person_id != user.person_id:
        raise Forbidden
    person = lock_person(user.person_id)
    user.refresh_from_db()
    if not user.is_active:
        raise NotFound
    _put_password(user, password)
    user.save(update_fields=["password"])
    record_on_person(person, "accounts.password_set", by=by, at=at)


def as_owner(by: Actor) -> Actor:
    """Give the actor in the role that owners' verbs are recorded under.

    Raises:
        Forbidden: the actor is no owner.
    """
    if is_console(by):
        return by.as_role("console")
    if not is_owner(by):
        raise Forbidden(_("Only an owner of the installation may do this."))
    return by.as_role("owner")


def _check(name: str, email: str) -> None:
    fields = []
    if not 0 < len(name) <= LONGEST_NAME:
        fields.append(("name", _("A name has 1 to 100 characters.")))
    try:
        validate_email(email)
        if len(email) > LONGEST_EMAIL:
            raise ValidationError("long")
    except ValidationError:
        fields.append(("email", _("This is no e-mail address.")))
    if fields:
        raise BadPerson(fields=fields)


def _put_password(user: User, password: str | None) -> None:
    if password is None:
        user.set_unusable_password()
        return
    try:
        validate_password(password, user)
    except ValidationError as problem:
        said = " ".join(problem.messages)
        raise WeakPassword(said, fields=[("password", message) for message in problem.messages]) from problem
    user.set_password(password)
