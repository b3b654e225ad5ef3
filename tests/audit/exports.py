"""A busy town whose ledger is exported, and what an auditor does with the bundle."""

import datetime as dt
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

from django.utils import timezone

from accounts.actions import Choice, export_records
from accounts.reads import console
from audit.actions import Exported, public_keys, seal
from audit.models import Log
from reviews.actions import release
from tests.town import RIGHTS, Town, build

VERIFIER = Path(__file__).resolve().parent.parent.parent / "audit" / "bundle" / "verify.py"
DRAWN = RIGHTS | {"sets": {"evaluation_rate": "0.5", "fresh_rate": "0.5"}}


def busy(slug: str = "cats", items: int = 8, **changes: Any) -> Town:
    """Give a town with items accepted, decided, corrected, skipped and escalated, sealed in between."""
    town = build(slug=slug, **{"rights": DRAWN, **changes})
    for number in range(items):
        town.send([0.5, 0.95, 0.8, None][number % 4])
    for number, verdict in enumerate(("approve", "reject", "escalate")):
        held = town.take(town.people[number], "general")
        if held is not None:
            proposed = held.proposal is not None
            town.decide(town.people[number], held, verdict if proposed else None, None if proposed else "dog")
        seal(by=console(), at=timezone.now())
    release(at=town.now + dt.timedelta(minutes=1))
    return town


def exported(target: Path, *, by: Any = None, log: Log | None = None, resume: bool = False, **choice: Any) -> Exported:
    """Export what is chosen."""
    return export_records(
        log=log or Log.objects.order_by("pk")[0],
        choice=Choice(**choice),
        target=target,
        by=by or console(),
        now=timezone.now,
        resume=resume,
    )


def keys_of(folder: Path, log: Log | None = None) -> Path:
    """Write the file of keys that an auditor was given."""
    origin = (log or Log.objects.order_by("pk")[0]).origin
    path = folder / "keys.txt"
    path.write_text("".join(f"{key}\n" for key in public_keys(origin)))
    return path


def verified(bundle: Path, log: Log | None = None, *more: str) -> dict[str, Any]:
    """Run the verifier in a process of its own; give its report."""
    origin = (log or Log.objects.order_by("pk")[0]).origin
    command = [
        sys.executable,
        str(VERIFIER),
        str(bundle),
        "--key",
        str(keys_of(bundle.parent, log)),
        "--origin",
        origin,
    ]
    ran = subprocess.run([*command, "--json", *more], capture_output=True, text=True)
    return json.loads(ran.stdout)


def files_of(bundle: Path) -> dict[str, bytes]:
    """Read the files of a bundle, zip or folder."""
    if bundle.is_dir():
        return {str(path.relative_to(bundle)): path.read_bytes() for path in bundle.rglob("*") if path.is_file()}
    with zipfile.ZipFile(bundle) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def lines_of(bundle: Path, name: str) -> list[Any]:
    """Read the JSON lines of a file of a bundle."""
    return [json.loads(line) for line in files_of(bundle)[name].splitlines()]
