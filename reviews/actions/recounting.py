"""One chunk of a project's past after the other, counted by where each item went and would have gone."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from reviews.models import Replay, RightsVersion
from reviews.reads.past import Came, Draws, findings
from reviews.reads.published import rights_of
from reviews.rights import GONE, NONE, PastRouting, Place, Rights, Tally, happened
from reviews.rights.numbers import duration


class Recount:
    """A replay under way: what is known beforehand, and the tally that grows."""

    def __init__(self, row: Replay, draws: Draws, tally: Tally) -> None:
        self.tally = tally
        self._row, self._draws = row, draws
        self._routing = PastRouting(rights_of(bytes(row.body)), segments=bool(row.segment))
        self._versions: dict[int, Rights] = {}
        self._went: dict[tuple[int, str, str, str], Place] = {}
        self._below: dict[str, int] = {}

    @property
    def reads_bodies(self) -> bool:
        """Tell whether bodies are asked for: by the document, or to tell segments apart."""
        return self._routing.reads_bodies

    def add(self, items: Iterable[Came]) -> None:
        """Count a chunk of items."""
        looked: list[tuple[int, str, Place, str]] = []
        for item in items:
            body = self._routing.read(item.past)
            went, would = self._where_it_went(item), self._routing.place(item.past, body)
            segment = self.tally.add(
                self._segment(body), went, would, audited=item.audited, drawn=self._drawn(item, would)
            )
            if item.audited:
                looked.append((item.id, segment, would, item.pi))
            elif item.arm == "accept" and item.pi == "0":
                self.tally.look(segment, would, "0", None)
        found = findings([one[0] for one in looked], self._row.asked_at - self._release())
        for number, segment, would, pi in looked:
            self.tally.look(segment, would, pi, found.get(number))

    def _where_it_went(self, item: Came) -> Place:
        key = (item.rights_id, item.arm, item.rule, item.past.impact)
        found = self._went.get(key)
        if found is None:
            found = self._went[key] = happened(self._rights(item.rights_id), item.arm, item.rule, item.past.impact)
        return found

    def _rights(self, version: int) -> Rights:
        if version not in self._versions:
            self._versions[version] = rights_of(bytes(RightsVersion.objects.get(pk=version).body))
        return self._versions[version]

    def _drawn(self, item: Came, would: Place) -> bool | None:
        """Tell whether an item's own draw would have picked it for an audit; None where it cannot be made again."""
        if would.rate in ("0", "1"):
            return would.rate == "1"
        below = self._below.get(would.rate)
        if below is None:
            below = self._below[would.rate] = would.below
        u = self._draws.u(item)
        return None if u is None else u < below

    def _segment(self, body: Any) -> str:
        """Say under which value of the chosen segment an item counts; a value stands behind an equals sign."""
        if not self._row.segment:
            return NONE
        if body is None:
            return GONE
        value = (body.segments or {}).get(self._row.segment)
        return NONE if value is None else f"={value}"

    def _release(self) -> dt.timedelta:
        """Give how long a finding can still be taken back: the longest under any version seen."""
        return max((duration(one.release_after) for one in self._versions.values()), default=dt.timedelta())
