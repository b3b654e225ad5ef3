"""How an item is looked at: its conversation, pictures, sounds, text, facts, else its JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from assets.reads import in_force
from reviews.reads.files import Picture, plain, taken_out
from reviews.reads.media import Sound
from reviews.reads.turns import Turn, conversation
from reviews.reads.veils import Veil


@dataclass(frozen=True, slots=True)
class Stage:
    """The item as people look at it. `kind` is picture, sound, talk, text, facts, json or gone.

    `pictures` bear the names of their places. `recipe` names what is shown of each picture, as screen-1, and
    `sound_recipe` what is heard of each sound.
    """

    kind: str
    pictures: list[Picture] = field(default_factory=list)
    text: str = ""
    facts: list[tuple[str, Any]] = field(default_factory=list)
    rest: Any = None
    turns: list[Turn] = field(default_factory=list)
    veil: Veil = field(default_factory=Veil)
    recipe: str = ""
    sounds: list[Sound] = field(default_factory=list)
    sound_recipe: str = ""

    @property
    def coloured(self) -> bool:
        """Tell whether there is a picture to see in colour."""
        return bool(self.pictures) or any(turn.pictures for turn in self.turns)

    @property
    def muted(self) -> bool:
        """Tell whether there is a sound, and it is muted until a person wants to hear it."""
        return self.veil.mute and (bool(self.sounds) or any(turn.sounds for turn in self.turns))

    @property
    def lifted(self) -> bool:
        """Tell whether a person looks or listens on purpose: by holding, or by a press."""
        return self.veil.blur or self.muted

    @property
    def veiled(self) -> bool:
        """Tell whether there is anything that the veil lies over."""
        return self.kind != "gone" and (self.lifted or (self.veil.grey and self.coloured))


def stage(
    data: dict[str, Any],
    manifest: Mapping[str, Any] | None = None,
    veil: Veil | None = None,
    sounds: Mapping[str, int] | None = None,
) -> Stage:
    """Choose how an item is looked at, and under which veil; nothing that was sent is left out.

    `manifest` names the recipes that a claim showed the item by; without one files are shown by what is in force.
    `sounds` are those of the item's files that are sounds, with their lengths in ms; all others are pictures.
    """
    told = manifest or {}
    return replace(
        _bare(data, sounds or {}),
        veil=veil or Veil(),
        recipe=told.get("recipe") or in_force("screen"),
        sound_recipe=told.get("sound_recipe") or in_force("listen"),
    )


def _bare(data: dict[str, Any], lengths: Mapping[str, int]) -> Stage:
    turns, told = conversation(data)
    turns = [_heard(turn, lengths) for turn in turns]
    files, plainly = taken_out(told)
    pictures = [file for file in files if file.sha256 not in lengths]
    sounds = [Sound(file.sha256, file.name, lengths[file.sha256]) for file in files if file.sha256 in lengths]
    text = plainly.pop("text", None)
    facts = [(plain(key), value) for key, value in plainly.items() if not isinstance(value, list | dict)]
    rest = {key: value for key, value in plainly.items() if isinstance(value, list | dict)} or None
    if files:
        kind = "picture" if pictures else "sound"
        return Stage(kind, pictures, str(text or ""), facts, rest, turns, sounds=sounds)
    if turns:
        return Stage("talk", [], str(text or ""), facts, rest, turns)
    if isinstance(text, str):
        return Stage("text", [], text, facts, rest)
    if facts:
        return Stage("facts", [], "", facts, rest)
    return Stage("json", rest=rest) if rest else Stage("gone")


def _heard(turn: Turn, lengths: Mapping[str, int]) -> Turn:
    """Tell a turn's sounds from its pictures."""
    named = _("Sound in turn %(n)d") % {"n": turn.number}
    sounds = [Sound(sha256, named, lengths[sha256]) for sha256 in turn.pictures if sha256 in lengths]
    if not sounds:
        return turn
    return replace(turn, sounds=sounds, pictures=[sha256 for sha256 in turn.pictures if sha256 not in lengths])
