"""Words for what differs between two versions of a guideline."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from guidelines.content.differing import Difference, Field

PARTS = {
    "taxonomy": _("Answers"),
    "label": _("Label"),
    "category": _("Error category"),
    "attribute": _("Attribute"),
    "guideline": _("Guideline"),
    "section": _("Section"),
    "example": _("Example"),
}
CHANGES = {"added": _("new"), "removed": _("gone"), "changed": _("changed"), "moved": _("moved")}
TONES = {"added": "approve", "removed": "reject", "changed": "correct", "moved": "info"}


READ = ("name", "title", "text", "definition", "caption", "note")


def to_read(changes: Sequence[Difference]) -> list[tuple[Difference, list[Field]]]:
    """Give what readers are told of differences: each part, and the words in it that changed."""
    return [
        (
            one,
            [field for field in one.fields if field.name in READ and field.runs]
            if one.change in {"changed", "moved"}
            else [],
        )
        for one in changes
        if one.what != "guideline"
    ]


def part_word(what: str) -> str:
    """Name what kind of part differs."""
    return str(PARTS.get(what, what))


def change_word(change: str) -> str:
    """Name how a part differs."""
    return str(CHANGES.get(change, change))


def change_tone(change: str) -> str:
    """Give the tone that a change is shown in."""
    return TONES.get(change, "info")
