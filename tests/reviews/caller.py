"""A program that calls the API of a town."""

import json
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.actions import make_token
from accounts.models import Person, Project
from accounts.reads import Actor, console

SERVICE = ("items:write", "items:read", "outcomes:read", "assets:write")


class Caller:
    """A token and what may be called with it."""

    def __init__(self, project: Project, *scopes: str, who: Actor | None = None, service: str = "model") -> None:
        person = Person.objects.get(pk=who.person_id) if who else None
        wanted = scopes or (("decisions:write",) if who else SERVICE)
        self.project = project
        self.row, self.token = make_token(
            projects=[project],
            scopes=wanted,
            person=person,
            service=None if who else service,
            by=console(),
            at=timezone.now(),
        )
        self.client = Client(raise_request_exception=False)

    def call(self, method: str, path: str, body: Any = None, *, kind: str = "application/json", **headers: str) -> Any:
        """Call; a body that is no bytes is sent as JSON. The answer's JSON is at `.told`."""
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        sent = {"Authorization": f"Bearer {self.token}"} | headers
        address = path if path.startswith("/") else f"/api/v1/{path}"
        answer: Any = self.client.generic(method, address, data, kind, headers=sent)
        is_json = "json" in answer.headers.get("Content-Type", "")
        content = answer.getvalue()  # of an answer that is held back, all of it
        answer.told = json.loads(content) if content and is_json else None
        return answer

    def send(self, body: Any, **more: str) -> Any:
        """Send items."""
        return self.call("POST", f"projects/{self.project.slug}/items/", body, **more)

    def claim(self, queue: str = "general") -> Any:
        """Claim the next item of a queue and open it; give the opened claim's answer."""
        answer = self.call("POST", f"projects/{self.project.slug}/queues/{queue}/claims/")
        assert answer.status_code == 201, (answer.status_code, answer.content)
        return self.call("PUT", f"claims/{answer.told['claim']['token']}/opening/")

    def decide(self, claim: Any, verdict: str | None = "approve", **more: Any) -> Any:
        """Decide an opened claim."""
        body = {"verdict": verdict, **more} if verdict else more
        return self.call("POST", f"claims/{claim.told['claim']['token']}/decision/", body)


def item(external_id: str = "frame-1", confidence: float | None = 0.5, **more: Any) -> dict[str, Any]:
    """Make the body of an item."""
    proposed = {"model": {"name": "m", "version": "1"}, "prediction": {"labels": ["cat"]}, "confidence": confidence}
    return {
        "external_id": external_id,
        "data": {"text": "A cat?"},
        **(proposed if confidence is not None else {}),
        **more,
    }


def problem(answer: HttpResponse) -> tuple[int, str]:
    """Give status and code of a refusal."""
    assert answer.headers["Content-Type"] == "application/problem+json", (answer.status_code, answer.content)
    told = json.loads(answer.content)
    assert set(told) == {"type", "title", "status", "code", "detail", "errors"} and told["status"] == answer.status_code
    return answer.status_code, told["code"]
