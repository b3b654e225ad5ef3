"""Guidelines as their editors look at them: what stands, what waits, what is being written, and who did what."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf.locale import LANG_INFO
from django.utils.translation import gettext as _

from accounts.models import Project
from guidelines.content import Guideline, Taxonomy, guideline_of, taxonomy_doc
from guidelines.models import GuidelineDraft, GuidelineTerm, GuidelineVersion, TaxonomyVersion
from guidelines.reads.standing import takes_two, taxonomy_in_force

MOST_VERSIONS = 200


@dataclass(frozen=True, slots=True)
class Edited:
    """A project with the terms in force, those that wait for their day, and the drafts, each in their languages."""

    project: Project
    in_force: list[GuidelineTerm]
    waiting: list[GuidelineTerm]
    drafts: list[GuidelineDraft]


@dataclass(frozen=True, slots=True)
class Overview:
    """A project's guidelines: all terms, the newest first; `two` tells that a second editor reads each draft."""

    terms: list[GuidelineTerm]
    drafts: list[GuidelineDraft]
    two: bool
    taxonomy: TaxonomyVersion | None
    labels: Taxonomy | None

    @property
    def in_force(self) -> list[GuidelineTerm]:
        """The versions in force, one a language."""
        return [term for term in self.terms if term.state == "in_force"]

    @property
    def waiting(self) -> list[GuidelineTerm]:
        """The versions that wait for their day."""
        return [term for term in self.terms if term.state == "waiting"]


def edited(projects: Iterable[Project]) -> list[Edited]:
    """Show projects as their editors list them; two statements however many there are."""
    places = list(projects)
    ids = [place.pk for place in places]
    terms = GuidelineTerm.objects.filter(project__in=ids, ended_at__isnull=True).order_by("language")
    terms = terms.select_related("version").defer("version__body")
    drafts = GuidelineDraft.objects.filter(project__in=ids).select_related("changed_by", "proposed_by")
    drafts = drafts.defer("guideline", "taxonomy").order_by("language")
    return [
        Edited(
            place,
            [term for term in terms if term.project_id == place.pk and term.state == "in_force"],
            [term for term in terms if term.project_id == place.pk and term.state == "waiting"],
            [draft for draft in drafts if draft.project_id == place.pk],
        )
        for place in places
    ]


def overview(project: Project) -> Overview:
    """Show all of a project's guidelines."""
    terms = GuidelineTerm.objects.filter(project=project).order_by("-version__number")
    people = ("ended_by", "version__published_by", "version__agreed_by", "version__taxonomy")
    rows = terms.select_related(*people).defer("version__body", "version__taxonomy__body")[:MOST_VERSIONS]
    drafts = GuidelineDraft.objects.filter(project=project).select_related("changed_by", "proposed_by", "base")
    drafts = drafts.defer("guideline", "taxonomy", "base__body").order_by("language")
    taxonomy = taxonomy_in_force(project.pk)
    labels = taxonomy_doc(bytes(taxonomy.body)) if taxonomy else None
    return Overview(list(rows), list(drafts), takes_two(project), taxonomy, labels)


def language_name(code: str) -> str:
    """Name a language in the reader's own, or by its code where nobody named it."""
    name = LANG_INFO.get(code.lower(), {}).get("name")
    return _(name) if name else code


def languages() -> list[tuple[str, str]]:
    """List the languages that a guideline may be written in, by name."""
    found = [(code, _(told["name"])) for code, told in LANG_INFO.items() if "name" in told]
    return sorted(found, key=lambda one: one[1].casefold())


def documents_of(version: GuidelineVersion) -> tuple[Taxonomy, Guideline]:
    """Read a published version with its taxonomy."""
    return taxonomy_doc(bytes(version.taxonomy.body)), guideline_of(bytes(version.body))


def version_of(project: Project, number: int) -> GuidelineVersion | None:
    """Give a project's version with this number, its term and who published it."""
    people = ("term__ended_by", "published_by", "agreed_by", "taxonomy")
    return GuidelineVersion.objects.select_related(*people).filter(project=project, number=number).first()


def versions_beside(version: GuidelineVersion) -> list[int]:
    """List the numbers of the other versions in its language, the newest first."""
    terms = GuidelineTerm.objects.filter(project=version.project_id, language=version.term.language)
    others = terms.exclude(version=version).order_by("-version__number").values_list("version__number", flat=True)
    return list(others[:MOST_VERSIONS])
