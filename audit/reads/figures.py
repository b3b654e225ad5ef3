"""What an export holds, counted before it is written: for its report, and to pass over what has nothing to tell."""

from collections import Counter
from collections.abc import Iterator, Set
from dataclasses import dataclass, field

from audit.models.sql import ask, postgres
from audit.reads.filters import Cut
from audit.reads.gone import anything_gone
from audit.reads.kinds import KINDS, Text
from audit.reads.lines import sources
from audit.reads.telling import BODIES, COUNTS

STEP = 50_000
PARTS = " SELECT type, actor, project_uuid, count(*) AS number FROM chosen GROUP BY type, actor, project_uuid"
GONE = " SELECT count(*) AS number FROM chosen c JOIN audit_payload p ON p.event_id = c.event_id WHERE p.body IS NULL"
GONE_BODIES = ", stored AS ({sources}) SELECT count(*) AS number FROM stored WHERE body IS NULL"
DRAWS = {"reviews.item_received", "reviews.item_routed_again"}


@dataclass
class Figures:
    """Numbers of entries that an export discloses; `stretches` are ranges of the log with the types found there."""

    types: Counter[str] = field(default_factory=Counter)
    actors: Counter[str] = field(default_factory=Counter)
    projects: Counter[str] = field(default_factory=Counter)
    drawn: set[str] = field(default_factory=set)
    stretches: list[tuple[int, int, frozenset[str]]] = field(default_factory=list)

    @property
    def entries(self) -> int:
        """All of them."""
        return self.types.total()

    def ranges_of(self, types: Set[str], start: int) -> Iterator[tuple[int, int]]:
        """Give the stretches, from an index on, that have events of these types."""
        for begin, end, found in self.stretches:
            if end > start and found & types:
                yield max(begin, start), end


def figures(cut: Cut) -> Figures:
    """Count what a cut chooses: by type, actor and project; and which projects made draws."""
    made = Figures()
    for begin in range(cut.begin, cut.end, STEP):
        end = min(begin + STEP, cut.end)
        with_, params = cut.chosen.chosen(cut.log_id, begin, end)
        rows = ask(with_ + PARTS, params)
        for row in rows:
            made.types[row.type] += row.number
            made.actors[row.actor] += row.number
            made.projects[str(row.project_uuid or "")] += row.number
        made.drawn |= {str(row.project_uuid) for row in rows if row.type in DRAWS}
        made.stretches.append((begin, end, frozenset(row.type for row in rows)))
    return made


def tables(cut: Cut, found: Figures) -> list[tuple[Text, list[tuple[str, int]]]]:
    """Give the tables that apps have told of, each with its heading, without empty ones."""
    made = []
    for one in COUNTS.values():
        counted: Counter[str] = Counter()
        for begin, end in found.ranges_of(one.types, cut.begin):
            with_, params = cut.chosen.chosen(cut.log_id, begin, end)
            for row in ask(f"{with_} {one.sql(postgres())}", params):
                counted[str(one.words.get(row.code, row.code))] += row.number
        if counted:
            made.append((one.heading, counted.most_common()))
    return made


def erased(cut: Cut) -> int:
    """Count the sections and bodies of a cut that are gone."""
    number = 0
    for begin in range(cut.begin, cut.end, STEP) if anything_gone() else ():
        with_, params = cut.chosen.chosen(cut.log_id, begin, min(begin + STEP, cut.end))
        number += int(ask(with_ + GONE, params)[0].number)
        if BODIES:
            number += int(ask(with_ + GONE_BODIES.format(sources=sources()), params)[0].number)
    return number


def sentences_of(types: Counter[str]) -> list[tuple[str, str, int]]:
    """Say kinds of events in words, the most frequent first; what differs from one to another is left open."""
    return [(name, _said(name), number) for name, number in types.most_common()]


class _Open(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "…"


def _said(name: str) -> str:
    kind = KINDS.get(name)
    return str(kind.sentence).format_map(_Open()) if kind else name
