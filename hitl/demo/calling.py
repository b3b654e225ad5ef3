"""The public API called inside this process: real requests to the installation's WSGI application, with a token."""

import io
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from django.conf import settings

from hitl.wsgi import application


class DemoFailed(Exception):  # noqa: N818 - a fact that the command tells
    """The API refused what the demo sent."""


@dataclass(frozen=True, slots=True)
class Door:
    """A token, and the calls made with it."""

    token: str

    def call(self, method: str, path: str, body: Any = None, kind: str = "application/json") -> tuple[int, Any]:
        """Call `path` below `/api/v1/`; give the status and the JSON of the answer.

        Raises:
            DemoFailed: something is wrong on the server's side.
        """
        sent = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        status = 0

        def start(line: str, _headers: Any, _problem: Any = None) -> Any:
            nonlocal status
            status = int(line.split()[0])

        answer = application(self._environ(method, f"/api/v1/{path}", sent, kind), start)
        try:
            content = b"".join(answer)
        finally:
            getattr(answer, "close", lambda: None)()
        if status >= 500:
            raise DemoFailed(f"{method} {path} answered {status}.")
        return status, json.loads(content) if content else None

    def must(self, method: str, path: str, body: Any = None, kind: str = "application/json") -> Any:
        """Call, and give the JSON of an answer that is no refusal.

        Raises:
            DemoFailed: it is one.
        """
        status, told = self.call(method, path, body, kind)
        if status >= 400:
            raise DemoFailed(f"{method} {path} answered {status}: {told}")
        return told

    def _environ(self, method: str, path: str, body: bytes, kind: str) -> dict[str, Any]:
        hosts = [host for host in settings.ALLOWED_HOSTS if host != "*"] or ["localhost"]
        scheme = "http" if settings.HITL_LOOPBACK else "https"
        return {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(path),
            "QUERY_STRING": "",
            "CONTENT_TYPE": kind,
            "CONTENT_LENGTH": str(len(body)),
            "SERVER_NAME": hosts[0].lstrip("."),
            "SERVER_PORT": "80" if scheme == "http" else "443",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": hosts[0].lstrip("."),
            "HTTP_AUTHORIZATION": f"Bearer {self.token}",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": scheme,
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
