"""Bytes into the default storage, under their SHA-256: whole or not there at all."""

import os
import tempfile
from pathlib import Path
from typing import IO

from django.core.files import File
from django.core.files.storage import default_storage

from assets.reads import place

HEAD, PIECE = 4096, 2**20


def keep(sha256: str, content: IO[bytes], size: int) -> None:
    """Put bytes at their place, unless as many stand there already. Written before any row tells of them.

    In a local folder: a new file beside the place, flushed to the disk, then renamed. In an object store: one put,
    which is whole by itself.
    """
    name = place(sha256)
    if default_storage.exists(name) and default_storage.size(name) == size:
        return
    content.seek(0)
    try:
        path = Path(default_storage.path(name))
    except NotImplementedError:
        default_storage.save(name, File(content))
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, fresh = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as file:
            while piece := content.read(PIECE):
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, path)
    except BaseException:
        Path(fresh).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
