"""`ledger verify`: the verifier that every bundle carries, run from here."""

import sys
from argparse import Namespace, _SubParsersAction
from typing import Any

from django.core.management.base import OutputWrapper

from audit.bundle.verify import arguments, verify


def declare(verbs: "_SubParsersAction[Any]") -> None:
    """Take what `verify.py` takes."""
    verbs.add_parser(
        "verify", help="check a bundle against the auditor's keys", parents=[arguments()], conflict_handler="resolve"
    )


def run(options: dict[str, Any], out: OutputWrapper) -> None:
    """Verify, report, and end with the verifier's exit code."""
    report = verify(Namespace(**options))
    out.write(report.json() if options["json"] else report.words())
    if report.exit:
        sys.exit(report.exit)
