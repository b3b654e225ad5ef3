"""The demo's open door: whoever sits at this machine enters as one of the demo's people, without a password.

It stands only where nothing speaks against it. Each doubt closes it, and a closed door answers 404.
"""

import ipaddress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port

from accounts.models import Membership, Person, Role, User

DOMAIN = "@demo.invalid"
MARK = " (demo)"
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
PROXIES = ("HTTP_X_", "HTTP_FORWARDED", "HTTP_VIA", "HTTP_CF_", "HTTP_TRUE_CLIENT_IP", "HTTP_CLIENT_IP")
OURS = frozenset({"HTTP_X_CSRFTOKEN", "HTTP_X_REQUESTED_WITH"})
ORDER = (
    Role.REVIEWER,
    Role.ADJUDICATOR,
    Role.OPERATIONS,
    Role.COMPLIANCE,
    Role.RECORDS_OFFICER,
    Role.GUIDELINE_EDITOR,
    "owner",
)


@dataclass(frozen=True, slots=True)
class Guest:
    """One of the demo's people whom a visitor may be: their role, and the sign-in that is theirs."""

    role: str
    name: str
    user: User


def may_stand(settings: Any = settings) -> bool:
    """Tell whether the settings allow the door: asked for, loopback alone, no proxy, no name but this machine's."""
    hosts = settings.ALLOWED_HOSTS
    return bool(
        settings.HITL_DEMO_DOOR is True
        and settings.HITL_LOOPBACK is True
        and settings.SECURE_PROXY_SSL_HEADER is None
        and not settings.USE_X_FORWARDED_HOST
        and not settings.CSRF_TRUSTED_ORIGINS
        and hosts
        and LOOPBACK_NAMES.issuperset(hosts)
    )


def from_here(request: HttpRequest) -> bool:
    """Tell whether a request came from this machine to this machine's name, and through nobody's hands."""
    if any(name.startswith(PROXIES) and name not in OURS for name in request.META):
        return False
    if request.META.get("SERVER_PROTOCOL") == "HTTP/1.0":  # no browser's; a proxy left as it comes speaks it
        return False
    name, _port = split_domain_port(request.META.get("HTTP_HOST", ""))
    return name in LOOPBACK_NAMES and _is_loopback(request.META.get("REMOTE_ADDR", ""))


def stands(request: HttpRequest) -> bool:
    """Tell whether the door stands open to a request: settings, where it comes from, and a demo and nothing else."""
    return may_stand() and from_here(request) and is_demo()


def is_demo() -> bool:
    """Tell whether this is the demo's installation: it was loaded here, and nobody signs in but the demo's people."""
    if not (Path(settings.HITL_DATA) / "demo.txt").is_file():
        return False
    return not User.objects.exclude(email__endswith=DOMAIN).exists() and User.objects.exists()


def guests() -> list[Guest]:
    """List one of the demo's people a role, who holds it and no other, an owner always; three statements at most."""
    users = {
        user.person_id: user
        for user in User.objects.filter(email__endswith=DOMAIN, is_active=True, person__name__endswith=MARK)
    }
    roles: dict[int, set[str]] = {person: set() for person in users}
    for person, role in Membership.objects.filter(person__in=users, until_at__isnull=True).values_list(
        "person_id", "role"
    ):
        roles[person].add(role)
    for owner in Person.objects.filter(pk__in=users, is_owner=True):
        roles[owner.pk] = {"owner"}
    found: dict[str, Guest] = {}
    for person_id, user in sorted(users.items()):
        if len(roles[person_id]) == 1:
            (role,) = roles[person_id]
            found.setdefault(role, Guest(role, user.person.name.removesuffix(MARK), user))
    return [found[role] for role in ORDER if role in found]


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
