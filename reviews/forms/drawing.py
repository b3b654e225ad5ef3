"""The editor of decision rights as it is drawn: sections, rows and fields, each with what is to be said beside it."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import msgspec

from reviews.forms.leaves import SEVERAL, kind_of, part_shape, row_shape, shown, value_shown
from reviews.forms.words import ADD, HEADS, HELPS, HINTS, ROWS, SAID, label, word
from reviews.rights.arms import BELONGS
from reviews.rights.choices import words_for
from reviews.rights.shape import ROLES, VERDICTS, Arm, Condition, EscalationTarget, Rights
from reviews.rights.telling import row_sentence

Notes = dict[str, list[str]]
ONE_LINE = ("release_after", "lease")
_INDEX = re.compile(r"\[(\d+)\]")


@dataclass
class Leaf:
    """One field. `options` are (code, words, chosen); `of` are the arms that it belongs to."""

    name: str
    key: str
    label: str
    kind: str
    value: str = ""
    options: list[tuple[str, str, bool]] = field(default_factory=list)
    help: str = ""
    of: str = ""
    errors: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The id of its element."""
        return f"id_{self.name.replace('.', '-')}"

    @property
    def several(self) -> bool:
        """Tell whether several choices may stand."""
        return self.kind in SEVERAL


@dataclass
class Rows:
    """Rows that are added, removed and moved, under one name."""

    name: str
    key: str
    rows: list["Part"]

    errors: list[str] = field(default_factory=list)

    @property
    def faulty(self) -> bool:
        """Tell whether something inside is to be mended."""
        return any(row.errors or row.faulty for row in self.rows)

    @property
    def label(self) -> str:
        """What the rows are."""
        return label(self.key)

    @property
    def inner(self) -> bool:
        """Tell whether these are rows of a row."""
        return "." in self.name

    @property
    def add(self) -> str:
        """What the button says that adds one."""
        return str(ADD[self.key])

    @property
    def id(self) -> str:
        """The id of the list."""
        return f"rows-{self.name.replace('.', '-')}"


