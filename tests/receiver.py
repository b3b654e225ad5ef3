"""A program that is called back: real HTTP on loopback, answering as it is told to."""

import base64
import hashlib
import hmac
import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Got:
    """One message as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def told(self) -> dict[str, Any]:
        return dict(json.loads(self.body))

    def signed_by(self, secret: str) -> bool:
        """Check the signature by the published algorithm, without ours."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        content = f"{self.id}.{self.headers['webhook-timestamp']}.".encode() + self.body
        mine = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
        return f"v1,{mine}" in self.headers["webhook-signature"].split(" ")


@dataclass
class Receiver:
    """What came in, and what is answered: each of `script` once, then `then`.

    An answer is a status, `stall` (silence), `trickle` (a byte now and then), or an address to be redirected to.
    """

    port: int = 0
    got: list[Got] = field(default_factory=list)
    script: list[int | str] = field(default_factory=list)
    then: int | str = 200
    body: bytes = b"ok"
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def wait(self, count: int) -> list[Got]:
        """Wait until so many messages have come."""
        for _ in range(600):
            if len(self.got) >= count:
                return self.got
            time.sleep(0.05)
        raise AssertionError(f"{len(self.got)} messages of {count} came")


class Handler(BaseHTTPRequestHandler):
    """Takes messages for the receiver of its server."""

    @property
    def receiver(self) -> Receiver:
        return self.server.receiver  # type: ignore[attr-defined, no-any-return]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        receiver = self.receiver
        receiver.got.append(Got(self.path, {key.lower(): value for key, value in self.headers.items()}, body))
        answer = receiver.script.pop(0) if receiver.script else receiver.then
        if answer == "stall":
            receiver.over.wait(60)
            self.close_connection = True
        elif answer == "trickle":
            self._trickle()
        else:
            self._answer(answer)

    def _answer(self, answer: int | str) -> None:
        self.send_response(answer if isinstance(answer, int) else 307)
        if isinstance(answer, str):
            self.send_header("Location", answer)
        self.send_header("Set-Cookie", "kept=1")
        self.send_header("Content-Length", str(len(self.receiver.body)))
        self.end_headers()
        self.wfile.write(self.receiver.body)

    def _trickle(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        try:
            while not self.receiver.over.wait(0.2):
                self.wfile.write(b"a")
                self.wfile.flush()
        except OSError:
            self.close_connection = True

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def receiving(tls: ssl.SSLContext | None = None, **options: Any) -> Iterator[Receiver]:
    """Run a receiver on loopback, behind TLS where a context is given."""
    receiver = Receiver(**options)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.receiver = receiver  # type: ignore[attr-defined]
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.over.set()
        server.shutdown()
        server.server_close()
        thread.join(10)
