"""The WSGI application called in this process: middleware and all, without a socket."""

import io
import json
import sys
from typing import Any


class Web:
    """Calls with a token."""

    def __init__(self) -> None:
        from hitl.wsgi import application

        self.application = application

    def call(self, method: str, path: str, key: str, body: bytes = b"", kind: str = "application/json") -> Any:
        """Make one call and read its JSON; anything but a success ends the bench."""
        answered: list[str] = []
        environ = {
            "REQUEST_METHOD": method, "PATH_INFO": path, "SCRIPT_NAME": "", "QUERY_STRING": "",
            "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "127.0.0.1", "HTTP_AUTHORIZATION": f"Bearer {key}",
            "CONTENT_TYPE": kind, "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body),
            "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.errors": sys.stderr,
            "wsgi.multithread": False, "wsgi.multiprocess": False, "wsgi.run_once": False,
        }  # fmt: skip
        response = self.application(environ, lambda status, _headers, *_: answered.append(status))
        try:
            text = b"".join(response)
        finally:
            response.close()
        if not answered[0].startswith("2"):
            raise SystemExit(f"{method} {path}: {answered[0]} {text[:500]!r}")
        return json.loads(text) if text else None
