"""Where past items would have gone under a document: `route` itself, on what is still known of each of them.

Of an item only what the document asks for is read, and an answer is remembered by what was seen. Of numbers it matters
only where they lie among those that the document compares them with, so a million confidences are a few places.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, NamedTuple, cast

import msgspec

from .draws import chance
from .fields import Field, Subject, field_named, values_at
from .numbers import decimal, shortest
from .routing import SEGMENT, Routed, route
from .shape import Arm, Rights

REMEMBERED = 100_000
"""Answers kept before they are forgotten, so that memory stays bounded."""
UNKNOWN = "unknown"
_NUMBERS = ("confidence", "cost", "units")
_IN_BODY = ("segments", "prediction", "scores", "data", "model")
_GONE = b"gone"


class Past(NamedTuple):
    """What is kept of an item: `body` as sent, None when expired or erased.

    `unknown_label` and `retired_label` are as it was judged then. `model` is the (name, version) that its prediction
    was kept under, None where nothing was proposed.
    """

    confidence: Decimal | None
    impact: str
    cost: Decimal | None
    units: int
    switch: str
    unknown_label: bool
    model: tuple[str, str] | None
    body: bytes | None
    retired_label: bool = False


class Place(NamedTuple):
    """Where an item goes, as replays count it. `arm` is accept, review, hold, or `unknown` where that cannot be known.

    `queue` and `decisions` are those of a review; of an accept, `queue` is where its audit goes and `rate` how often.
    """

    arm: str
    rule: str
    queue: str = ""
    decisions: int = 0
    rate: str = "0"

    @property
    def below(self) -> int:
        """The number below which a draw of this rate picks an item."""
        return chance(decimal(self.rate) or Decimal(0))


class Unknowable(Exception):  # noqa: N818 - a fact about one item, turned into a place by the replay
    """A condition reads what has expired or was erased."""


class _Left:
    """What is left of an item: reading what is gone raises `Unknowable`, so that nothing is guessed of it."""

    def __init__(self, **known: Any) -> None:
        self.__dict__.update(known)

    def __getattr__(self, name: str) -> Any:
        raise Unknowable(name)


class PastRouting:
    """A document, ready to say where past items would have gone."""

    def __init__(self, rights: Rights, *, segments: bool = False) -> None:
        """Take the document; with `segments` these are read of every body, asked for or not."""
        self._rights = rights
        fields = [place for text in _asked(rights) if (place := field_named(text)) is not None]
        self._cuts = [(name, _cuts(rights, name)) for name in _NUMBERS if any(one.root == name for one in fields)]
        self._segments = [one.keys[0] for one in fields if one.root == "segments"]
        self._fields = [one for one in fields if _root(one) in _IN_BODY and one.root != "segments"]
        self._asks = bool(self._segments or self._fields)
        self._known: dict[Any, Place] = {}
        wanted = {_root(one) for one in fields if _root(one) in _IN_BODY} | ({"segments"} if segments else set())
        shape = msgspec.defstruct("Body", [(name, Any, None) for name in sorted(wanted)])
        self.reads_bodies = bool(wanted)
        self._read: Callable[[bytes], Any] = msgspec.json.Decoder(shape).decode

    def read(self, item: Past) -> Any:
        """Read of an item's body what is asked for; None where it is gone, or nothing is."""
        return self._read(item.body) if self.reads_bodies and item.body is not None else None

    def place(self, item: Past, body: Any) -> Place:
        """Say where an item would have gone, of whose body this was read."""
        key = self._key(item, body)
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            found = self._known[key] = self._routed(item, body)
        return found

    def _key(self, item: Past, body: Any) -> tuple[Any, ...]:
        key: list[Any] = [item.impact, item.switch, item.unknown_label, item.retired_label, item.confidence is None]
        for name, cuts in self._cuts:
            key.append(_among(cuts, getattr(item, name)))
        if not self._asks:
            return tuple(key)
        if item.body is None:
            return (*key, _GONE, item.model)
        if self._segments:
            values = body.segments or {}
            key += [values.get(name) for name in self._segments]
        if self._fields:
            seen = _subject_of(item, body)
            key += [msgspec.json.encode(values_at(seen, one)) for one in self._fields]
        return tuple(key)

    def _routed(self, item: Past, body: Any) -> Place:
        subject = _subject_of(item, body) if item.body is not None else _left_of(item)
        try:
            return place_of(route(subject, self._rights, item.switch), self._rights)
        except Unknowable:
            return Place(UNKNOWN, "")


