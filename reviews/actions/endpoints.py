"""Endpoints of a project: made, changed, switched off, their secrets rotated."""

import datetime as dt
import re
import secrets
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import lock_project, record_on_project
from accounts.models import Project
from accounts.reads import Actor
from reviews.actions.governing import entitled
from reviews.actions.locking_away import locked_away
from reviews.actions.reaching import inward
from reviews.errors import BadEndpoint
from reviews.models import Endpoint, EndpointSecret, Told
from reviews.wire.webhooks import secret_text

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
URL = re.compile(r"https?://[!-~]+")
SECRET_BYTES = 32
OVERLAP = dt.timedelta(days=1)
"""How long the secret before signs beside the new one."""


@transaction.atomic
def add_endpoint(
    *, project: Project, name: str, url: str, events: Sequence[str], by: Actor, at: dt.datetime
) -> tuple[Endpoint, str]:
    """Make an endpoint; give it and its first secret, which is told this once. Locks the project.

    Raises:
        Forbidden: the actor may not govern this project.
        BadEndpoint: the name is taken or no word, the address cannot be called, no event or an unknown one is named.
    """
    by = entitled(project=project, by=by, at=at)
    project = lock_project(project.pk)
    faults = [*_address_faults(url), *_event_faults(events)]
    if not NAME.fullmatch(name):
        faults.append(("name", _("A name has 1 to 64 small letters, digits, - and _.")))
    elif Endpoint.objects.filter(project=project, name=name).exists():
        faults.append(("name", _("Another endpoint of this project has this name.")))
    if faults:
        raise BadEndpoint(fields=faults)
    made = Endpoint.objects.create(project=project, name=name, url=url, events=_in_order(events), made_at=at)
    secret = _fresh_secret(made, at)
    told = {"endpoint": str(made.uuid), "name": name, "url": url, "events": made.events}
    record_on_project(project, "reviews.endpoint_added", by=by, at=at, sections={"endpoint": told})
    return made, secret


@transaction.atomic
def change_endpoint(
    *, endpoint: Endpoint, by: Actor, at: dt.datetime, url: str | None = None, events: Sequence[str] | None = None
) -> bool:
    """Change where an endpoint is called, or what it is told of; tell whether anything differs. Locks the project.

    Raises:
        Forbidden: the actor may not govern this project.
        BadEndpoint: the address cannot be called, no event or an unknown one is named.
    """
    project, by = _governed(endpoint, by, at)
    endpoint.refresh_from_db()
    if faults := [*(_address_faults(url) if url else []), *([] if events is None else _event_faults(events))]:
        raise BadEndpoint(fields=faults)
    wanted: dict[str, Any] = {"url": url or endpoint.url, "events": _in_order(events or endpoint.events)}
    changes = {
        part: {"from": getattr(endpoint, part), "to": value}
        for part, value in wanted.items()
        if getattr(endpoint, part) != value
    }
    if not changes:
        return False
    Endpoint.objects.filter(pk=endpoint.pk).update(**wanted, failures=0, rests_until=None)
    _tell(project, endpoint, "reviews.endpoint_changed", by, at, changes=changes)
    return True


@transaction.atomic
def switch_endpoint(*, endpoint: Endpoint, on: bool, by: Actor, at: dt.datetime) -> None:
    """Switch an endpoint off or on; what it would be told of waits meanwhile, three days at most. Locks the project.

    Raises:
        Forbidden: the actor may not govern this project.
    """
    project, by = _governed(endpoint, by, at)
    if Endpoint.objects.filter(pk=endpoint.pk, active=not on).update(
        active=on, off_why="", failures=0, rests_until=None
    ):
        _tell(project, endpoint, "reviews.endpoint_switched_on" if on else "reviews.endpoint_switched_off", by, at)


@transaction.atomic
def switch_off_gone(*, endpoint: Endpoint, why: str, by: Actor, at: dt.datetime) -> None:
    """Switch an endpoint off that answered that it is gone; the clock does. Locks the project."""
    project = lock_project(endpoint.project_id)
    if Endpoint.objects.filter(pk=endpoint.pk, active=True).update(active=False, off_why=why):
        _tell(project, endpoint, "reviews.endpoint_switched_off", by, at, why=why)


@transaction.atomic
def rotate_secret(*, endpoint: Endpoint, by: Actor, at: dt.datetime) -> str:
    """Make an endpoint's next secret and give it, told this once; those before sign beside it for a day.

    Locks the project.

    Raises:
        Forbidden: the actor may not govern this project.
    """
    project, by = _governed(endpoint, by, at)
    EndpointSecret.objects.filter(endpoint=endpoint, until_at__lte=at).delete()
    EndpointSecret.objects.filter(endpoint=endpoint, until_at__isnull=True).update(until_at=at + OVERLAP)
    secret = _fresh_secret(endpoint, at)
    _tell(project, endpoint, "reviews.endpoint_secret_rotated", by, at)
    return secret


def _governed(endpoint: Endpoint, by: Actor, at: dt.datetime) -> tuple[Project, Actor]:
    by = entitled(project=endpoint.project, by=by, at=at)
    return lock_project(endpoint.project_id), by


def _tell(project: Project, endpoint: Endpoint, kind: str, by: Actor, at: dt.datetime, **more: Any) -> None:
    told = {"endpoint": str(endpoint.uuid), "name": endpoint.name, **more}
    record_on_project(project, kind, by=by, at=at, sections={"endpoint": told})


def _fresh_secret(endpoint: Endpoint, at: dt.datetime) -> str:
    secret = secrets.token_bytes(SECRET_BYTES)
    EndpointSecret.objects.create(endpoint=endpoint, body=locked_away(secret, endpoint.uuid.bytes), made_at=at)
    return secret_text(secret)


def _in_order(events: Sequence[str]) -> list[str]:
    return [str(one) for one in Told.values if one in events]


def _event_faults(events: Sequence[str]) -> list[tuple[str, str]]:
    if not events:
        return [("events", _("Choose at least one event."))]
    unknown = next((one for one in events if one not in Told.values), None)
    return [("events", _("There is no event %(event)s.") % {"event": unknown})] if unknown else []


def _address_faults(url: str) -> list[tuple[str, str]]:
    """Say what of an address cannot be called; where its name leads is looked at each time that it is."""
    message = _address_fault(url)
    return [("url", message)] if message else []


def _address_fault(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    if not URL.fullmatch(url) or not host or port == 0 or len(url) > 500:
        return _("Give an address like https://hooks.example.com/hitl, at most 500 ASCII characters.")
    if parts.username is not None or parts.password is not None or parts.fragment:
        return _("Leave out user, password and #fragment: the signature proves who calls.")
    if host in settings.CALLBACK_HOSTS:
        return ""
    if parts.scheme != "https":
        return _("Only https is called, except on hosts that whoever runs hitl allows (HITL_CALLBACK_HOSTS).")
    try:
        refused = inward(host)
    except ValueError:
        refused = False  # a name; it is looked up when it is called
    return _("This address lies inside a network, and HITL_CALLBACK_HOSTS does not allow it.") if refused else ""
