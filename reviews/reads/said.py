"""Outputs in words, as pages say them."""

import re
from typing import Any

from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reviews.reads.files import plain
from reviews.reads.marks import numbered, turn_words

CODE = re.compile(r"[a-z0-9]+(_[a-z0-9]+)+")


def words_of(output: Any, taxonomy: dict[str, Any]) -> list[tuple[str, str, int]]:
    """Say an output in words: (term, word, label colour or 0) for each label, also of turns, or member."""
    if not isinstance(output, dict):
        return []
    if isinstance(output.get("labels"), list):
        names = numbered(taxonomy)
        found = [("", *names.get(code, (str(code), 1))) for code in output["labels"]]
        return found + turn_words(output, taxonomy)
    titles = (taxonomy.get("schema") or {}).get("properties", {})
    return [
        (
            str(titles[name].get("title") or plain(name)) if isinstance(titles.get(name), dict) else plain(name),
            said(value),
            0,
        )
        for name, value in output.items()
    ]


def said(value: Any) -> str:
    """Say a plain value; lists and objects by their length, a code's underlines as spaces."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list | dict):
        return ngettext("%(n)d part", "%(n)d parts", len(value)) % {"n": len(value)}
    if isinstance(value, str) and CODE.fullmatch(value):
        return value.replace("_", " ")
    return "–" if value is None else str(localize(value))
