"""Verbs of tokens: made and ended."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.people import LONGEST_NAME, as_owner
from accounts.actions.streams import lock_person, lock_projects, record_on_project
from accounts.errors import BadToken, Forbidden, TokenEnded, TokenNeedsPerson, TokenNeedsRole
from accounts.models import Person, Project, Scope, Service, Token
from accounts.policies import is_owner, may_end_token, may_make_token, projects_with_role
from accounts.reads import Actor, token_digest
from audit.reads import pseudonym, timestamp, uuid7

YEAR, LONGEST = 365, 3650


@transaction.atomic
def make_token(
    *,
    projects: Sequence[Project],
    scopes: Sequence[str],
    by: Actor,
    at: datetime,
    person: Person | None = None,
    service: str | None = None,
    days: int = YEAR,
) -> tuple[Token, str]:
    """Make a key to the API, of a person or of the service with this name; its text is given here and never again.

    A service that is not known yet is made. Each project's stream tells of it. Locks projects, then the person.

    Raises:
        BadToken: no project, an unknown scope, a term outside 1 to 3,650 days, or not exactly one bearer.
        TokenNeedsPerson: a service asks to write decisions.
        TokenNeedsRole: the person would write decisions where they have no role.
        Forbidden: the actor may not make this token.
    """
    scopes = sorted(set(scopes))
    _check(projects, scopes, person, service, days)
    locked = lock_projects(project.pk for project in projects)
    if person:
        person = lock_person(person.pk)
    if not may_make_token(by=by, bearer=person, scopes=scopes):
        raise Forbidden(_("Only an owner makes tokens for others, or with more scopes than decisions:write."))
    _check_deciding(scopes, person, locked, at)
    plain = f"hitl_{secrets.token_urlsafe(32)}"
    token = Token.objects.create(
        uuid=uuid7(at),
        digest=token_digest(plain),
        person=person,
        service=None if person else _service(service or "", at),
        scopes=scopes,
        writes_decisions=Scope.DECISIONS_WRITE in scopes,
        created_at=at,
        until_at=at + timedelta(days=days),
    )
    token.projects.set(locked)
    _tell("accounts.token_made", token, locked, by, at)
    return token, plain


@transaction.atomic
def end_token(*, token: Token, by: Actor, at: datetime) -> Token:
    """End a token before its time; the next call with it is not signed in. Locks its projects, then the token.

    Raises:
        Forbidden: the actor is neither an owner nor the token's person.
        TokenEnded: it has been ended before.
    """
    locked = lock_projects(token.projects.values_list("pk", flat=True))
    token = (
        Token.objects.select_for_update(of=("self",), no_key=True).select_related("person", "service").get(pk=token.pk)
    )
    if not may_end_token(by=by, bearer=token.person):
        raise Forbidden(_("Only an owner, or the person it belongs to, ends a token."))
    if token.ended_at is not None:
        raise TokenEnded
    token.ended_at = at
    token.save(update_fields=["ended_at"])
    _tell("accounts.token_ended", token, locked, by, at)
    return token


def _service(name: str, at: datetime) -> Service:
    fresh = {"uuid": uuid7(at), "pseudonym": pseudonym("s"), "created_at": at}
    return Service.objects.get_or_create(name=name.strip(), defaults=fresh)[0]


def _tell(kind: str, token: Token, projects: Sequence[Project], by: Actor, at: datetime) -> None:
    by = as_owner(by) if is_owner(by) else by.as_role("bearer")
    bearer = token.person or token.service
    told: dict[str, Any] = {
        "token": str(token.uuid),
        "bearer": bearer.pseudonym if bearer else None,
        "scopes": token.scopes,
        "projects": [project.slug for project in projects],
        "until": timestamp(token.until_at),
    }
    for project in projects:
        record_on_project(project, kind, by=by, at=at, sections={"token": told})


def _check(
    projects: Sequence[Project], scopes: Sequence[str], person: Person | None, service: str | None, days: int
) -> None:
    fields = []
    if not projects:
        fields.append(("projects", _("Name at least one project.")))
    if not scopes:
        fields.append(("scopes", _("Name at least one of %(scopes)s.") % {"scopes": ", ".join(Scope.values)}))
    fields += [
        (
            "scopes",
            _("There is no scope %(scope)s; take one of %(scopes)s.")
            % {"scope": scope, "scopes": ", ".join(Scope.values)},
        )
        for scope in scopes
        if scope not in Scope.values
    ]
    if (person is None) == (service is None):
        fields.append(("person", _("Name either the person or the service that it belongs to.")))
    if service is not None and not 0 < len(service.strip()) <= LONGEST_NAME:
        fields.append(("service", _("A service's name has 1 to 100 characters.")))
    if not 1 <= days <= LONGEST:
        fields.append(("days", _("A token lasts from 1 to %(most)d days.") % {"most": LONGEST}))
    if fields:
        raise BadToken(" ".join(message for _place, message in fields), fields=fields)


def _check_deciding(scopes: Sequence[str], person: Person | None, projects: Sequence[Project], at: datetime) -> None:
    if Scope.DECISIONS_WRITE not in scopes:
        return
    if person is None:
        raise TokenNeedsPerson(fields=[("person", _(TokenNeedsPerson.sentence))])
    known = projects_with_role(person.pk, projects, at)
    without = [project.slug for project in projects if project.pk not in known]
    if without:
        raise TokenNeedsRole(
            _("This person has no role in %(projects)s; give them one first.") % {"projects": ", ".join(without)}
        )
