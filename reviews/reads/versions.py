"""Published decision rights and the draft beside them, as their editors look at them."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from accounts.models import Person, Project
from reviews.models import RightsDraft, RightsVersion, Setup
from reviews.reads.doubts import Doubt, able, doubts, members
from reviews.reads.drafting import judged, last_version, queues_of, takes_two
from reviews.reads.published import rights_of
from reviews.rights import Rights
from reviews.rights.differing import Change, differences
from reviews.rights.telling import Told, place_words, queue_name, told

MOST_VERSIONS = 200


@dataclass(frozen=True, slots=True)
class Governed:
    """A project with its version in force, None where there is none, and its draft."""

    project: Project
    version: RightsVersion | None
    draft: RightsDraft | None


@dataclass(frozen=True, slots=True)
class Version:
    """A published version and who published it: a person's name, or what else acted."""

    row: RightsVersion
    who: str


@dataclass(frozen=True, slots=True)
class Section:
    """Rows of a document under one heading."""

    head: str
    rows: list[Told]


@dataclass(frozen=True, slots=True)
class Overview:
    """A project's decision rights: in force, being written, and all versions, the newest first."""

    sections: list[Section]
    draft: RightsDraft | None
    versions: list[Version]
    two: bool
    alone_asked_by: Person | None

    @property
    def in_force(self) -> Version | None:
        """The version in force."""
        return self.versions[0] if self.versions else None


@dataclass(frozen=True, slots=True)
class Reading:
    """One version as sentences; `changes` against `other` where one was named."""

    version: Version
    sections: list[Section]
    other: RightsVersion | None
    changes: list[Change]
    numbers: list[int]


@dataclass(frozen=True, slots=True)
class Affected:
    """A queue that a change touches, and how many people can work in it."""

    name: str
    people: int


@dataclass(frozen=True, slots=True)
class Publishable:
    """A draft beside the version in force: what keeps it from being published, what is odd, what changes, for whom."""

    draft: RightsDraft
    in_force: RightsVersion | None
    two: bool
    problems: list[tuple[str, str]]
    doubts: list[Doubt]
    changes: list[Change]
    affected: list[Affected]
    people: int
    same: bool

    @property
    def against(self) -> int:
        """Number of the version in force, 0 for none."""
        return self.in_force.number if self.in_force else 0

    @property
    def number(self) -> int:
        """Number that the draft gets when it is published."""
        return self.against + 1


def governed(projects: Sequence[Project]) -> list[Governed]:
    """Read the version in force and the draft of each; two statements."""
    newest = RightsVersion.objects.filter(project__in=projects).order_by("project_id", "number")
    versions = {row.project_id: row for row in newest.defer("body")}
    drafts = RightsDraft.objects.filter(project__in=projects).select_related("changed_by", "proposed_by").defer("body")
    writing = {row.project_id: row for row in drafts}
    return [Governed(one, versions.get(one.pk), writing.get(one.pk)) for one in projects]


def overview(project: Project) -> Overview:
    """Read a project's decision rights and all their versions."""
    rows = RightsVersion.objects.filter(project=project).select_related("event").defer("body").order_by("-number")
    in_force = last_version(project)
    sections = _sections(rights_of(bytes(in_force.body)), _names(project)) if in_force else []
    drafts = RightsDraft.objects.filter(project=project).select_related("changed_by", "proposed_by", "base")
    setup = Setup.objects.filter(project=project).select_related("alone_asked_by").first()
    return Overview(
        sections,
        drafts.defer("body").first(),
        _versions(rows[:MOST_VERSIONS]),
        setup is not None and setup.publish_with_second,
        setup.alone_asked_by if setup else None,
    )


def reading(project: Project, row: RightsVersion, other: RightsVersion | None) -> Reading:
    """Read one version as sentences, and what it changes against another one."""
    names = _names(project)
    rights = rights_of(bytes(row.body))
    changes = differences(rights_of(bytes(other.body)), rights, names) if other else []
    numbers = RightsVersion.objects.filter(project=project).order_by("-number").values_list("number", flat=True)
    found = [number for number in numbers[:MOST_VERSIONS] if number != row.number]
    return Reading(_versions([row])[0], _sections(rights, names), other, changes, found)


def publishable(project: Project, at: dt.datetime) -> Publishable | None:
    """Read a draft as it would be published; None where there is none."""
    draft = RightsDraft.objects.filter(project=project).select_related("changed_by", "proposed_by", "base").first()
    if draft is None:
        return None
    in_force, queues, team = last_version(project), queues_of(project), members(project, at)
    names = {queue.slug: queue.name for queue in queues}
    rights, problems = judged(project, draft.body)
    before = rights_of(bytes(in_force.body)) if in_force else None
    changes = differences(before, rights, names) if rights and before else []
    touched = {slug for change in changes for slug in change.queues}
    workers = {slug: able(rights, slug, (), team) if rights else set() for slug in sorted(touched)}
    return Publishable(
        draft,
        in_force,
        in_force is not None and takes_two(project),
        [(place_words(path), message) for path, message in problems],
        [(place_words(path), message) for path, message in doubts(rights, queues, team)] if rights else [],
        changes,
        [Affected(queue_name(slug, names), len(people)) for slug, people in workers.items()],
        len(set().union(*workers.values())),
        rights is not None and in_force is not None and rights.digest == in_force.digest,
    )


def _names(project: Project) -> dict[str, str]:
    return {queue.slug: queue.name for queue in queues_of(project)}


def _sections(rights: Rights, names: dict[str, str]) -> list[Section]:
    rows = groupby(told(rights, names), key=lambda row: row.section)
    return [Section(head, list(found)) for head, found in rows]


def _versions(rows: Iterable[RightsVersion]) -> list[Version]:
    """Name who published each; one statement for all."""
    found = list(rows)
    people = Person.objects.filter(pseudonym__in={row.event.actor for row in found})
    names = {person.pseudonym: person.name for person in people}
    return [Version(row, names.get(row.event.actor, "")) for row in found]
