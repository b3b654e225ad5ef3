"""Labels that may not be said any more: where an answer names one, and what became of it."""

from typing import Any

from django.utils.translation import gettext as _

from guidelines.reads import became_of
from reviews.outputs import unknown_labels
from reviews.reads.published import taxonomy_of


def retired_in(task_type: str, output: Any, taxonomy: dict[str, Any]) -> str | None:
    """Give the name of a retired label that an output names, None where it names none."""
    gone = {label["code"]: str(label["name"]) for label in taxonomy.get("retired", [])}
    if not gone or output is None:
        return None
    return next((gone[code] for code in unknown_labels(task_type, output, ()) if code in gone), None)


def taxonomy_within(project_id: int, digest: str, body: bytes) -> dict[str, Any]:
    """Read a published taxonomy of a project; each retired label has under `now` the codes it has in this version.

    These follow every version since it could be said. Do not change what comes back.
    """
    found = taxonomy_of(body)
    if "retired" not in found:
        return found
    now = became_of(project_id, digest)
    return {**found, "retired": [{**label, "now": list(now.get(label["code"], ()))} for label in found["retired"]]}


def retired_names(taxonomy: dict[str, Any]) -> dict[str, str]:
    """Give each retired label's name, with what became of it where that is known, if only from the last mapping."""
    names = {label["code"]: str(label["name"]) for label in taxonomy.get("labels", [])}
    became = {code: row.get("now", []) for row in taxonomy.get("mapping", {}).get("rows", []) for code in row["was"]}
    found = {}
    for label in taxonomy.get("retired", []):
        codes = label.get("now", became.get(label["code"], []))
        now = [names[code] for code in codes if code in names]
        told = {"name": label["name"], "now": _(" or ").join(now)}
        found[label["code"]] = (_("%(name)s (now %(now)s)") if now else _("%(name)s (retired)")) % told
    return found
