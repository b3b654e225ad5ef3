"""A program that the demo calls back: it takes some messages, then is gone, so that what failed is there to be seen.

While the demo loads it really listens, and answers 410 after a few. `demo/receiver.py` is the same program come back.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

from django.conf import settings
from django.utils import timezone

from accounts.models import Project
from accounts.reads import Actor
from audit.actions import sequence
from reviews.actions import add_endpoint, call_back, find_callbacks, rotate_secret
from reviews.models import Delivery, Endpoint, Told

NAME, HOST, PORT = "loans", "127.0.0.1", 8797
TAKES = 6


def endpoint_of(project: Project, by: Actor) -> str:
    """Make the endpoint that the credit project's items name; give its secret, "" where none may be called here."""
    if project.task_type != "form" or HOST not in settings.CALLBACK_HOSTS:
        return ""
    at = timezone.now()
    found = Endpoint.objects.filter(project=project, name=NAME).first()
    if found is not None:
        return rotate_secret(endpoint=found, by=by, at=at)  # that of a load that was killed was told to nobody
    url = f"http://{HOST}:{PORT}/"
    return add_endpoint(project=project, name=NAME, url=url, events=Told.values, by=by, at=at)[1]


def call(project: Project) -> int:
    """Call the endpoint back with what was decided so far, until it says that it is gone; give how many it took."""
    found = Endpoint.objects.filter(project=project, name=NAME, active=True).first()
    if found is None:
        return 0
    while sequence(project.log_id):
        continue
    find_callbacks(at=timezone.now())
    waits = Delivery.objects.filter(endpoint=found).count()
    with _listening(min(TAKES, waits - 1)) as listens:
        if listens and waits:
            call_back(endpoint_id=found.pk, now=timezone.now)
    return Delivery.objects.filter(endpoint=found, state="sent").count()


@contextmanager
def _listening(takes: int) -> Iterator[bool]:
    """Take so many messages, and be gone after that; False where something else listens there."""
    left = takes

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            nonlocal left
            left -= 1
            self.rfile.read(int(self.headers["Content-Length"]))
            said = b"taken" if left >= 0 else b"loans moved; ask operations for its new address"
            self.send_response(200 if left >= 0 else 410)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_said: object) -> None:
            return

    try:
        server = HTTPServer((HOST, PORT), Receiver)
    except OSError:
        yield False
        return
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield True
    finally:
        server.shutdown()
        server.server_close()
