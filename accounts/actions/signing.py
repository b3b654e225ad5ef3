"""Signing: a person proves that it is them, and puts their name to a record."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import authenticate
from django.db import transaction
from django.http import HttpRequest

from accounts.actions.streams import lock_person, record_on_person
from accounts.errors import Forbidden, TooManyTries, WrongPassword
from accounts.models import Project, Signature, User
from accounts.reads import Actor
from audit.reads import uuid7


@dataclass(frozen=True, slots=True)
class Proof:
    """Somebody gave their password right now; good for one verb of theirs."""

    person_id: int
    proven_at: datetime


def prove(*, request: HttpRequest, user: User, password: str, at: datetime) -> Proof:
    """Check the password of whoever is signed in once more; wrong ones count as they do at the door.

    Opens no transaction: a wrong try stays counted whatever is rolled back.

    Raises:
        WrongPassword: it is not theirs.
        TooManyTries: they may not try again for a while.
    """
    found = authenticate(request, username=user.email, password=password)
    if found is None or found.pk != user.pk:
        raise TooManyTries if getattr(request, "axes_locked_out", False) else WrongPassword
    return Proof(user.person_id, at)


@transaction.atomic
def sign(*, proof: Proof, record: bytes, meaning: str, project: Project, by: Actor, at: datetime) -> Signature:
    """Put a person's name to the SHA-256 of a record, with what that means, in English. Locks the person.

    Raises:
        Forbidden: the proof is another person's or another moment's.
    """
    if proof.person_id != by.person_id or proof.proven_at != at:
        raise Forbidden
    person = lock_person(proof.person_id)
    digest, made = hashlib.sha256(record).hexdigest(), uuid7(at)
    told = {"signature": str(made), "digest": digest, "meaning": meaning, "name": person.name}
    event = record_on_person(person, "accounts.signed", by=by, at=at, sections={"signature": told}, project=project)
    return Signature.objects.create(
        uuid=made, person=person, name=person.name, meaning=meaning, digest=digest, signed_at=at, event_id=event
    )
