"""The figures of a report: what an export holds, counted."""

from collections import Counter
from dataclasses import dataclass, field

from audit.models.sql import ask, postgres
from audit.reads.filters import Filter
from audit.reads.kinds import KINDS, Text
from audit.reads.lines import sources
from audit.reads.telling import BODIES, COUNTS

STEP = 100_000
PARTS = " SELECT type, actor, project_uuid, count(*) AS number FROM chosen GROUP BY type, actor, project_uuid"
GONE = " SELECT count(*) AS number FROM chosen c JOIN audit_payload p ON p.event_id = c.event_id WHERE p.body IS NULL"
GONE_BODIES = ", stored AS ({sources}) SELECT count(*) AS number FROM stored WHERE body IS NULL"
TIMES = """
SELECT min(e.recorded_at) AS first_at, max(e.recorded_at) AS last_at FROM audit_leaf l JOIN audit_event e
ON e.id = l.event_id WHERE l.log_id = %s AND l.log_index >= %s AND l.log_index < %s
"""


@dataclass
class Figures:
    """Numbers of entries that an export discloses, and of what was erased of them."""

    types: Counter[str] = field(default_factory=Counter)
    actors: Counter[str] = field(default_factory=Counter)
    projects: Counter[str] = field(default_factory=Counter)
    tables: list[tuple[Text, Counter[str]]] = field(default_factory=list)
    erased: int = 0

    @property
    def entries(self) -> int:
        """All of them."""
        return self.types.total()


def figures(log_id: int, begin: int, end: int, chosen: Filter) -> Figures:
    """Count what is chosen of the entries of [begin, end)."""
    made = Figures()
    tables: dict[str, Counter[str]] = {name: Counter() for name in COUNTS}
    for start in range(begin, end, STEP):
        with_, params = chosen.chosen(log_id, start, min(start + STEP, end))
        for row in ask(with_ + PARTS, params):
            made.types[row.type] += row.number
            made.actors[row.actor] += row.number
            made.projects[str(row.project_uuid or "")] += row.number
        for name, table in COUNTS.items():
            for row in ask(f"{with_} {table.sql(postgres())}", params):
                tables[name][str(table.words.get(row.code, row.code))] += row.number
        made.erased += ask(with_ + GONE, params)[0].number
        if BODIES:
            made.erased += ask(with_ + GONE_BODIES.format(sources=sources()), params)[0].number
    made.tables = [(COUNTS[name].heading, counted) for name, counted in tables.items() if counted]
    return made


def sentences_of(types: Counter[str]) -> list[tuple[str, str, int]]:
    """Say kinds of events in words, the most frequent first; what differs from one to another is left open."""
    return [(name, _said(name), number) for name, number in types.most_common()]


class _Open(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "…"


def _said(name: str) -> str:
    kind = KINDS.get(name)
    return str(kind.sentence).format_map(_Open()) if kind else name
