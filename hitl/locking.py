"""`ledger locked`, `open-locked`, `destroy-export-key`: exports under Object Lock, on a terminal.

What speaks to the store is imported where it is needed: it takes 15 MB.
"""

import sys
from argparse import _SubParsersAction
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, OutputWrapper
from django.utils import timezone

from hitl.exporting import exporter

STATES = {
    "here": "its key is here",
    "destroyed": "its key was destroyed",
    "missing": "ITS KEY IS NOT HERE, and the ledger tells of no destruction",
    "unfinished": "NOT FINISHED: no part with proofs is locked; destroy its key, and export again",
    "unread": "NOT FINISHED, and its file cannot be used: it must be as it was written, and its owner's alone (0600)",
    "destroying": "ITS DESTRUCTION IS NOT ON RECORD: run destroy-export-key again",
}


def declare(verbs: "_SubParsersAction[Any]") -> None:
    """Take the three verbs."""
    verbs.add_parser("locked", help="list exports under Object Lock, and which of them can be opened")
    opened = verbs.add_parser("open-locked", help="put the bundle of a locked export together, with its key")
    opened.add_argument("key", nargs="?", metavar="KEY", help="its id as ledger locked has it: fetched from the store")
    opened.add_argument("--locked", type=Path, metavar="FILE", help="the part with the proofs, where you have it")
    opened.add_argument("--encrypted", type=Path, metavar="FILE", help="the encrypted part, where you have it")
    opened.add_argument("--to", type=Path, required=True, help="the bundle: a path that ends in .zip, else a folder")
    destroyed = verbs.add_parser("destroy-export-key", help="destroy a locked export's key, for good: an erasure")
    destroyed.add_argument("key", metavar="KEY", help="its id, as ledger locked has it")
    destroyed.add_argument("--basis", default="", help="which law or decision asks for it; it stands in the ledger")
    destroyed.add_argument("--by", metavar="EMAIL", help="whoever destroys it; the console when left out")
    destroyed.add_argument("--confirm", metavar="KEY", help="the id once more; asked for on a terminal")


def tell(out: OutputWrapper) -> None:
    """List locked exports."""
    from audit.actions.locking import locked_exports

    found = locked_exports()
    for key, state, export in found:
        out.write(f"{key}: {STATES[state]}")
        if not export:
            continue
        begin, end = export["range"]
        out.write(f"  {export['origin']}, entries {begin} to {end - 1}, manifest {export['manifest']}")
        if "object" in export.get("locked", {}):
            out.write(f"  {export['bucket']}: {export['locked']['object']} until {export['retain_until']}")
    if not found:
        out.write("No export is locked.")


def open_parts(options: dict[str, Any], out: OutputWrapper) -> None:
    """Open a locked export.

    Raises:
        CommandError: it is not said which.
        Refusal: it does not open.
    """
    from audit.actions import opening

    key, locked, encrypted, target = (options[name] for name in ("key", "locked", "encrypted", "to"))
    if bool(key) == bool(locked and encrypted) or (key and (locked or encrypted)):
        raise CommandError("Name the key's id, or both files by --locked and --encrypted.")
    for path in (target.absolute().parent, *([locked, encrypted] if locked else [])):
        if not path.exists():
            raise CommandError(f"There is no {path}.")
    target = target.absolute()
    manifest = (
        opening.open_from_store(key_id=key, target=target)
        if key
        else opening.open_parts(locked=locked, encrypted=encrypted, target=target)
    )
    out.write(f"{options['to']}: manifest sha256 {manifest}. Check it with ledger verify.")


def destroy(options: dict[str, Any], out: OutputWrapper) -> None:
    """Destroy a key, once its id was given twice.

    Raises:
        CommandError: it was not confirmed.
        Refusal: it cannot be destroyed.
    """
    from accounts.actions.locking import destroy_key

    key, confirmed = options["key"], options["confirm"]
    if confirmed is None and sys.stdin.isatty():
        confirmed = input(f"What this key encrypted can never be read again. Type {key} to destroy it: ").strip()
    if confirmed != key:
        raise CommandError(f"Nothing was destroyed. Confirm with --confirm {key}: what it encrypted is lost for good.")
    told = destroy_key(key_id=key, basis=options["basis"], by=exporter(options["by"]), at=timezone.now())
    out.write(f"{key}: destroyed, and on record. Its export's manifest is {told.export['manifest']}.")