@dataclass
class Part:
    """A row or a part with its fields, and the sentence that it reads as."""

    name: str
    key: str
    number: int = 0
    last: bool = False
    sentence: str = ""
    parts: list[Any] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The id of its element."""
        return f"row-{self.name.replace('.', '-')}"

    @property
    def place(self) -> str:
        """Its key among the rows: where it stands, from 0."""
        return self.name.rpartition(".")[2]

    @property
    def groups(self) -> list[tuple[bool, list[Any]]]:
        """Its parts in order: fields side by side, rows each by themselves."""
        return [(rowed, list(found)) for rowed, found in groupby(self.parts, key=lambda one: isinstance(one, Rows))]

    @property
    def faulty(self) -> bool:
        """Tell whether something inside is to be mended."""
        return any(one.errors or getattr(one, "faulty", False) for one in self.parts)

    @property
    def title(self) -> str:
        """What one row is called."""
        return str(ROWS.get(self.key, ""))

    @property
    def hint(self) -> str:
        """What the section is for."""
        return str(HINTS.get(self.key, ""))

    @property
    def head(self) -> str:
        """The heading of a section."""
        return str(HEADS.get(self.key) or label(self.key))


@dataclass
class Drawing:
    """The whole editor. `lost` are sentences whose place is not drawn."""

    sections: list[Part]
    lost: list[tuple[str, str]]
    faults: int


class Pencil:
    """Draws one document: it knows the queues' names and what is to be said where."""

    def __init__(
        self,
        body: Mapping[str, Any],
        names: Mapping[str, str],
        problems: Sequence[tuple[str, str]],
        doubts: Sequence[tuple[str, str]],
    ) -> None:
        self.body, self.names = body, names
        self.problems, self.doubts = _by_name(problems), _by_name(doubts)

    def draw(self) -> Drawing:
        """Draw all sections in the order of the document; single fields that stand alone come last, together."""
        faults = sum(map(len, self.problems.values()))
        sections, single = [], []
        for place in msgspec.structs.fields(Rights):
            key, value = place.encode_name, self.body.get(place.encode_name)
            inner = part_shape(place.type)
            if row := row_shape(place.type):
                section = Part("", key, parts=[self._rows(row, key, key, value or [])])
            elif inner is not None:
                section = self._part(inner, key, key, value or {})
            elif kind_of(Rights, place) and key != "v":
                single.append(self._leaf(Rights, place, key, key, value))
                continue
            else:
                continue
            section.name = section.name or key
            self._say(section, key)
            sections.append(section)
        sections.append(Part("times", "times", parts=single))
        lost = [(name, message) for name, messages in self.problems.items() for message in messages]
        return Drawing(sections, lost, faults)

    def _part(self, shape: type[msgspec.Struct], key: str, name: str, value: Any) -> Part:
        """Draw a part: its fields in order, and the sentence that it reads as."""
        value = value if isinstance(value, Mapping) else {}
        parts = list(self._fields(shape, f"{name}.", value))
        return Part(name, key, parts=parts, sentence=row_sentence(name.partition(".")[0], value, self.names))

    def _fields(self, shape: type[msgspec.Struct], prefix: str, value: Mapping[str, Any]) -> Iterator[Any]:
        section = prefix.partition(".")[0]
        for place in msgspec.structs.fields(shape):
            key, own = place.encode_name, value.get(place.encode_name)
            of = " ".join(arm for arm, keys in BELONGS.items() if key in keys) if shape is Arm else ""
            inner = part_shape(place.type)
            if row := row_shape(place.type):
                yield self._rows(row, key, f"{prefix}{key}", own or [])
            elif inner is not None:
                yield from self._fields(inner, f"{prefix}{key}.", own if isinstance(own, Mapping) else {})
            elif kind_of(shape, place) and not (shape is EscalationTarget and key == "level"):
                if own is None and not place.required and place.default is not msgspec.NODEFAULT:
                    own = place.default
                leaf = self._leaf(shape, place, section, f"{prefix}{key}", own, value)
                leaf.of = of
                yield leaf

    def _rows(self, shape: type[msgspec.Struct], key: str, name: str, values: Any) -> Rows:
        rows = []
        values = values if isinstance(values, list | tuple) else []
        for place, value in enumerate(values):
            row = self._part(shape, key, f"{name}.{place}", value)
            row.number, row.last = place + 1, place == len(values) - 1
            if "." in name:
                row.sentence = ""
            self._say(row, row.name)
            rows.append(row)
        return Rows(name, key, rows)

    def _leaf(
        self,
        shape: type[msgspec.Struct],
        place: msgspec.structs.FieldInfo,
        section: str,
        name: str,
        value: Any,
        row: Mapping[str, Any] | None = None,
    ) -> Leaf:
        key, kind = place.encode_name, kind_of(shape, place)
        found = Leaf(name, key, label(key), kind, help=str(HELPS.get(key, "")))
        codes = words_for(section, key)
        if (codes and kind == "text") or kind == "op":
            found.kind = "choice"
            found.options = _options(codes, value, lambda code: word(key, code))
        elif kind in ("queue", "queues"):
            held = (value or []) if kind == "queues" else value
            found.options = _options(tuple(self.names), held, lambda code: self.names.get(code, code))
        elif kind in ("role", "roles"):
            found.options = _options(ROLES, value, lambda code: word("role", code))
        elif kind == "verdicts":
            found.options = _options(VERDICTS, value, lambda code: word("verdicts", code))
        elif kind == "yes":
            found.value = "on" if value else ""
        elif shape is Condition and kind == "value":
            found.value = value_shown(value, (row or {}).get("op", ""))
        else:
            found.value = shown(kind, value)
        self._say(found, name)
        if found.errors and found.kind in SAID:
            found.errors = [str(SAID[found.kind])]
        return found

    def _say(self, drawn: Leaf | Part, name: str) -> None:
        """Put beside a field, or a row as a whole, what is said of it; a field takes what is said of its values too."""
        for notes, put in ((self.problems, drawn.errors), (self.doubts, drawn.doubts)):
            inside = [one for one in notes if isinstance(drawn, Leaf) and one.startswith(f"{name}.")]
            for place in [name, *inside]:
                put.extend(notes.pop(place, []))


def _by_name(found: Sequence[tuple[str, str]]) -> Notes:
    """Gather sentences by the names of fields: `routing[0].when[1].op` is `routing.0.when.1.op`."""
    notes: Notes = defaultdict(list)
    for path, message in found:
        notes[_INDEX.sub(r".\1", path)].append(message)
    return notes


def _options(codes: Sequence[str], chosen: Any, say: Any) -> list[tuple[str, str, bool]]:
    """Give the choices; what is chosen and no longer there is shown too, or it could not be mended."""
    several = isinstance(chosen, list | tuple)
    picked = [str(one) for one in chosen] if several else [str(chosen or "")]
    known = codes if several or picked[0] else ("", *codes)
    return [(code, say(code) if code else "–", code in picked) for code in dict.fromkeys((*known, *picked))]
