"""Hard content in a project file: how it is veiled, and when a break from it is due."""

from typing import Any

import msgspec


class HardContentFile(msgspec.Struct, forbid_unknown_fields=True):
    """How a project shows hard content; a file that leaves it out veils nothing and asks for no break."""

    blur: bool = True
    grey: bool = True
    mute: bool = True
    may_lift: bool = False
    break_after_items: int | None = None
    break_after_minutes: int | None = None
    break_minutes: int = 10


def hard_faults(file: HardContentFile | None) -> list[tuple[str, str]]:
    """Name what cannot be taken, with its place in the project file."""
    if file is None:
        return []
    faults = []
    for name, most in (("break_after_items", 1000), ("break_after_minutes", 480), ("break_minutes", 480)):
        value = getattr(file, name)
        if value is not None and not 1 <= value <= most:
            faults.append((f"hard_content.{name}", f"A whole number from 1 to {most}."))
    return faults


def shielded(file: HardContentFile | None) -> dict[str, Any]:
    """Give the set-up's columns."""
    if file is None:
        file = HardContentFile(blur=False, grey=False, mute=False)
    return {
        "blur": file.blur,
        "grey": file.grey,
        "mute": file.mute,
        "may_lift": file.may_lift,
        "hard_items": file.break_after_items,
        "hard_minutes": file.break_after_minutes,
        "break_minutes": file.break_minutes,
    }
