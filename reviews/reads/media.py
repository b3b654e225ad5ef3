"""The files that an item names: what is made of them, and which are sounds."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import FilteredRelation, Q

from assets.models import Asset
from assets.reads import RECIPES, SOUND_RECIPES, lengths_of
from reviews.reads.files import is_file

FILE = "sha256:"


@dataclass(frozen=True, slots=True)
class Media:
    """What is made of files, SHA-256 by file where it is made already, and those of them that are sounds."""

    renditions: dict[str, str]
    sounds: frozenset[str]

    def sounding(self, files: Collection[str]) -> bool:
        """Tell whether one of these files is a sound."""
        return not self.sounds.isdisjoint(files)


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound as its player names it: SHA-256 in hex, the name of its field, its length in ms."""

    sha256: str
    name: str
    duration_ms: int

    @property
    def seconds(self) -> float:
        """Its length in seconds."""
        return self.duration_ms / 1000

    @property
    def length(self) -> str:
        """Its length in words: 1:04, from an hour on 1:02:04."""
        return place_words(self.duration_ms)


def place_words(ms: int) -> str:
    """Say a place or length in a sound: 1:04, from an hour on 1:02:04."""
    minutes, seconds = divmod(round(ms / 1000), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def moment_words(ms: int) -> str:
    """Say a moment of a sound to the tenth of a second: 1:04.5."""
    minutes, tenths = divmod(ms // 100, 600)
    return f"{minutes}:{tenths // 10:02d}.{tenths % 10}"


def files_in(value: Any) -> set[str]:
    """Name every file in a JSON value, as sha256:..."""
    if is_file(value):
        return {value}
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return set().union(*map(files_in, parts)) if parts else set()


def sounds_in(data: dict[str, Any]) -> dict[str, int]:
    """Give the sounds that an item names, SHA-256 in hex, with their lengths in ms; none without files, unasked."""
    return lengths_of(file.removeprefix(FILE) for file in files_in(data))


def media_of(files: Collection[str], recipe: str = "screen") -> Media:
    """Say of files what a recipe of images, or that of sounds, has made of them; at most one statement."""
    if not files:
        return Media({}, frozenset())
    made = Q(renditions__recipe=recipe, renditions__version=RECIPES[recipe][0])
    made |= Q(renditions__recipe="listen", renditions__version=SOUND_RECIPES["listen"][0])
    rows = Asset.objects.filter(sha256__in=[file.removeprefix(FILE) for file in files])
    known = rows.annotate(made=FilteredRelation("renditions", condition=made))
    found = list(known.values_list("sha256", "duration_ms", "made__sha256"))
    return Media(
        {FILE + sha256: rendition for sha256, _length, rendition in found if rendition},
        frozenset(FILE + sha256 for sha256, length, _rendition in found if length is not None),
    )
