"""Guidelines that move under the random walk: published with the same, other and retired labels, and acknowledged."""

import datetime as dt
from typing import Any

import msgspec
from hypothesis import strategies as st
from hypothesis.stateful import rule

from accounts.reads import Actor
from guidelines.actions import (
    acknowledge_guideline,
    begin_due,
    begin_guideline_draft,
    change_guideline_draft,
    discard_guideline_draft,
    end_guideline,
    publish_guideline_draft,
)
from guidelines.content import taxonomy_doc
from guidelines.errors import QuizFirst
from guidelines.models import GuidelineVersion
from guidelines.reads import draft_of, guideline_in_force, taxonomy_in_force
from reviews.models import Decision
from tests.guidelines.writing import GUIDELINE, QUIZZED, READ, answered, copied
from tests.town import Town

WHO = st.integers(0, 4)
SAID = {"cat": "Cat", "feline": "Feline", "dog": "Dog", "fox": "Fox"}
KEYS = {"cat": "1", "feline": "1", "dog": "2", "fox": "3"}
SETS = (("cat", "dog", "fox"), ("feline", "dog", "fox"), ("cat", "dog"), ("feline", "dog"), ("cat", "dog", "fox"))
WRITTEN = (GUIDELINE, GUIDELINE, READ, GUIDELINE, QUIZZED)
SOON = dt.timedelta(seconds=100)


def labelled(town: Town, wanted: tuple[str, ...]) -> dict[str, Any]:
    """Give a taxonomy with these labels to be said, and what became of those that go: renamed, or retired."""
    standing = taxonomy_in_force(town.project.pk)
    before = taxonomy_doc(bytes(standing.body)) if standing else None
    known = {label.code for label in before.labels} if before else set()
    labels = [
        {
            "code": code,
            "name": name,
            "key": KEYS[code] if code in wanted else None,
            "definition": f"A {code} can be seen.",
        }
        | ({} if code in wanted else {"active": False})
        for code, name in SAID.items()
        if code in wanted or code in known
    ]
    gone = [label.code for label in before.active if label.code not in wanted] if before else []
    other = {"cat": ["feline"], "feline": ["cat"]}
    rows = [{"was": [code], "now": [one for one in other.get(code, []) if one in wanted]} for code in gone]
    many = before.many if before else False
    return {
        "labels": labels,
        "error_categories": [{"code": "wrong", "name": "Wrong"}],
        "many": many,
        "schema": None,
    } | ({"mapping": {"rows": rows}} if rows else {})


def written(pick: int, wanted: tuple[str, ...] | None, active: tuple[str, ...]) -> dict[str, Any]:
    """Give a guideline that names labels which may be said, and words of its own."""
    made = copied(WRITTEN[pick % len(WRITTEN)])
    first = (wanted or active)[0]
    for one in (*made["sections"], *made["examples"]):
        if one.get("label"):
            one["label"] = first
    made["sections"][0]["text"] = f"Say which animal is seen, as edition {pick} has it."
    return made


