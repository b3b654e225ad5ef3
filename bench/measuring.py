"""Figures, and rounds in which two sides take turns."""

import json
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Figure:
    """One measured number with its target: `at_least` or `at_most`; None where it only explains the others."""

    name: str
    value: float
    unit: str
    at_least: float | None = None
    at_most: float | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the target holds."""
        if self.at_least is not None:
            return self.value >= self.at_least
        return None if self.at_most is None else self.value <= self.at_most


def turns(hitl: Callable[[], float], bare: Callable[[], float], rounds: int) -> tuple[float, float, float]:
    """Measure both sides in turn, the first one changing; give the medians of hitl / bare, of hitl and of bare."""
    pairs = []
    for number in range(rounds):
        if number % 2:
            other = bare()
            pairs.append((hitl(), other))
        else:
            pairs.append((hitl(), bare()))
    return (
        statistics.median(ours / theirs for ours, theirs in pairs),
        statistics.median(ours for ours, _ in pairs),
        statistics.median(theirs for _, theirs in pairs),
    )


def seconds(call: Callable[[], Any]) -> float:
    """Time one call."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def show(figures: list[Figure], about: dict[str, Any], folder: Path) -> None:
    """Print the table and keep it as JSON."""
    table = Table(
        title="hitl bench: " + ", ".join(f"{name} {value}" for name, value in about.items()), title_justify="left"
    )
    for heading, side in (
        ("measured", "left"),
        ("figure", "right"),
        ("target", "right"),
        ("", "left"),
        ("note", "left"),
    ):
        table.add_column(heading, justify=side)  # type: ignore[arg-type]
    for one in figures:
        target = f">= {one.at_least:g}" if one.at_least is not None else f"<= {one.at_most:g}" if one.at_most else ""
        mark = {True: "[green]holds", False: "[red]missed", None: ""}[one.met]
        table.add_row(one.name, f"{one.value:,.2f} {one.unit}".rstrip(), target, mark, one.note)
    Console(width=150).print(table)
    folder.mkdir(exist_ok=True)
    at = datetime.now(UTC)
    kept = {
        "at": at.isoformat(),
        "machine": f"{platform.machine()} {platform.python_version()}",
        **about,
        "figures": [asdict(one) | {"met": one.met} for one in figures],
    }
    (folder / f"{at:%Y%m%dT%H%M%SZ}.json").write_text(json.dumps(kept, indent=1) + "\n")
