"""Measure the hot paths beside hand-written SQL that does the same writes, in one run, in turns."""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from bench.server import environment

PARTS = ("claim", "append", "pair", "intake", "watermark", "screen", "export", "replay", "sqlite")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="open seats in the database")
    parser.add_argument("--rounds", type=int, default=7, help="turns of each side")
    parser.add_argument("--clients", type=int, default=32, help="connections that claim at once")
    parser.add_argument("--only", choices=PARTS, action="append", help="measure this part alone")
    parser.add_argument("--statements", action="store_true", help="print the statements of next, opened and submit")
    parser.add_argument("--keep", metavar="NAME", help="keep the database under this name, and use it when it is there")
    parser.add_argument("--to", type=Path, default=Path(__file__).parent / "results", help="where the JSON is kept")
    parser.add_argument("--engine", choices=("postgres", "sqlite"), default="postgres", help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    options = arguments()
    began = time.monotonic()
    with environment(options.engine, options.keep) as known:
        import django

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hitl.settings")
        django.setup()
        if options.engine == "sqlite":
            from bench import pairs

            print(json.dumps(pairs.counts(options)))
            return
        figures, about = _measure(options, known)
    if "sqlite" in (options.only or PARTS):
        figures += _on_sqlite(options)
    from bench.measuring import show

    show(figures, {**about, "took": f"{time.monotonic() - began:.0f} s"}, options.to)


def _measure(options: argparse.Namespace, known: bool) -> tuple[list, dict]:
    from django.db import connection

    from bench import appends, claims, export, filling, intake, pairs, replays, screen, watermark
    from bench.measuring import seconds

    size, people = filling.Size(options.rows), max(claims.people(options), 64)
    about = {"rows": f"{options.rows:,}", "rounds": options.rounds}
    if not known:
        about["filled in"] = f"{seconds(lambda: filling.fill(size, people)):.0f} s"
    place = filling.town(size, people)
    with connection.cursor() as cursor:
        for name in ("server_version", "fsync"):
            cursor.execute(f"SHOW {name}")
            about[name.replace("server_version", "PostgreSQL")] = cursor.fetchone()[0]
    parts = {
        "claim": claims,
        "append": appends,
        "pair": pairs,
        "intake": intake,
        "watermark": watermark,
        "screen": screen,
        "export": export,
        "replay": replays,
    }
    figures = []
    for name in options.only or PARTS:
        if name in parts:
            figures += parts[name].measure(place, options)
    return figures, about


def _on_sqlite(options: argparse.Namespace) -> list:
    """Count SQLite's statements in a process of its own."""
    from bench.measuring import Figure

    command = [sys.executable, "-m", "bench", "--engine", "sqlite", *(["--statements"] if options.statements else [])]
    ran = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    *printed, last = ran.stdout.strip().splitlines()
    print(*printed, sep="\n", end="\n" if printed else "")
    return [Figure(**one) for one in json.loads(last)]


if __name__ == "__main__":
    main()
