"""The exporting process of the bench: one side once, told as JSON with its time and the most memory it held."""

import json
import os
import sys
import time
from pathlib import Path

ROWS = "FROM audit_leaf l JOIN audit_event e ON e.id = l.event_id"
BARE = (
    f"SELECT l.log_index, e.leaf {ROWS} WHERE l.log_id = %s ORDER BY l.log_index",
    f"SELECT l.log_index, p.section, p.salt, p.body {ROWS} JOIN audit_payload p ON p.event_id = e.id "
    "WHERE l.log_id = %s ORDER BY l.log_index, p.section",
)


def _export(origin: str, target: Path) -> None:
    from django.core.management import call_command

    with Path(os.devnull).open("w") as nowhere:
        call_command("ledger", "export", "--log", origin, "--to", str(target), stdout=nowhere)


def _copy(origin: str, target: Path) -> None:
    import psycopg

    from audit.models import Log
    from bench.claims import dsn

    log = Log.objects.get(origin=origin)
    with psycopg.connect(dsn()) as bare, target.open("wb") as file:
        for select in BARE:
            with bare.cursor().copy(f"COPY ({select}) TO STDOUT (FORMAT binary)", [log.pk]) as rows:
                for row in rows:
                    file.write(row)


def _most_held() -> int:
    """Give the most memory that this process held; rusage would tell of the one that it was forked from."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def main() -> None:
    side, origin, target = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hitl.settings")
    import django

    django.setup()
    start = time.perf_counter()
    (_export if side == "hitl" else _copy)(origin, target)
    took = time.perf_counter() - start
    print(json.dumps({"seconds": took, "bytes": _most_held(), "size": target.stat().st_size}))
    target.unlink()


if __name__ == "__main__":
    main()
