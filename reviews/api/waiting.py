"""`Prefer: wait=N`: an answer held back until the item has its outcome, or the time is up.

A held answer is begun at once and sent a blank a second, which JSON does not mind: so the server sees that a caller has
hung up, and their thread is free again within a second or two. At most a quarter of a process's threads wait.
"""

import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone

from reviews.actions import release_of
from reviews.api.answering import answer, encoded
from reviews.reads.awaited import over

LONGEST_S = 60
LOOK_S = 0.25
BLANK_S = 1.0
FULL_S = 5
"""When to come back, told to whoever finds no place to wait."""
WISH = re.compile(r"(?:^|[,;])\s*wait\s*=\s*\"?(\d{1,9})\"?\s*(?=$|[,;])", re.IGNORECASE)
OVER = frozenset({"withdrawn", "expired", "erased"})
Look = Callable[[], dict[str, Any]]


@dataclass(eq=False)
class Waiter:
    """One caller who waits for an item until an instant of the monotonic clock."""

    item: uuid.UUID
    until: float
    settled: threading.Event = field(default_factory=threading.Event)


class Room:
    """Those who wait in this process. One of them looks for all, four times a second at most."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiters: set[Waiter] = set()
        self._looked = 0.0

    def enter(self, item: uuid.UUID, seconds: int) -> Waiter | None:
        """Give a place; None where a quarter of the threads wait already."""
        now = time.monotonic()
        with self._lock:
            self._waiters = {one for one in self._waiters if one.until + 2 * BLANK_S > now}  # one may have been lost
            if len(self._waiters) >= settings.WEB_THREADS // 4:
                return None
            waiter = Waiter(item, now + seconds)
            self._waiters.add(waiter)
        return waiter

    def leave(self, waiter: Waiter) -> None:
        """Give the place to another."""
        with self._lock:
            self._waiters.discard(waiter)

    def look(self, waiter: Waiter) -> bool:
        """Wait a moment; tell whether there is nothing more to wait for."""
        left = waiter.until - time.monotonic()
        if not waiter.settled.wait(max(min(LOOK_S, left), 0)) and self._my_turn():
            with self._lock:
                waiting = list(self._waiters)
            at = timezone.now()
            found = over({one.item for one in waiting}, at)
            for project_id in found.due:
                release_of(project_id=project_id, at=at)
            for one in waiting:
                if one.item in found.settled:
                    one.settled.set()
        return waiter.settled.is_set() or time.monotonic() >= waiter.until

    def _my_turn(self) -> bool:
        now = time.monotonic()
        with self._lock:
            if now - self._looked < LOOK_S:
                return False
            self._looked = now
        return True


ROOM = Room()


class Held(Iterator[bytes]):
    """A held answer: a blank a second, then the item as it stands. Its place is free when it is closed."""

    def __init__(self, waiter: Waiter, look: Look) -> None:
        self.waiter, self.item_now = waiter, look
        self.done = False

    def __next__(self) -> bytes:
        """Give the next piece."""
        if self.done:
            raise StopIteration
        blank = time.monotonic() + BLANK_S
        while time.monotonic() < blank:
            if ROOM.look(self.waiter):
                self.done = True
                return encoded(self.item_now())
        return b" "

    def close(self) -> None:
        """Leave; said twice it is once."""
        ROOM.leave(self.waiter)


def wanted(request: HttpRequest) -> int:
    """Give the seconds that a caller would wait, 0 where they ask for none; what does not read counts as not asked."""
    found = WISH.search(request.headers.get("Prefer", ""))
    return min(int(found[1]), LONGEST_S) if found and request.method != "HEAD" else 0


def held(request: HttpRequest, item: dict[str, Any], look: Look, *, status: int = 200, may: bool) -> HttpResponseBase:
    """Answer with an item: at once where that is all that is asked, or nothing is left to wait for; else when it is.

    `may` says whether this caller may wait: people do not, since what they may see of an item can change meanwhile.
    """
    seconds = wanted(request)
    if not seconds:
        return answer(item, status)
    applied = {"Preference-Applied": f"wait={seconds}"}
    if item["outcome"] is not None or item["state"] in OVER:
        return answer(item, status, applied)
    waiter = ROOM.enter(uuid.UUID(item["id"]), seconds) if may else None
    if waiter is None:
        return answer(item, status, {"Retry-After": str(FULL_S)})
    headers = {**applied, "Retry-After": "1", "X-Accel-Buffering": "no"}
    return StreamingHttpResponse(Held(waiter, look), status=status, content_type="application/json", headers=headers)
