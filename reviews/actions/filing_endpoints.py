"""Endpoints as a project file names them."""

import datetime as dt
from collections.abc import Sequence

import msgspec

from accounts.models import Project
from accounts.reads import Actor
from reviews.actions.endpoints import add_endpoint, change_endpoint
from reviews.errors import BadEndpoint, BadProjectFile
from reviews.models import ABOUT_ITEMS, Endpoint


class CallbackFile(msgspec.Struct, forbid_unknown_fields=True):
    """An endpoint for callbacks as a project file names it, without its secret, which a new one gets on its page."""

    name: str
    url: str
    events: list[str] = msgspec.field(default_factory=lambda: list(ABOUT_ITEMS))


def apply_endpoints(project: Project, files: Sequence[CallbackFile], by: Actor, at: dt.datetime) -> list[str]:
    """Make or change endpoints as a file says, and say what changed; those that it leaves out stay.

    Raises:
        BadProjectFile: one cannot be taken, with its place in the file.
    """
    changes = []
    for number, file in enumerate(files):
        known = Endpoint.objects.filter(project=project, name=file.name).select_related("project").first()
        try:
            if known is None:
                add_endpoint(project=project, name=file.name, url=file.url, events=file.events, by=by, at=at)
                changes.append(f"made the endpoint {file.name}; rotate its secret on its page to see one")
            elif change_endpoint(endpoint=known, url=file.url, events=file.events, by=by, at=at):
                changes.append(f"changed the endpoint {file.name}")
        except BadEndpoint as problem:
            fields = [(f"callbacks[{number}].{place}", message) for place, message in problem.fields]
            raise BadProjectFile(fields=fields) from problem
    return changes
