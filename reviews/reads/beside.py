"""What stands beside a proposal: how often people changed answers like it, as its presentation tells."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from reviews.rights import Changed, read_changed


@dataclass(frozen=True, slots=True)
class Beside:
    """How often people changed what is like one item, in whole percent; `found` is None where that is not known."""

    found: Changed | None

    @property
    def percent(self) -> str:
        """The share."""
        return _percent(self.found.share) if self.found else ""

    @property
    def low(self) -> str:
        """Where its interval begins."""
        return _percent(self.found.low) if self.found else ""

    @property
    def high(self) -> str:
        """Where its interval ends."""
        return _percent(self.found.high) if self.found else ""

    @property
    def start(self) -> str:
        """From which confidence on answers are like it."""
        return _percent(self.found.start) if self.found else ""

    @property
    def end(self) -> str:
        """Below which confidence answers are like it."""
        return _percent(self.found.end) if self.found else ""


def beside(presentation: dict[str, Any]) -> Beside | None:
    """Read what a presentation tells beside its proposal; None where it tells nothing."""
    return Beside(read_changed(presentation["changed"])) if "changed" in presentation else None


def _percent(text: str) -> str:
    return f"{round(Decimal(text) * 100)}\u00a0%"
