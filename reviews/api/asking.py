"""Who calls, by which token, about which project."""

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from accounts.errors import Forbidden, NotFound, NotSignedIn
from accounts.models import Project, Scope, Token
from accounts.policies import role_in
from accounts.reads import Actor, actor_of_token
from reviews.errors import LengthRequired
from reviews.models import Item, Queue
from reviews.policies import item_for, may_see_quality, withheld

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Call:
    """One call: who makes it, when, and the project it is about."""

    by: Actor
    at: dt.datetime
    project: Project


def api(*methods: str) -> Callable[[View], View]:
    """Make a function a call of the API: these methods, no session, no cookie, nothing stored on the way."""

    def decorate(view: View) -> View:
        @wraps(view)
        def called(request: HttpRequest, *args: object, **named: object) -> HttpResponseBase:
            if "Transfer-Encoding" in request.headers and "Content-Length" not in request.headers:
                raise LengthRequired
            answer = view(request, *args, **named) if request.method in allowed else HttpResponseNotAllowed(allowed)
            answer.headers.setdefault("Cache-Control", "no-store")
            return answer

        allowed = [*methods, "HEAD"] if "GET" in methods else list(methods)
        made: Any = csrf_exempt(called)
        made.methods = methods
        made.should_append_slash = False  # a redirect would lose the body
        return cast(View, made)

    return decorate


def in_project(request: HttpRequest, slug: str, scope: Scope) -> Call:
    """Read a call about a project.

    Raises:
        NotSignedIn: the token does not count.
        NotFound: the project is none of the token's.
        Forbidden: the token lacks the scope.
    """
    return _call(request, _projects().filter(slug=slug).first(), scope)


def in_queue(request: HttpRequest, project: str, queue: str) -> tuple[Call, Queue]:
    """Read a call to work in a queue of a project; raises as `in_project`."""
    lines = Queue.objects.select_related("project__log").filter(project__slug=project, slug=queue)
    line = lines.first()
    call = _call(request, line.project if line else _projects().filter(slug=project).first(), Scope.DECISIONS_WRITE)
    if line is None:
        raise NotFound
    return call, line


def at_item(request: HttpRequest, item: uuid.UUID, scope: Scope) -> Call:
    """Read a call about an item, wherever it is; raises as `in_project`."""
    return _call(request, _projects().filter(items__uuid=item).first(), scope)


def item_of(call: Call, external_id: str) -> Item:
    """Find an item of the call's project.

    Raises:
        NotFound: there is none, or it is not for this person.
        Forbidden: the person still decides on it.
    """
    found = Item.objects.select_related("project").filter(project=call.project, external_id=external_id).first()
    if found is None:
        raise NotFound
    if call.by.person_id is not None:
        item_for(call.project.slug, found.uuid, by=call.by, at=call.at)
        if withheld(found.pk, call.by.person_id, call.at):
            raise Forbidden("You still decide on this item; it opens to you when its outcome is released.")
    return found


def at_claim(request: HttpRequest, token: uuid.UUID) -> Call:
    """Read a call under a claim; raises as `in_project`."""
    return _call(request, _projects().filter(queues__tasks__claim__token=token).first(), Scope.DECISIONS_WRITE)


def at_decision(request: HttpRequest, decision: uuid.UUID) -> Call:
    """Read a call about a decision; raises as `in_project`."""
    return _call(request, _projects().filter(queues__tasks__decisions__uuid=decision).first(), Scope.DECISIONS_WRITE)


def anywhere(request: HttpRequest, scope: Scope) -> tuple[Actor, dt.datetime]:
    """Read a call that names no project: its verb keeps to the projects of the token; raises as `in_project`."""
    at = timezone.now()
    return actor_of_token(bearer(request), scope=scope, project=None, at=at), at


def bearer(request: HttpRequest) -> str:
    """Give the token that a request carries.

    Raises:
        NotSignedIn: it carries none.
    """
    scheme, _, plain = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not plain.strip():
        raise NotSignedIn
    return plain.strip()


def sees_draws(call: Call) -> bool:
    """Tell whether the answer shows draws: the token has audit:read, and its person is never asked about items here."""
    scopes = Token.objects.values_list("scopes", flat=True).get(pk=call.by.token_id or 0)
    if Scope.AUDIT_READ not in scopes or call.by.person_id is None:
        return Scope.AUDIT_READ in scopes
    return may_see_quality(role_in(call.by.person_id, call.project.pk, call.at))


def _projects() -> QuerySet[Project]:
    return Project.objects.select_related("log")


def _call(request: HttpRequest, project: Project | None, scope: Scope) -> Call:
    """Read the token for a project; one that is not there is refused as another's is."""
    at = timezone.now()
    place = project or Project(pk=0)
    return Call(actor_of_token(bearer(request), scope=scope, project=place, at=at), at, place)