class Guided:
    """Rules over a town whose guideline moves: an editor publishes, people acknowledge, the clock brings what waits."""

    town: Town
    everyone: list[Actor]
    both: Any
    take: Any
    submit: Any
    editor: Actor
    looked = 0

    def guide(self, pick: int, relabel: int | None, later: bool = False) -> GuidelineVersion:
        """Write a draft, over one that a cut left behind, and publish it: with the labels in force, or others."""
        place, by, at = self.town.project, self.editor, self.town.now
        left = draft_of(place, "en")
        if left is not None:
            discard_guideline_draft(project=place, language="en", revision=left.revision, by=by, at=at)
        begun = begin_guideline_draft(project=place, language="en", by=by, at=at)
        standing = taxonomy_in_force(place.pk)
        active = tuple(label.code for label in taxonomy_doc(bytes(standing.body)).active) if standing else SETS[0]
        wanted = SETS[relabel % len(SETS)] if relabel is not None else None
        changed = change_guideline_draft(
            project=place,
            language="en",
            guideline=written(pick, wanted, active),
            taxonomy=labelled(self.town, wanted) if wanted else begun.taxonomy,
            summary=f"Edition {pick}.",
            revision=begun.revision,
            by=by,
            at=at,
        )
        starts_at = at + SOON if later else None
        told = {"project": place, "language": "en", "revision": changed.revision}
        return publish_guideline_draft(**told, starts_at=starts_at, by=by, at=at)

    def read(self, who: int) -> Any:
        """Acknowledge what is in force, by its quiz where it has one."""
        version, by = guideline_in_force(self.town.project), self.everyone[who]
        if version is None or not version.to_acknowledge:
            return None
        try:
            return acknowledge_guideline(project=self.town.project, number=version.number, by=by, at=self.town.now)
        except QuizFirst:
            return answered(self.town, by, version)

    def rightly_named(self) -> bool:
        """Tell whether every new decision says labels that could be said under the taxonomy that it was shown.

        An appeal may uphold an answer by its old name.
        """
        rows = Decision.objects.filter(pk__gt=self.looked, body__isnull=False).exclude(task__kind="appeal")
        for one in rows.select_related("claim__presentation__taxonomy").order_by("pk"):
            self.looked = one.pk
            said = (msgspec.json.decode(bytes(one.body or b"{}")).get("output") or {}).get("labels") or ()
            active = {label.code for label in taxonomy_doc(bytes(one.claim.presentation.taxonomy.body)).active}
            if not active.issuperset(said):
                return False
        return True

    @rule(pick=st.integers(0, 30), who=WHO, readers=st.integers(0, 5))
    def guide_against_a_claim(self, pick: int, who: int, readers: int) -> None:
        """Publish the next guideline on the labels in force while somebody claims; some read it at once."""
        self.both(lambda: self.guide(pick, None), lambda: self.take(who))
        for one in range(readers):
            self.both(lambda one=one: self.read(one), lambda one=one: self.take(one))
        assert self.rightly_named()

    @rule(pick=st.integers(0, 30), relabel=st.integers(0, 4), who=WHO, label=st.sampled_from([*SAID]))
    def relabel_against_a_decision(self, pick: int, relabel: int, who: int, label: str) -> None:
        """Rename or retire labels, or bring them back, while somebody decides by one; then they try every label."""
        self.both(lambda: self.take(who))
        self.both(lambda: self.guide(pick - pick % 5, relabel), lambda: self.submit(who, "correct", label))
        self.both(lambda: self.town.send(None), lambda: self.town.send(0.7, label))
        for one in SAID:
            self.both(lambda: self.take(who))
            self.both(lambda one=one: self.submit(who, "correct", one))
        assert self.rightly_named()

    @rule(who=WHO, other=WHO)
    def read_against_a_claim(self, who: int, other: int) -> None:
        self.both(lambda: self.read(who), lambda: self.take(who))
        self.both(lambda: self.read(other), lambda: self.read(other))

    @rule(
        pick=st.integers(0, 30), relabel=st.sampled_from([None, None, 1, 2]), wait=st.booleans(), retire=st.booleans()
    )
    def guide_by_its_day(self, pick: int, relabel: int | None, wait: bool, retire: bool) -> None:
        """Let a guideline wait for its day; the clock begins it twice at once, its editor may end it."""
        found: list[Any] = self.both(lambda: self.guide(pick, relabel, later=True))
        if wait:
            self.town.now += SOON
        self.both(lambda: begin_due(at=self.town.now), lambda: begin_due(at=self.town.now))
        if retire and isinstance(found[0], GuidelineVersion):
            told = {"project": self.town.project, "number": found[0].number, "by": self.editor, "at": self.town.now}
            self.both(lambda: end_guideline(**told, reason="So"), lambda: self.take(0))
