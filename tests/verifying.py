"""What every long test ends with: the ledger is exported whole and verified, as an auditor would."""

import json
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.test.utils import override_settings
from django.utils import timezone

from accounts.reads import console
from audit.actions import Wanted, export, public_keys
from audit.bundle.verify import arguments, verify
from audit.models import Checkpoint, Log


def reports(known: Sequence[Path] = (), *, keys: Path | None = None) -> list[dict[str, Any]]:
    """Export each log and give what the verifier says of it; `known` are checkpoints that an auditor kept."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for number, log in enumerate(Log.objects.order_by("pk")):
            target, trusted = Path(folder) / f"{number}", keys or Path(folder) / "keys.txt"
            export(log=log, wanted=Wanted(), target=target, by=console(), now=timezone.now)
            if keys is None:
                trusted.write_text("".join(f"{key}\n" for key in public_keys(log.origin)))
            given = ["--key", str(trusted), "--origin", log.origin, "--skew", "31536000"]  # tests set their own clock
            given += [part for path in known for part in ("--known", str(path))]
            report = verify(arguments().parse_args([str(target), *given]))
            found.append(json.loads(report.json()))
    return found


def ledger_verifies(known: Sequence[Path] = ()) -> None:
    """See that every log verifies, whole and disclosed; a ledger that nobody sealed yet gets keys of its own."""
    with tempfile.TemporaryDirectory() as fresh, ExitStack() as stack:
        if not Checkpoint.objects.exists():
            own = {"LEDGER_KEYS": Path(fresh), "LEDGER_WITNESS": Path(fresh) / "witness.ndjson"}
            stack.enter_context(override_settings(**own))
        for report in reports(known):
            assert report["exit"] == 0, report
