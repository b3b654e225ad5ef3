"""A program that the demo calls back: takes messages of Standard Webhooks, checks who signed them, says what they tell.

    python3 demo/receiver.py            # while `make run` runs, in a second terminal
    python3 demo/receiver.py whsec_...  # with a secret that the page Callbacks showed

Python alone is enough. Then switch the endpoint on and send again what failed, on the credit project's page Callbacks.
"""

import base64
import hashlib
import hmac
import json
import os
import re
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

PORT = int(os.environ.get("RECEIVER_PORT") or "8797")
TOLERATED_S = 300  # how far the sender's clock may be from this one


def secret() -> bytes:
    """Give the key that messages are signed by: from the command, else as the demo wrote it down."""
    told = Path(os.environ.get("HITL_DATA") or ".hitl") / "demo.txt"
    text = sys.argv[1] if len(sys.argv) > 1 else told.read_text() if told.exists() else ""
    found = re.search(r"whsec_([A-Za-z0-9+/=]+)", text)
    if found is None:
        sys.exit(f"{told} tells no secret. Give one that the page Callbacks showed: python3 demo/receiver.py whsec_...")
    return base64.b64decode(found[1])


def signed(headers: dict[str, str], body: bytes, key: bytes) -> bool:
    """Tell whether one of the signatures is by this key, and fresh."""
    moment = headers.get("webhook-timestamp", "")
    if not moment.isdecimal() or abs(time.time() - int(moment)) > TOLERATED_S:
        return False
    content = f"{headers.get('webhook-id', '')}.{moment}.".encode() + body
    mine = "v1," + base64.b64encode(hmac.digest(key, content, "sha256")).decode()
    return any(hmac.compare_digest(mine, one) for one in headers.get("webhook-signature", "").split(" "))


class Receiver(BaseHTTPRequestHandler):
    """Answers 200 to what is signed, 401 to anything else; what comes twice is taken once."""

    key = b""
    known: ClassVar[set[str]] = set()

    def do_POST(self) -> None:
        """Take a message."""
        body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), 2**20))
        headers = {name.lower(): value for name, value in self.headers.items()}
        fits = signed(headers, body, self.key)
        self.send_response(200 if fits else 401)
        self.send_header("Content-Length", "0")
        self.end_headers()
        if not fits:
            print("Refused: not signed by this secret. Is it the newest one?", flush=True)
        elif headers["webhook-id"] not in self.known:
            self.known.add(headers["webhook-id"])
            told = json.loads(body)
            print(f"{told['timestamp']}  {told['type']}  {json.dumps(told['data'])[:200]}", flush=True)

    def log_message(self, *_said: object) -> None:
        """Say nothing of requests."""


if __name__ == "__main__":
    Receiver.key = secret()
    digest = hashlib.sha256(Receiver.key).hexdigest()[:8]
    print(
        f"Listening at http://127.0.0.1:{PORT}/ for messages signed by the secret {digest}...  Ctrl-C stops.",
        flush=True,
    )
    try:
        HTTPServer(("127.0.0.1", PORT), Receiver).serve_forever()
    except KeyboardInterrupt:
        print()
