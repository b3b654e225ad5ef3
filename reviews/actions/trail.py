"""The events of one transaction, with the heads of the streams they stand on."""

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any

from accounts.reads import Actor
from audit.actions import Entry, Fact, Head, entry, record


@dataclass(frozen=True, slots=True)
class Ground:
    """The project that events belong to: row id, uuid, and its log as (id, origin)."""

    project_id: int
    uuid: uuid.UUID
    log: tuple[int, str]


@dataclass
class Trail:
    """Collects the events of one verb; a stream's second event follows the first.

    `write()` records them all at once and gives the row id of each; the verb then stores the new heads on the rows
    that carry the streams.
    """

    ground: Ground
    by: Actor
    at: dt.datetime
    heads: dict[str, Head] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)

    def at_head(self, stream: str, sseq: int, head: bytes | None) -> None:
        """Say where a stream ends, as its locked row tells."""
        self.heads.setdefault(stream, Head(sseq, head))

    def add(self, stream: str, type: str, tags: dict[str, Any] | None = None, **sections: Any) -> int:  # noqa: A002
        """Add an event to a stream; give its place in what `write()` answers."""
        made = entry(
            log=self.ground.log,
            type=type,
            actor=self.by.pseudonym,
            role=self.by.role,
            via=self.by.via,
            project=self.ground.uuid,
            stream=stream,
            head=self.heads[stream],
            at=self.at,
            tags=tags,
            sections={name: value for name, value in sections.items() if value is not None},
        )
        self.heads[stream] = made.head
        self.entries.append(made)
        return len(self.entries) - 1

    def write(self, *facts: Fact) -> list[int]:
        """Record what was added, with facts of the last event; give the events' row ids in order."""
        return record(self.entries, facts)
