"""The verifier over a whole log: processor time and memory of the process that an auditor starts."""

import os
import sys
from pathlib import Path

from django.utils import timezone

from bench.measuring import Figure

VERIFIER = Path(__file__).resolve().parent.parent / "audit" / "bundle" / "verify.py"
MILLION = 1_000_000


def figure(origin: str, count: int, place: Path) -> Figure:
    """Export the leaves of a log of so many events, none of its payloads, and verify them."""
    from accounts.reads import console
    from audit.actions import Wanted, export, public_keys
    from audit.models import Log
    from audit.reads.filters import Filter

    log, target, keys = Log.objects.get(origin=origin), place / "verified.zip", place / "keys.txt"
    keys.write_text("".join(f"{key}\n" for key in public_keys(origin)))
    chosen = Filter(types=("audit.key_rotated",))  # that none of them is
    export(log=log, wanted=Wanted(chosen=chosen), target=target, by=console(), now=timezone.now)
    seconds, most = _verified(target, keys)
    limit = 5 * count / MILLION
    return Figure(f"{count:,} leaves verified, CPU", seconds, "s", at_most=limit, note=f"{most / 1e6:,.0f} MB at most")


def _verified(target: Path, keys: Path) -> tuple[float, int]:
    """Run the verifier; give its processor time in s and the most memory that it held."""
    child = os.fork()
    if not child:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.execv(sys.executable, [sys.executable, str(VERIFIER), str(target), "--key", str(keys)])
    _, status, used = os.wait4(child, 0)
    if status:
        raise SystemExit("The verifier refused what was exported.")
    return used.ru_utime + used.ru_stime, used.ru_maxrss * 1024
