"""Which files a project holds, and their bytes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO

from django.core.files.storage import default_storage

from accounts.models import Project
from assets.errors import Gone, NotMade
from assets.models import Asset, Grant, Rendition

RECIPES: dict[str, tuple[int, int]] = {"thumbnail": (1, 320), "screen": (1, 1600)}
"""Recipe to its version and the side of the square that it fits, in pixels."""


def in_force(recipe: str) -> str:
    """Name a recipe with its version in force, as screen-1: what it made of an asset never changes."""
    return f"{recipe}-{RECIPES[recipe][0]}"


@dataclass(frozen=True, slots=True)
class Picture:
    """Bytes to be shown: an open file that the caller closes, its kind, size in bytes and SHA-256."""

    file: IO[bytes]
    media_type: str
    bytes: int
    sha256: str


def place(sha256: str) -> str:
    """Give where bytes stand in the storage."""
    return f"{sha256[:2]}/{sha256}"


def granted(project: Project, ids: Iterable[str]) -> set[str]:
    """Give those of these SHA-256 (64 hex digits) that the project has a right to, in one statement."""
    wanted = set(ids)
    if not wanted:
        return set()
    rows = Grant.objects.filter(project=project, asset__sha256__in=wanted)
    return set(rows.values_list("asset__sha256", flat=True))


def asset_of(project: Project, sha256: str) -> Asset | None:
    """Give a file that the project has a right to; None for a stranger's as for none at all."""
    return Asset.objects.filter(sha256=sha256, grant__project=project).first()


def open_original(asset: Asset) -> Picture:
    """Open the bytes as they were sent.

    Raises:
        Gone: the storage has them no more.
    """
    return Picture(_open(asset.sha256), asset.media_type, asset.bytes, asset.sha256)


def open_rendition(asset: Asset, recipe: str, version: int | None = None) -> Picture:
    """Open what a version of a recipe, the one in force where none is named, made of an asset.

    Raises:
        KeyError: there is no such recipe.
        NotMade: it is not made yet.
        Gone: the storage has it no more.
    """
    wanted = RECIPES[recipe][0] if version is None else version
    made = Rendition.objects.filter(asset=asset, recipe=recipe, version=wanted).first()
    if made is None:
        raise NotMade
    return Picture(_open(made.sha256), made.media_type, made.bytes, made.sha256)


def _open(sha256: str) -> IO[bytes]:
    try:
        file: IO[bytes] = default_storage.open(place(sha256))
    except FileNotFoundError as problem:
        raise Gone from problem
    return file
