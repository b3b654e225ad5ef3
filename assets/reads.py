"""Which files a project holds, how they are shown, and their bytes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import IO

from django.core.files.storage import default_storage
from django.db.models import Q

from accounts.models import Project
from assets.errors import Gone, NotMade
from assets.models import Asset, Grant, Rendition

RECIPES: dict[str, tuple[int, int]] = {"thumbnail": (1, 320), "screen": (1, 1600)}
"""Recipe of images to its version and the side of the square that it fits, in pixels."""

SOUND_RECIPES: dict[str, tuple[int, int]] = {"listen": (1, 48_000)}
"""Recipe of sounds to its version and how many bits a second of each channel has; an Opus in WebM."""

VIDEO_RECIPES: dict[str, tuple[int, int]] = {"play": (1, 960)}
"""Recipe of videos to its version and the side of the square that it fits, in pixels: what is played, a WebM.

The recipes of images make pictures of a frame of it.
"""

MOST_VIDEO_SECONDS, MOST_VIDEO_PIXELS = 60, 1920 * 1080
"""How long a video may be, and how many pixels a frame of it may have."""


def recipes_for(asset: Asset) -> Mapping[str, tuple[int, int]]:
    """Give the recipes by which an asset is shown."""
    return RECIPES | VIDEO_RECIPES if asset.moves else SOUND_RECIPES if asset.sounds else RECIPES


def in_force(recipe: str) -> str:
    """Name a recipe with its version in force, as screen-1: what it made of an asset never changes."""
    version, _measure = (RECIPES | VIDEO_RECIPES | SOUND_RECIPES)[recipe]
    return f"{recipe}-{version}"


def lengths_of(ids: Iterable[str]) -> dict[str, int]:
    """Give those of these SHA-256 (64 hex digits) that are sounds, with their lengths in ms; none: no statement.

    It is not asked whose they are: ask of what an item names, which its project has a right to.
    """
    wanted = set(ids)
    if not wanted:
        return {}
    rows = Asset.objects.filter(sha256__in=wanted, width__isnull=True).values_list("sha256", "duration_ms")
    return {sha256: length for sha256, length in rows if length is not None}


def sizes_of(ids: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Give width and height in pixels of those of these SHA-256 (64 hex digits) that can be seen; none: no statement.

    Of whose they are the same holds as of `lengths_of`.
    """
    wanted = set(ids)
    if not wanted:
        return {}
    rows = Asset.objects.filter(sha256__in=wanted).values_list("sha256", "width", "height")
    return {sha256: (width, height) for sha256, width, height in rows if width and height}


@dataclass(frozen=True, slots=True)
class Shown:
    """Bytes to be seen or heard: an open file that the caller closes, its kind, size in bytes and SHA-256."""

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


def open_original(asset: Asset) -> Shown:
    """Open the bytes as they were sent.

    Raises:
        Gone: the storage has them no more.
    """
    return Shown(_open(asset.sha256), asset.media_type, asset.bytes, asset.sha256)


def open_rendition(asset: Asset, recipe: str, version: int | None = None) -> Shown:
    """Open what a version of a recipe, the one in force where none is named, made of an asset.

    Raises:
        KeyError: there is no such recipe for what it is.
        NotMade: it is not made yet.
        Gone: the storage has it no more.
    """
    wanted = recipes_for(asset)[recipe][0] if version is None else version
    made = Rendition.objects.filter(asset=asset, recipe=recipe, version=wanted).first()
    if made is None:
        raise NotMade
    return Shown(_open(made.sha256), made.media_type, made.bytes, made.sha256)


def made_of(project: Project, ids: Iterable[str]) -> dict[tuple[str, str], Rendition]:
    """Give what shows a project's files on a screen, or lets them be heard or played, by SHA-256 and recipe.

    One statement.
    """
    wanted = Q()
    for recipe in ("screen", "listen", "play"):
        version, _measure = (RECIPES | SOUND_RECIPES | VIDEO_RECIPES)[recipe]
        wanted |= Q(recipe=recipe, version=version)
    rows = Rendition.objects.filter(wanted, asset__sha256__in=set(ids), asset__grant__project=project)
    return {(made.asset.sha256, made.recipe): made for made in rows.select_related("asset")}


def bytes_of(made: Rendition) -> bytes | None:
    """Read the bytes of a rendition; None where the storage has them no more."""
    try:
        with _open(made.sha256) as file:
            return file.read()
    except Gone:
        return None


def _open(sha256: str) -> IO[bytes]:
    try:
        file: IO[bytes] = default_storage.open(place(sha256))
    except FileNotFoundError as problem:
        raise Gone from problem
    return file
