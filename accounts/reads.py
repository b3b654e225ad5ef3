"""Who acts."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from django.contrib.auth.tokens import default_token_generator
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from accounts.errors import Forbidden, NotFound, NotSignedIn
from accounts.models import Installation, Membership, Person, Project, Token, User


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does a verb: a person, a service, or the installation's clock; in which role; by which door.

    `person_id` and `service_id` are row ids, at most one given. `via` is browser, api, command or clock. `role` is the
    role that the verb found them entitled by, None until then. `token_id` is the token they came by: it narrows what
    they may see to its projects.
    """

    pseudonym: str
    via: str
    person_id: int | None = None
    service_id: int | None = None
    role: str | None = None
    name: str = ""
    token_id: int | None = None

    def as_role(self, role: str | None) -> "Actor":
        """Give the same actor in the role that a verb asks for."""
        return replace(self, role=role)


def clock() -> Actor:
    """Give the installation's clock: what sweeps, releases and reveals."""
    return Actor(Installation.objects.get(id=1).clock, "clock", role="clock")


def console() -> Actor:
    """Give whoever runs a command on the installation's machine: entitled to what an owner is."""
    return Actor(Installation.objects.get(id=1).clock, "command", role="console")


def actor_of_person(person: Person, via: str) -> Actor:
    """Give a person as an actor."""
    return Actor(person.pseudonym, via, person_id=person.pk, name=person.name)


def actor_of_user(user: User, via: str) -> Actor:
    """Give the person behind a sign-in; no statement when the user came from a session.

    Raises:
        NotSignedIn: the sign-in has been switched off.
    """
    if not user.is_active:
        raise NotSignedIn(_("Sign in first."))
    return actor_of_person(user.person, via)


def token_digest(plain: str) -> bytes:
    """Give what is stored of a token: the SHA-256 of its text."""
    return hashlib.sha256(plain.encode("utf-8", "replace")).digest()


def actor_of_token(plain: str, *, scope: str, project: Project | None, at: datetime) -> Actor:
    """Give the bearer of a token, in one statement.

    A person's token counts while one of their sign-ins is active, and reaches a project while they have a standing role
    there. Without a project only the scope is checked; `policies.visible_projects` knows the rest by `token_id`. It is
    looked up by its digest, so the time taken tells nothing of its text.

    Raises:
        NotSignedIn: the token is unknown, ended or past its end, or its person may not sign in.
        NotFound: the project is none of the token's, or its person has no role there.
        Forbidden: the token lacks the scope.
    """
    named = Token.projects.through.objects.filter(token_id=OuterRef("pk"), project_id=project.pk if project else 0)
    users = User.objects.filter(person_id=OuterRef("person_id"), is_active=True)
    roles = Membership.objects.standing(at).filter(
        person_id=OuterRef("person_id"), project_id=project.pk if project else 0
    )
    token = (
        Token.objects.filter(digest=token_digest(plain))
        .annotate(named=Exists(named), signs_in=Exists(users), has_role=Exists(roles))
        .select_related("person", "service")
        .first()
    )
    if token is None or token.ended_at is not None or token.until_at <= at:
        raise NotSignedIn
    person, service = token.person, token.service
    if person and not token.signs_in:
        raise NotSignedIn
    if project and not (token.named and (service or token.has_role)):
        raise NotFound
    if scope not in token.scopes:
        raise Forbidden(_("This token lacks the scope %(scope)s; use one that has it.") % {"scope": scope})
    if person:
        return replace(actor_of_person(person, "api"), token_id=token.pk)
    if service:
        return Actor(service.pseudonym, "api", service_id=service.pk, name=service.name, token_id=token.pk)
    raise NotSignedIn


def set_password_path(user: User) -> str:
    """Give the path of a one-time link to set a password; it counts for three days, and until it is used."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("set-password", args=[uid, default_token_generator.make_token(user)])
