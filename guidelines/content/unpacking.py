"""An archive opened where it stands, a zip or a folder: nothing is unpacked, and what is odd is refused."""

import os
import stat
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from guidelines.content.archive import BROKEN, FOLDERS, Packed, has_place, refuse
from guidelines.content.checks import MOST_EXAMPLES, MOST_SECTIONS
from guidelines.errors import BadArchive

MOST_FILES = MOST_SECTIONS + MOST_EXAMPLES + 3
MOST_BYTES = 1 << 30
MOST_RATIO, SMALL = 100, 1 << 16
END, END_BYTES, LOCATOR, LOCATOR_BYTES = b"PK\x05\x06", 22, b"PK\x06\x07", 20
MOST_DIRECTORY = MOST_FILES * 256
ENCRYPTED = 0x1


@contextmanager
def unpacked(source: Path | IO[bytes]) -> Iterator[Packed]:
    """Open a folder, or a zip by its path or as an open file, for as long as it is read.

    Raises:
        BadArchive: it is neither, or holds what has no place in it.
    """
    if isinstance(source, Path) and source.is_dir():
        yield _Folder(source, _listed(source))
        return
    with ExitStack() as opened:
        try:
            file = opened.enter_context(source.open("rb")) if isinstance(source, Path) else source
            _ends_plainly(file)
            archive = opened.enter_context(zipfile.ZipFile(file))
        except (*BROKEN, ValueError) as problem:
            raise BadArchive(_("This archive does not read: {problem}.").format(problem=problem)) from problem
        yield _Zip(archive, _entries(archive))


@dataclass(frozen=True)
class _Folder:
    place: Path
    sizes: Mapping[str, int]
    summed: bool = False

    def open(self, name: str) -> IO[bytes]:
        """Open a file that is no link, and was none when it was listed."""
        return os.fdopen(os.open(self.place / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")


@dataclass(frozen=True)
class _Zip:
    archive: zipfile.ZipFile
    sizes: Mapping[str, int]
    summed: bool = True

    def open(self, name: str) -> IO[bytes]:
        """Open an entry; it gives no more bytes than the archive says it has."""
        return self.archive.open(name)


def _listed(place: Path) -> dict[str, int]:
    """List a folder and its two folders; what git keeps beside them is passed over."""
    sizes: dict[str, int] = {}
    for below in ("", *FOLDERS):
        if below and not (place / below).exists():
            continue
        with os.scandir(place / below) as entries:
            for entry in entries:
                name = below + entry.name
                if not below and (entry.name.startswith(".git") or _is_folder(entry)):
                    continue
                found = entry.stat(follow_symlinks=False)
                if not stat.S_ISREG(found.st_mode):
                    refuse(name, _("This is no plain file: links, folders and devices have no place in an archive."))
                _counted(sizes, name, found.st_size)
    return sizes


def _is_folder(entry: os.DirEntry[str]) -> bool:
    return f"{entry.name}/" in FOLDERS and entry.is_dir(follow_symlinks=False)


def _counted(sizes: dict[str, int], name: str, size: int) -> None:
    """Count a file in, as long as all of them stay within the limits."""
    if not has_place(name):
        refuse(name, _("A file of this name has no place in an archive."))
    if name in sizes:
        refuse(name, _("This file stands in the archive twice."))
    sizes[name] = size
    if len(sizes) > MOST_FILES:
        raise BadArchive(_("An archive has at most {n} files.").format(n=f"{MOST_FILES:,}"))
    if sum(sizes.values()) > MOST_BYTES:
        raise BadArchive(_("An archive has at most {n} bytes, unpacked.").format(n=f"{MOST_BYTES:,}"))


def _ends_plainly(file: IO[bytes]) -> None:
    """Look at the end of a zip before it is read: a directory of a bounded size, no comment, and nothing behind it.

    The reader takes the directory into memory by the size that is told here.
    """
    length = file.seek(0, os.SEEK_END)
    file.seek(max(0, length - END_BYTES - LOCATOR_BYTES))
    tail = file.read()
    end = tail[-END_BYTES:]
    if len(end) < END_BYTES or not end.startswith(END):
        raise BadArchive(_("This is no zip archive, or there is something behind its end."))
    directory = int.from_bytes(end[12:16], "little")
    if directory > MOST_DIRECTORY or tail[:-END_BYTES].startswith(LOCATOR):
        raise BadArchive(_("An archive has at most {n} files.").format(n=f"{MOST_FILES:,}"))
    if directory + int.from_bytes(end[16:20], "little") + END_BYTES != length:
        raise BadArchive(_("There is something before or behind this archive that is no part of it."))
    file.seek(0)


def _entries(archive: zipfile.ZipFile) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for one in archive.infolist():
        name = one.orig_filename
        kind = stat.S_IFMT(one.external_attr >> 16)
        if name in FOLDERS and one.file_size == 0 and kind in {0, stat.S_IFDIR}:
            continue
        if kind not in {0, stat.S_IFREG}:
            refuse(name, _("This is no plain file: links, folders and devices have no place in an archive."))
        if one.flag_bits & ENCRYPTED or one.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            refuse(name, _("This file is encrypted, or packed in a way that is not read here: use store or deflate."))
        if one.file_size > SMALL and one.file_size > MOST_RATIO * one.compress_size:
            refuse(name, _("This file is packed more than {n} to 1, as no guideline is.").format(n=MOST_RATIO))
        _counted(sizes, name, one.file_size)
    return sizes
