"""How an item is looked at: its conversation, pictures, text, facts, else its JSON."""

from dataclasses import dataclass, field, replace
from typing import Any

from assets.reads import in_force
from reviews.reads.turns import Turn, conversation
from reviews.reads.veils import Veil


@dataclass(frozen=True, slots=True)
class Stage:
    """The item as people look at it. `kind` is picture, talk, text, facts, json or gone; `pictures` SHA-256 in hex.

    `recipe` names what is shown of each picture, as screen-1.
    """

    kind: str
    pictures: list[str] = field(default_factory=list)
    text: str = ""
    facts: list[tuple[str, Any]] = field(default_factory=list)
    rest: Any = None
    turns: list[Turn] = field(default_factory=list)
    veil: Veil = field(default_factory=Veil)
    recipe: str = ""

    @property
    def coloured(self) -> bool:
        """Tell whether there is a picture to see in colour."""
        return bool(self.pictures) or any(turn.pictures for turn in self.turns)

    @property
    def veiled(self) -> bool:
        """Tell whether there is anything that the veil lies over."""
        return self.kind != "gone" and (self.veil.blur or (self.veil.grey and self.coloured))


def stage(data: dict[str, Any], recipe: str | None = None, veil: Veil | None = None) -> Stage:
    """Choose how an item is looked at, and under which veil; nothing that was sent is left out.

    `recipe` is what the presentation names for pictures; without one they are shown by what is in force.
    """
    return replace(_bare(data), veil=veil or Veil(), recipe=recipe or in_force("screen"))


def _bare(data: dict[str, Any]) -> Stage:
    turns, told = conversation(data)
    pictures = [value[7:] for value in told.values() if isinstance(value, str) and value.startswith("sha256:")]
    plainly = {
        key: value for key, value in told.items() if not (isinstance(value, str) and value.startswith("sha256:"))
    }
    text = plainly.pop("text", None)
    facts = [(plain(key), value) for key, value in plainly.items() if not isinstance(value, list | dict)]
    rest = {key: value for key, value in plainly.items() if isinstance(value, list | dict)} or None
    if pictures:
        return Stage("picture", pictures, str(text or ""), facts, rest, turns)
    if turns:
        return Stage("talk", [], str(text or ""), facts, rest, turns)
    if isinstance(text, str):
        return Stage("text", [], text, facts, rest)
    if facts:
        return Stage("facts", [], "", facts, rest)
    return Stage("json", rest=rest) if rest else Stage("gone")


def plain(name: str) -> str:
    """Make a member's name readable: credit_amount to Credit amount."""
    return name.replace("_", " ").replace("-", " ").capitalize()
