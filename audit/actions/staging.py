"""A folder of this process alone, for content that stands there in the clear for a while and must not stay."""

import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from audit.errors import ExportBusy


@contextmanager
def staged() -> Iterator[Path]:
    """Give a fresh folder and remove it at the end; what a killed process left there goes first. One at a time.

    Raises:
        ExportBusy: another process has one.
    """
    place = Path(settings.HITL_DATA) / "locking"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (place / "lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as problem:
            raise ExportBusy from problem
        for left in place.iterdir():
            if left.is_dir():
                shutil.rmtree(left)
        fresh = Path(tempfile.mkdtemp(dir=place))
        try:
            yield fresh
        finally:
            shutil.rmtree(fresh)
