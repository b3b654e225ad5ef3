"""Labels that may not be said any more: where an answer names one, and what became of it."""

from typing import Any

from django.utils.translation import gettext as _

from reviews.outputs import unknown_labels


def retired_in(task_type: str, output: Any, taxonomy: dict[str, Any]) -> str | None:
    """Give the name of a retired label that an output names, None where it names none."""
    gone = {label["code"]: str(label["name"]) for label in taxonomy.get("retired", [])}
    if not gone or output is None:
        return None
    return next((gone[code] for code in unknown_labels(task_type, output, ()) if code in gone), None)


def retired_names(taxonomy: dict[str, Any]) -> dict[str, str]:
    """Give each retired label's name, with what became of it where the version in force says so."""
    names = {label["code"]: str(label["name"]) for label in taxonomy.get("labels", [])}
    became = {code: row.get("now", []) for row in taxonomy.get("mapping", {}).get("rows", []) for code in row["was"]}
    found = {}
    for label in taxonomy.get("retired", []):
        now = [names[code] for code in became.get(label["code"], []) if code in names]
        told = {"name": label["name"], "now": _(" or ").join(now)}
        found[label["code"]] = (_("%(name)s (now %(now)s)") if now else _("%(name)s (retired)")) % told
    return found
