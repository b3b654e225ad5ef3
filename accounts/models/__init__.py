"""People, projects, and what lets programs in."""

from accounts.models.people import Membership, Person, Role, User
from accounts.models.places import Installation, Project, TaskType
from accounts.models.preferences import ACTS, DAY_MINUTES, DIGITS, Preference, Telling
from accounts.models.signatures import Signature
from accounts.models.tokens import Scope, Service, Token

__all__ = [
    "ACTS",
    "DAY_MINUTES",
    "DIGITS",
    "Installation",
    "Membership",
    "Person",
    "Preference",
    "Project",
    "Role",
    "Scope",
    "Service",
    "Signature",
    "TaskType",
    "Telling",
    "Token",
    "User",
]
