"""The bench itself, on tiny data: that it fills, measures every part and keeps what it found."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.measuring import Figure, turns

HOUSE = Path(__file__).resolve().parent.parent
PARTS = {
    "postgres": (
        "claim at 4 clients",
        "next + submit on PostgreSQL",
        "opened on PostgreSQL",
        "intake of",
        "claim behind",
        "next item on screen",
        "export of",
        "replay of",
    ),
    "sqlite": ("next + submit on SQLite", "opened on SQLite"),
}
ON_LITTLE = ["--rows", "2000", "--rounds", "1", "--clients", "4"]
ONLY = [
    word for part in ("claim", "pair", "intake", "watermark", "screen", "export", "replay") for word in ("--only", part)
]


def test_the_bench_runs_on_little(tmp_path: Path, engine: str) -> None:
    command = [sys.executable, "-m", "bench", "--engine", engine, *ON_LITTLE, *ONLY, "--to", str(tmp_path)]
    ran = subprocess.run(command, cwd=HOUSE, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr
    figures = json.loads(ran.stdout) if engine == "sqlite" else _kept(tmp_path)
    names = [figure["name"] for figure in figures]
    assert [part for part in PARTS[engine] if not any(name.startswith(part) for name in names)] == []
    counted = [figure for figure in figures if figure["unit"] == "statements"]
    assert [figure for figure in counted if figure["value"] > figure["at_most"]] == []


def _kept(folder: Path) -> list[dict[str, Any]]:
    return json.loads(next(folder.glob("*.json")).read_text())["figures"]


def test_a_ratio_is_the_median_of_rounds_that_take_turns() -> None:
    order: list[str] = []
    ours, theirs = iter([1.0, 6.0, 2.0]), iter([2.0, 3.0, 4.0])

    def side(name: str, values: Iterator[float]) -> float:
        order.append(name)
        return next(values)

    ratio, mine, other = turns(lambda: side("hitl", ours), lambda: side("bare", theirs), 3)
    assert (ratio, mine, other) == (0.5, 2.0, 3.0)
    assert order == ["hitl", "bare", "bare", "hitl", "hitl", "bare"]


def test_a_figure_knows_whether_its_target_holds() -> None:
    assert Figure("a", 0.6, "", at_least=0.6).met is True
    assert Figure("a", 31, "ms", at_most=30).met is False
    assert Figure("a", 31, "ms").met is None
