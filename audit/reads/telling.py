"""What higher apps know of events and the ledger does not: stored bodies, rows for people, figures of a report.

An app tells it when it is ready, as it tells its kinds of events. SQL given here selects from `chosen`, the entries
that an export discloses: (i, event_id, stream, type), i being the log index.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from audit.reads.kinds import Text

Sql = Callable[[bool], str]
"""Gives a SELECT; the argument tells whether it is for PostgreSQL."""


@dataclass(frozen=True)
class Bodies:
    """Stored bodies that payloads commit to.

    `sql` selects (event_id, i, section, commitment, salt, body, erasure_id) for events of these types; `section` is
    that of the payload which names the commitment.
    """

    name: str
    types: frozenset[str]
    sql: Sql


@dataclass(frozen=True)
class Records:
    """Rows for people: one an event of these types, `columns` wide.

    `read` takes ids of events and gives their cells by id.
    """

    types: frozenset[str]
    columns: tuple[str, ...]
    read: Callable[[Sequence[int]], Mapping[int, Sequence[Any]]]


@dataclass(frozen=True)
class Counts:
    """A table of a report: `sql` selects (code, number) for events of these types; `words` says the codes."""

    heading: Text
    types: frozenset[str]
    sql: Sql
    words: Mapping[str, Any] = field(default_factory=dict)


BODIES: dict[str, Bodies] = {}
RECORDS: list[Records] = []
COUNTS: dict[str, Counts] = {}


def learn_bodies(*bodies: Bodies) -> None:
    """Take up where stored bodies lie; called from `ready()`."""
    BODIES.update({one.name: one for one in bodies})


def learn_records(records: Records) -> None:
    """Take up how events read as rows; called from `ready()`."""
    if records not in RECORDS:
        RECORDS.append(records)


def learn_counts(**counts: Counts) -> None:
    """Take up tables of a report, each by a name of its own; called from `ready()`."""
    COUNTS.update(counts)
