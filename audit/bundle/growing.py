"""A bundle that grows file by file beside its target and gets its name when it is whole."""

import hashlib
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from audit.bundle.journal import Journal, Place, Written
from audit.bundle.stores import Folder, Store, Zip

Chunks = Callable[[Any], Iterator[tuple[bytes, Any]]]
"""Gives a file's content from a cursor on (None: from its beginning), piece by piece, each with the next cursor."""


@dataclass
class Content:
    """What is known of the content of a file so far."""

    path: str
    start: int
    size: int = 0
    crc: int = 0
    digest: Any = field(default_factory=hashlib.sha256)

    def take(self, data: bytes) -> None:
        """Take up the next piece."""
        self.digest.update(data)
        self.size, self.crc = self.size + len(data), zlib.crc32(data, self.crc)


class Bundle:
    """A bundle on its way to `target`: a zip file where the name ends so, else a folder.

    It grows at `<target>.part`, and `<target>.journal` says how far it has come. `plan` is what it was begun as, None
    for a new one.
    """

    def __init__(self, target: Path) -> None:
        """Take up what is there of it.

        Raises:
            Busy: another export writes it.
        """
        self.target = target
        self.part = target.with_name(target.name + ".part")
        self.journal = Journal(target.with_name(target.name + ".journal"))
        self.plan = self.journal.plan if self._whole() else None
        if self.plan is None:
            self._clear()
            self.journal.forget()
        self._store: Store = self._at_part()
        self._beside = ThreadPoolExecutor(1)

    def _whole(self) -> bool:
        """Tell whether the files that the journal calls whole are there: the bundle may have been moved meanwhile."""
        return all(self._length(one.path) >= one.end for one in self.journal.written.values())

    def _length(self, path: str) -> int:
        place = self.part if self.target.suffix == ".zip" else self.part / path
        return place.stat().st_size if place.is_file() else -1

    def _at_part(self) -> Store:
        return Zip(self.part) if self.target.suffix == ".zip" else Folder(self.part)

    def _clear(self) -> None:
        if self.part.exists():
            self._at_part().remove()

    def begin(self, plan: dict[str, Any]) -> None:
        """Begin anew, as planned."""
        self._store.remove()
        self._store = self._at_part()
        self.journal.begin(plan)
        self.plan = plan

    @property
    def written(self) -> list[Written]:
        """The files that are whole, by path."""
        return sorted(self.journal.written.values(), key=lambda one: one.path)

    def __contains__(self, path: str) -> bool:
        """Tell whether a file is whole."""
        return path in self.journal.written

    def write(self, path: str, chunks: Chunks) -> None:
        """Write a file, or what is missing of it; one that is whole already is left alone."""
        if path in self.journal.written:
            return
        content, cursor = self._taken_up(path)
        adding: Future[None] | None = None
        for data, following in chunks(cursor):
            if adding is not None:
                adding.result()
            adding = self._beside.submit(self._add, content, data, following)
        if adding is not None:
            adding.result()
        end = self._store.end(path, content.size, content.crc)
        self.journal.finished(Written(path, content.start, end, content.size, content.crc, content.digest.hexdigest()))

    def _add(self, content: "Content", data: bytes, following: Any) -> None:
        """Hash and pack a piece, while the next one is fetched."""
        if data:
            content.take(data)
            end = self._store.add(data)
            self.journal.reached(Place(content.path, content.start, end, content.size, content.crc, following))

    def _taken_up(self, path: str) -> tuple["Content", Any]:
        """Open a file at its beginning, or where it was left; what a crash spoilt is written anew."""
        place = self.journal.open
        if place is not None and place.path == path:
            content = Content(path, place.start)
            for block in self._blocks(place):
                content.take(block)
            if (content.size, content.crc) == (place.bytes, place.crc):
                return content, place.cursor
        end = max((one.end for one in self.journal.written.values()), default=0)
        return Content(path, self._store.begin(path, end)), None

    def _blocks(self, place: Place) -> Iterator[bytes]:
        try:
            yield from self._store.resume(place)
        except (OSError, zlib.error):
            return

    def finish(self) -> None:
        """Give the bundle its name; the journal goes."""
        self._beside.shutdown()
        self._store.finish(self.written, self.target)
        self.journal.close(remove=True)

    def leave(self) -> None:
        """Let go of it as it is, to be taken up later."""
        self._beside.shutdown()
        self.journal.close(remove=False)

    def give_up(self) -> None:
        """Remove what there is of it."""
        self._beside.shutdown()
        self._store.remove()
        self.journal.close(remove=True)


def whole(data: bytes) -> Chunks:
    """Give content that is at hand."""
    return lambda cursor: iter(() if cursor else [(data, 1)])
