"""People, projects, and what lets programs in."""

from accounts.models.people import Membership, Person, Role, User
from accounts.models.places import Installation, Project, TaskType
from accounts.models.tokens import Scope, Service, Token

__all__ = [
    "Installation",
    "Membership",
    "Person",
    "Project",
    "Role",
    "Scope",
    "Service",
    "TaskType",
    "Token",
    "User",
]
