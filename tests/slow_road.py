"""A road between a browser and a server: each way takes time, and some of what travels is lost and sent again."""

import queue
import random
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

RESENT_S = 0.6  # what is lost comes this much later: about what a kernel waits before it sends again


@dataclass
class Way:
    """One way of one connection: what comes in here is given out there, later."""

    here: socket.socket
    there: socket.socket
    late_s: float
    lost: float
    chance: random.Random
    pieces: "queue.Queue[tuple[float, bytes]]" = field(default_factory=queue.Queue)

    def start(self) -> None:
        for work in (self.take, self.give):
            threading.Thread(target=work, daemon=True).start()

    def take(self) -> None:
        piece = b"first"
        while piece:
            try:
                piece = self.here.recv(16_384)
            except OSError:
                piece = b""
            late = self.late_s
            if piece and self.chance.random() < self.lost:
                late += RESENT_S
                if self.chance.random() < 0.1:
                    piece = self.cut()
            self.pieces.put((time.monotonic() + late, piece))

    def cut(self) -> bytes:
        """End the connection both ways."""
        self.here.close()
        self.there.close()
        return b""

    def give(self) -> None:
        piece = b"first"
        while piece:
            due, piece = self.pieces.get()
            time.sleep(max(0.0, due - time.monotonic()))
            try:
                self.there.sendall(piece) if piece else self.there.shutdown(socket.SHUT_WR)
            except OSError:
                return


@contextmanager
def slow_road(port: int, *, there_and_back_s: float, lost: float, seed: int = 7) -> Iterator[int]:
    """Listen on a port whose connections go to `port`; give the new port.

    Args:
        port: the server on this machine.
        there_and_back_s: a round trip, in seconds.
        lost: the share of pieces that are lost and arrive late, 0 to 1; a tenth of them end their connection.
        seed: of the draws of losses.
    """
    chance = random.Random(seed)
    ear = socket.create_server(("127.0.0.1", 0))

    def listen() -> None:
        while True:
            try:
                here, _ = ear.accept()
            except OSError:
                return
            there = socket.create_connection(("127.0.0.1", port))
            for one, other in ((here, there), (there, here)):
                Way(one, other, there_and_back_s / 2, lost, chance).start()

    threading.Thread(target=listen, daemon=True).start()
    try:
        yield ear.getsockname()[1]
    finally:
        ear.close()
