"""An archive written: a zip with the same bytes each time, or a folder for git."""

import hashlib
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from guidelines.content.archive import FILES, HEAD, SUMS, has_place, sums
from guidelines.errors import BadArchive

Opener = Callable[[], IO[bytes]]
BEGINNING = (1980, 1, 1, 0, 0, 0)
PLAIN_FILE = 0o100644 << 16
UNIX, PIECE = 3, 1 << 20


def write_zip(out: IO[bytes], written: Mapping[str, bytes], files: Mapping[str, Opener]) -> None:
    """Write documents and files into a zip; the same ones give the same bytes on every machine.

    Names are sorted, dates and permissions are fixed, and nothing is compressed: what zlib makes of the same bytes
    differs from one version to the next, and pictures and sounds are compressed already.
    """
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, body in _whole(written, files):
            entry = zipfile.ZipInfo(name, BEGINNING)
            entry.external_attr, entry.create_system = PLAIN_FILE, UNIX
            if body is not None:
                archive.writestr(entry, body)
                continue
            with files[name]() as source:
                entry.file_size = source.seek(0, os.SEEK_END)
                source.seek(0)
                with archive.open(entry, "w") as target:
                    shutil.copyfileobj(source, target, PIECE)


def write_folder(place: Path, written: Mapping[str, bytes], files: Mapping[str, Opener]) -> None:
    """Write documents and files into a folder that is new or empty, or holds an archive, whose files then go.

    Raises:
        BadArchive: the folder holds something else.
    """
    stale = _standing(place)
    for name, body in _whole(written, files):
        target = place / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if body is not None:
            target.write_bytes(body)
        else:
            with files[name]() as source, target.open("wb") as kept:
                shutil.copyfileobj(source, kept, PIECE)
        stale.discard(name)
    for name in stale:
        (place / name).unlink()


def _whole(written: Mapping[str, bytes], files: Mapping[str, Opener]) -> Iterator[tuple[str, bytes | None]]:
    """Give all names in their order, each document with its bytes, the sums last."""
    hashes = {name: hashlib.sha256(body).hexdigest() for name, body in written.items()}
    for name in files:
        known = FILES.fullmatch(name)
        assert known is not None  # named by `file_name`
        hashes[name] = known[1]
    for name in sorted(hashes):
        yield name, written.get(name)
    yield SUMS, sums(hashes)


def _standing(place: Path) -> set[str]:
    """Name the files of the archive that stands in a folder."""
    if not place.exists():
        return set()
    found = {str(path.relative_to(place)) for path in place.rglob("*") if not path.is_dir()}
    found = {name for name in found if not name.startswith(".git")}
    if found and (HEAD not in found or not all(map(has_place, found))):
        raise BadArchive(
            _("{place} holds something else than a guideline's archive; name a new folder.").format(place=place)
        )
    return found
