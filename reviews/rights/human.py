"""Rates, durations and lists as people write them, to and from the text of the document; exact, never by floats."""

import csv
import re
from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext as _

from .numbers import decimal, shortest

_PERCENT = re.compile(r"(-?[0-9]+(?:[.,][0-9]+)?) ?%?")
_PART = re.compile(r"([0-9]{1,12}(?:[.,][0-9]{1,12})?)\s*([^\W\d_]+)\.?\s*(?:,|and\b|und\b)?\s*")
_ISO = re.compile(r"P(?:([0-9]{1,15})D)?(?:T(?:([0-9]{1,15})H)?(?:([0-9]{1,15})M)?(?:([0-9]{1,15})S)?)?")
_SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_STEMS = {"day": "d", "tag": "d", "hour": "h", "hr": "h", "std": "h", "stunde": "h", "min": "m", "sec": "s", "sek": "s"}


def percent_of(text: str) -> str:
    """Write a rate as a percentage: "0.15" gives "15 %"; what is no number stays as it is."""
    value = decimal(text)
    return text if value is None else f"{shortest(value.scaleb(2))} %"


def rate_from(typed: str) -> str:
    """Read a percentage: "15 %", "15" and "0,5 %" give "0.15" and "0.005"; what is none stays as it was typed."""
    found = _PERCENT.fullmatch(typed.strip())
    return shortest(Decimal(found[1].replace(",", ".")).scaleb(-2)) if found else typed.strip()


def share_from(typed: str) -> str:
    """Read a share in either form: "60 %" gives "0.6", all else stays as it was typed."""
    return rate_from(typed) if typed.strip().endswith("%") else typed.strip()


def spoken(text: str) -> str:
    """Write a duration as people do: "PT4H" gives "4 h", "P1DT12H" gives "1 d 12 h"; what is none stays."""
    found = _ISO.fullmatch(text)
    if found is None or not any(found.groups()):
        return text
    units = (_("%(n)s d"), _("%(n)s h"), _("%(n)s min"), _("%(n)s s"))
    return " ".join(unit % {"n": int(count)} for unit, count in zip(units, found.groups(), strict=True) if count)


def duration_from(typed: str) -> str:
    """Read a duration: "15 s", "4 h", "1 d 12 h" or "1.5 hours"; what is none stays as it was typed."""
    text = typed.strip()
    place, total = 0, Decimal(0)
    while place < len(text):
        found = _PART.match(text, place)
        unit = _unit(found[2].lower()) if found else None
        if found is None or unit is None:
            return text
        total += Decimal(found[1].replace(",", ".")) * _SECONDS[unit]
        place = found.end()
    return _iso(int(total)) if text and total == int(total) else text


def _unit(word: str) -> str | None:
    """Give the unit of a word, English or German, whole or shortened."""
    if word in _SECONDS:
        return word
    return next((unit for stem, unit in _STEMS.items() if word.startswith(stem)), None)


def _iso(seconds: int) -> str:
    """Write seconds in whole units; below two days without days, as people do."""
    days, rest = divmod(seconds, 86_400) if seconds >= 172_800 or seconds % 86_400 == 0 else (0, seconds)
    hours, rest = divmod(rest, 3_600)
    minutes, left = divmod(rest, 60)
    clock = "".join(f"{count}{unit}" for count, unit in ((hours, "H"), (minutes, "M"), (left, "S")) if count)
    return f"P{f'{days}D' if days else ''}{f'T{clock}' if clock or not days else ''}" if seconds else "PT0S"


def listed(values: Iterable[str]) -> str:
    """Write several values in one line; one that holds a comma or a quote is put in quotes."""
    return ", ".join(_quoted(value) for value in values)


def values_from(typed: str) -> list[str]:
    """Read several values out of one line, parted by commas; "a, b" in quotes is one."""
    rows = list(csv.reader([typed.replace("\n", ",")], skipinitialspace=True))
    return [value.strip() for value in (rows[0] if rows else []) if value.strip()]


def _quoted(value: str) -> str:
    if "," in value or '"' in value or value != value.strip():
        return '"{}"'.format(value.replace('"', '""'))
    return value
