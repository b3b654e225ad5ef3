"""What a replay has counted so far: as JSON, so that one that was stopped goes on from where it was."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .replaying import Place

MOST_SEGMENTS, MOST_CELLS = 100, 20_000
OTHER, GONE, NONE = "other", "gone", "none"
"""What stands in a segment's place: those beyond the most, bodies that are gone, items without one.

A value itself stands behind an equals sign, so that it is never taken for one of these.
"""


class Counts(NamedTuple):
    """Of items that went from one place to another: how many, and how many were and would have been audited.

    `undrawn` of them would have been audited by chance alone: their draw cannot be made again.
    """

    items: int
    audited: int
    would: int
    undrawn: int


class Sample(NamedTuple):
    """Items that a model answered alone and that chance let people look at, at rate `pi`: what came of it.

    `pi` "0" are those that nothing was drawn from; `open` have no answer that is out yet, or none that tells.
    """

    segment: str
    arm: str
    pi: str
    looked: int
    errors: int
    open: int


@dataclass
class Tally:
    """Counts by segment value, by where items went and by where they would have gone; and what audits found."""

    cells: dict[tuple[str, Place, Place], list[int]] = field(default_factory=dict)
    samples: dict[tuple[str, str, str], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0]))
    segments: set[str] = field(default_factory=set)

    def add(self, segment: str, was: Place, would: Place, *, audited: bool, drawn: bool | None) -> str:
        """Count an item; `drawn` None: its draw cannot be made again. Gives the segment that it is counted under."""
        if segment not in self.segments:
            segment = self._placed(segment)
        cell = self.cells.get((segment, was, would))
        if cell is None:
            cell = self.cells[segment, was, would] = [0, 0, 0, 0]
        cell[0] += 1
        cell[1] += audited
        cell[2] += drawn is True
        cell[3] += drawn is None
        return segment

    def look(self, segment: str, would: Place, pi: str, finding: str | None) -> None:
        """Count what an audit found: `differs`, `agrees`, None for no answer yet; with pi "0" nothing was drawn.

        `retired` counts as no answer: whether the model was wrong cannot be known by labels that it did not have.
        """
        counts, known = self.samples[segment, would.arm, pi], finding in {"agrees", "differs"}
        counts[0] += known
        counts[1] += finding == "differs"
        counts[2] += not known

    def _placed(self, segment: str) -> str:
        full = len(self.segments) >= MOST_SEGMENTS or len(self.cells) >= MOST_CELLS
        if full and segment not in (GONE, NONE):
            segment = OTHER
        self.segments.add(segment)
        return segment

    def dump(self) -> dict[str, Any]:
        """Give it as JSON."""
        places = list(dict.fromkeys(place for _segment, was, would in self.cells for place in (was, would)))
        number = {place: at for at, place in enumerate(places)}
        return {
            "places": [list(place) for place in places],
            "cells": [
                [segment, number[was], number[would], *counts] for (segment, was, would), counts in self.cells.items()
            ],
            "samples": [[*key, *counts] for key, counts in self.samples.items()],
        }

    @classmethod
    def load(cls, told: dict[str, Any]) -> "Tally":
        """Read it back; an empty object is nothing counted yet."""
        tally = cls()
        places = [Place(*place) for place in told.get("places", [])]
        for segment, was, would, *counts in told.get("cells", []):
            tally.cells[segment, places[was], places[would]] = counts
            tally.segments.add(segment)
        for segment, arm, pi, *counts in told.get("samples", []):
            tally.samples[segment, arm, pi] = counts
        return tally

    def rows(self) -> Iterator[tuple[str, Place, Place, Counts]]:
        """Give what was counted, one place to another."""
        for (segment, was, would), counts in self.cells.items():
            yield segment, was, would, Counts(*counts)

    def looks(self) -> Sequence[Sample]:
        """Give what audits found."""
        return [Sample(*key, *counts) for key, counts in self.samples.items()]