def place_of(routed: Routed, rights: Rights) -> Place:
    """Say a routing as replays count it."""
    if routed.arm == "accept":
        return Place("accept", routed.rule, rights.audit.queue, 0, shortest(routed.audit_rate))
    return Place(routed.arm, routed.rule, routed.queue or "", routed.decisions)


def happened(rights: Rights, arm: str, rule: str, impact: str) -> Place:
    """Say where an item went, of which its route kept arm and rule, by the document that it was routed under."""
    chosen = _arm_of(rights, rule)
    if arm == "accept":
        return Place(arm, rule, rights.audit.queue, 0, shortest(decimal(chosen.audit_rate or "0") or Decimal(0)))
    if arm == "hold":
        return Place(arm, rule)
    decisions = chosen.decisions or 1
    if impact == "high" and rule not in ("high_impact", "no_confidence", "switch"):
        decisions = max(decisions, (rights.high_impact or rights.no_confidence).decisions or 1)
    return Place(arm, rule, chosen.queue or "", decisions)


def _arm_of(rights: Rights, rule: str) -> Arm:
    named = {one.name: one.then for one in rights.routing}
    if rule in named:
        return named[rule]
    doubt = rights.high_impact if rule == "high_impact" else rights.otherwise if rule == "otherwise" else None
    return doubt or rights.no_confidence


def _asked(rights: Rights) -> list[str]:
    """Name every field that routing by a document may read, each once, in order."""
    named = [part.field for rule in rights.routing for part in rule.when]
    skills = [template for _path, arm in rights.arms() for template in arm.skills or ()]
    named += [f"segments.{key}" for template in skills for key in SEGMENT.findall(template)]
    return list(dict.fromkeys(named))


def _root(place: Field) -> str:
    return place.root.partition(".")[0]


def _cuts(rights: Rights, name: str) -> list[Decimal]:
    """Give the numbers that a document compares a field with, in order."""
    values = [part.value for rule in rights.routing for part in rule.when if part.field == name]
    texts: Iterable[str] = [
        text for value in values for text in (value if isinstance(value, tuple) else (value or "",))
    ]
    return sorted({number for text in texts if (number := decimal(text)) is not None})


def _among(cuts: list[Decimal], value: Decimal | int | None) -> int | None:
    """Tell where a number lies: below, on or above each cut; two numbers in one place compare alike with all."""
    if value is None:
        return None
    at = bisect_left(cuts, value)
    return 2 * at + (at < len(cuts) and cuts[at] == value)


def _subject_of(item: Past, body: Any) -> Subject:
    sent = getattr(body, "model", None) or {}
    name, version = item.model or (sent.get("name"), sent.get("version"))
    return Subject(
        confidence=item.confidence,
        impact=item.impact,
        cost=item.cost,
        units=item.units,
        segments=getattr(body, "segments", None) or {},
        model_name=name,
        model_version=version,
        prediction=getattr(body, "prediction", None),
        scores=getattr(body, "scores", None),
        data=getattr(body, "data", None),
        unknown_labels=item.unknown_label,
        retired_labels=item.retired_label,
    )


def _left_of(item: Past) -> Subject:
    model = dict(zip(("model_name", "model_version"), item.model or (), strict=False))
    left = _Left(
        confidence=item.confidence,
        impact=item.impact,
        cost=item.cost,
        units=item.units,
        unknown_labels=item.unknown_label,
        retired_labels=item.retired_label,
        **model,
    )
    return cast(Subject, left)
