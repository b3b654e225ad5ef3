"""Which labels mean something else now than a taxonomy said when they were given, version by version."""

import datetime as dt
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from audit.models.sql import Row, ask, many
from guidelines.content import Taxonomy, taxonomy_doc
from guidelines.models import TaxonomyVersion
from reviews.rights.escalating import labels_in

MOST = 200
SAID = """
SELECT t.item_id, t.id AS task_id, t.kind, t.after_id, t.state, s.id AS seat_id, d.body, d.decided_at, tv.number,
    EXISTS (SELECT 1 FROM reviews_outcome o WHERE o.task_id = t.id AND o.annulled_at IS NULL) AS settles
FROM reviews_task t
LEFT JOIN reviews_decision d ON d.task_id = t.id AND d.verdict IN ('approve', 'correct', 'reject')
LEFT JOIN reviews_seat s ON s.claim_id = d.claim_id AND s.state = 'decided'
LEFT JOIN reviews_presentation ps ON ps.claim_id = s.claim_id
LEFT JOIN guidelines_taxonomyversion tv ON tv.id = ps.taxonomy_id
WHERE t.item_id IN {places}
"""


@dataclass(frozen=True, slots=True)
class Step:
    """A taxonomy that came in force, and what became of its labels by the last one: those not named stayed."""

    number: int
    began_at: dt.datetime
    taxonomy: Taxonomy
    became: Mapping[str, tuple[str, ...]]


def steps_of(project_id: int, until: int | None = None) -> list[Step]:
    """List the newest 200 taxonomies of a project that came in force, up to a number, the oldest first; one statement.

    What their labels became is followed through every mapping since.
    """
    begun = TaxonomyVersion.objects.filter(project=project_id, term__began_at__isnull=False)
    if until is not None:
        begun = begun.filter(number__lte=until)
    became: dict[str, tuple[str, ...]] = {}
    found: list[Step] = []
    for number, body, began_at in begun.order_by("-number").values_list("number", "body", "term__began_at")[:MOST]:
        assert began_at is not None
        taxonomy = taxonomy_doc(bytes(body))
        found.append(Step(number, began_at, taxonomy, dict(became)))
        rows = taxonomy.mapping.rows if taxonomy.mapping else ()
        became |= {
            code: tuple(dict.fromkeys(one for now in row.now for one in became.get(now, (now,))))
            for row in rows
            for code in row.was
        }
    return found[::-1]


def moved(step: Step, code: str, now: Taxonomy) -> bool:
    """Tell whether a label of a step is another one by now, or several, or none."""
    return step.became.get(code, (code,)) != (code,) or all(label.code != code for label in now.active)


def redefined(step: Step, code: str, now: Taxonomy) -> bool:
    """Tell whether a label of a step is defined in other words by now, or was none then."""
    return _definition(step.taxonomy, code) != _definition(now, code)


def _definition(taxonomy: Taxonomy, code: str) -> str | None:
    return next((label.definition for label in taxonomy.labels if label.code == code), None)


@dataclass(frozen=True, slots=True)
class Changed:
    """Since when each taxonomy is in force, the oldest first, and of labels from which of them they differ now.

    Labels that differ from none have not changed: whoever looks for one of those means all that name it.
    """

    began: list[tuple[dt.datetime, int]]
    stale: Mapping[str, frozenset[int]]

    def affects(self, label: str, numbers: Collection[int]) -> bool:
        """Tell whether a label said by taxonomies of these numbers means something else now; on doubt it does."""
        stale = self.stale[label]
        return not stale or not numbers or any(one in stale or one < self.began[0][1] for one in numbers)

    def number_at(self, at: dt.datetime) -> list[int]:
        """Give the number of the taxonomy that was in force before an instant, none where none was."""
        return [number for began_at, number in self.began if began_at < at][-1:]


def changed_for(project_id: int, until: int, labels: Collection[str]) -> Changed:
    """Say from which taxonomies these labels differ in that of number `until`, which never changes; one statement."""
    steps = steps_of(project_id, until)
    now = steps[-1].taxonomy
    return Changed(
        [(step.began_at, step.number) for step in steps],
        {
            code: frozenset(one.number for one in steps if moved(one, code, now) or redefined(one, code, now))
            if any(label.code == code for label in now.active)
            else frozenset()
            for code in labels
        },
    )


@dataclass(frozen=True, slots=True)
class Told:
    """What people said of an item: its tasks by their id, and each decision that counts, with its task."""

    tasks: dict[int, Row]
    decisions: list[Row]

    def numbers(self, task: int, label: str) -> list[int]:
        """Give the taxonomies by which people gave a label in a task, all of that task's where none names it."""
        mine = [one for one in self.decisions if one.task_id == task]
        named = [one for one in mine if one.body is None or label in labels_in(json.loads(one.body).get("output"))]
        return [one.number or 0 for one in named or mine]  # of none that is known: older than all

    def agreed(self, since: dt.datetime) -> Iterator[int]:
        """Give the re-reviews, or what they were passed on to, that found what the outcome settled then says."""
        for task in self.tasks.values():
            said = [one.decided_at for one in self.decisions if one.task_id == task.task_id]
            same = task.state == "settled" and not task.settles
            if same and said and max(said) > since and self._root(task).kind == "rereview":
                yield task.task_id

    def _root(self, task: Row) -> Row:
        while task.after_id in self.tasks:
            task = self.tasks[task.after_id]
        return task


def told_of(items: Collection[int]) -> dict[int, Told]:
    """Read what people said of items, by item; one statement."""
    places, ids = many(items)
    found: dict[int, Told] = {}
    for row in ask(SAID.format(places=places), ids) if ids else ():
        told = found.setdefault(row.item_id, Told({}, []))
        told.tasks.setdefault(row.task_id, row)
        if row.seat_id is not None:
            told.decisions.append(row)
    return found
