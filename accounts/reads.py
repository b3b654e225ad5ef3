"""Who acts."""

import uuid
from dataclasses import dataclass, replace

from accounts.models import Installation


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does a verb: a person, a service, or the installation's clock; in which role; by which door.

    `person_id` and `service_id` are row ids, at most one given. `via` is browser, api, command or clock. `role` is the
    role that the verb found them entitled by, None until then.
    """

    pseudonym: str
    via: str
    person_id: int | None = None
    service_id: int | None = None
    role: str | None = None
    name: str = ""

    def as_role(self, role: str | None) -> "Actor":
        """Give the same actor in the role that a verb asks for."""
        return replace(self, role=role)


def clock() -> Actor:
    """Give the installation's clock: what sweeps, releases and reveals."""
    return Actor(Installation.objects.get(id=1).clock, "clock", role="clock")


def installation_uuid() -> uuid.UUID:
    """Give the installation's id."""
    return Installation.objects.get(id=1).uuid
