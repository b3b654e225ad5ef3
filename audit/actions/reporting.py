"""The report of an export: what is in it, on a page that needs nothing else."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from audit import bundle as bundles
from audit.actions.keys import public_keys
from audit.reads.figures import Figures, erased, sentences_of, tables
from audit.reads.filters import Cut

STYLE = Path(bundles.__file__).parent / "report.css"


def report(cut: Cut, found: Figures, *, plan: Mapping[str, Any], names: Mapping[str, str]) -> bytes:
    """Write the report of an export; `names` are those of projects."""
    return render_to_string(
        "audit/report.html",
        {
            "style": mark_safe(STYLE.read_text()),  # noqa: S308 - our own file
            "origin": plan["origin"],
            "begin": cut.begin,
            "last": cut.end - 1,
            "number": cut.end - cut.begin,
            "size": plan["tree"],
            "made": dt.datetime.fromisoformat(plan["made"]),
            "exporter": plan["exporter"],
            "filter": _said_filter(plan["filter"], names),
            "checkpoint": plan["checkpoint"],
            "keys": public_keys(plan["origin"]),
            "entries": found.entries,
            "erased": erased(cut),
            "types": sentences_of(found.types),
            "projects": [(names.get(uuid, uuid), number) for uuid, number in found.projects.most_common()],
            "people": _of("p_", found.actors),
            "programs": _of("s_", found.actors) + _of("x_", found.actors),
            "tables": tables(cut, found),
        },
    ).encode()


def _of(kind: str, actors: Counter[str]) -> list[tuple[str, int]]:
    return [(actor, number) for actor, number in actors.most_common() if actor.startswith(kind)]


def _said_filter(members: Mapping[str, Any], names: Mapping[str, str]) -> list[tuple[str, str]]:
    return [
        (member, ", ".join(names.get(one, one) for one in values) if isinstance(values, list) else values)
        for member, values in members.items()
    ]
