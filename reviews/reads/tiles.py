"""What a tile of a batch has room for: one picture, or words that stand on it whole."""

import json
from collections.abc import Mapping
from math import ceil
from typing import Any

from reviews.reads.stages import stage

LINES = 20
SIGNS = 28  # that stand on a line of the narrowest tile with words


def fits_a_tile(data: dict[str, Any], segments: Mapping[str, str]) -> bool:
    """Tell whether a tile draws all that there is to look at; of `data` without sounds, which no tile plays.

    Turns have no room on it, nor has a second picture, nor a text that would have to be cut off. Where nothing is left
    to look at, nothing is confirmed on a grid.
    """
    shown = stage(data)
    if shown.kind == "gone" or shown.turns or len(shown.pictures) > 1:
        return False
    rest = json.dumps(shown.rest, ensure_ascii=False, indent=2) if shown.rest else ""
    lines = [*shown.text.splitlines(), *rest.splitlines(), *(f"{term} {value}" for term, value in shown.facts)]
    lines += [f"{name} {value}" for name, value in segments.items()]
    return sum(max(1, ceil(len(line) / SIGNS)) for line in lines) <= LINES
