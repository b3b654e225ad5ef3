"""What is in force, what is being written, and what is still wrong in it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from accounts.models import Project
from assets.models import Grant
from guidelines.content import (
    Fault,
    Guideline,
    Taxonomy,
    faults,
    hints,
    shaped_guideline,
    shaped_taxonomy,
    taxonomy_doc,
)
from guidelines.models import GuidelineDraft, GuidelineSetup, GuidelineVersion, TaxonomyVersion

Objection = Callable[[Project, Guideline], Iterable[Fault]]
"""Says what keeps a guideline from being published for reasons that only a higher app knows."""
OBJECTIONS: list[Objection] = []


def learn_objections(*asked: Objection) -> None:
    """Ask these of each draft, too; called from `ready()`."""
    OBJECTIONS.extend(one for one in asked if one not in OBJECTIONS)


@dataclass(frozen=True, slots=True)
class Judged:
    """What a draft amounts to: both documents where they have their shape, and all that keeps it from being published.

    Where its taxonomy is what is in force already, `taxonomy` is that one. `hints` keep nothing from being published.
    """

    taxonomy: Taxonomy | None
    guideline: Guideline | None
    faults: list[Fault]
    hints: list[Fault] = field(default_factory=list)


def taxonomy_in_force(project_id: int) -> TaxonomyVersion | None:
    """Give a project's taxonomy in force."""
    standing = TaxonomyVersion.objects.select_related("term").filter(project=project_id)
    return standing.filter(term__began_at__isnull=False, term__ended_at__isnull=True).first()


def guideline_in_force(project: Project, language: str | None = None) -> GuidelineVersion | None:
    """Give a project's guideline in force in a language; without one in its own, else in the first one there is."""
    standing = GuidelineVersion.objects.select_related("taxonomy").filter(
        project=project, term__began_at__isnull=False, term__ended_at__isnull=True
    )
    if language is not None:
        return standing.filter(term__language=language).first()
    return standing.filter(term__language=project.language).first() or standing.order_by("term__language").first()


def in_use(project_id: int, guideline: str, taxonomy: str) -> bool:
    """Tell whether a project has decided by this guideline and this taxonomy, each by its digest; two statements."""
    guidelines = GuidelineVersion.objects.filter(project=project_id, digest=guideline, term__began_at__isnull=False)
    taxonomies = TaxonomyVersion.objects.filter(project=project_id, digest=taxonomy, term__began_at__isnull=False)
    return guidelines.exists() and taxonomies.exists()


def draft_of(project: Project, language: str) -> GuidelineDraft | None:
    """Give the draft that is being written in a language."""
    found = (
        GuidelineDraft.objects.select_related("base", "taxonomy_base", "changed_by", "proposed_by", "agreed_by")
        .filter(project=project, language=language)
        .first()
    )
    if found is not None:
        found.project = project
    return found


def takes_two(project: Project) -> bool:
    """Tell whether the project asks that another editor reads each draft and agrees to it."""
    return GuidelineSetup.objects.filter(project=project, with_second=True).exists()


def files_of(project: Project, guideline: Guideline) -> dict[str, str]:
    """Give the files of a guideline's examples that the project holds, by `sha256:<hex>`: image, audio or video."""
    named = {one.asset.removeprefix("sha256:") for one in guideline.examples if one.asset}
    if not named:
        return {}
    rows = Grant.objects.filter(project=project, asset__sha256__in=named)
    kinds = rows.values_list("asset__sha256", "asset__media_type")
    return {f"sha256:{sha256}": kind.partition("/")[0] for sha256, kind in kinds}


def judged(project: Project, draft: GuidelineDraft) -> Judged:
    """Say what keeps a draft from being published; at most four statements, and what each objection asks."""
    standing = taxonomy_in_force(project.pk)
    before = taxonomy_doc(bytes(standing.body)) if standing else None
    try:
        taxonomy = _taxonomy(draft.taxonomy, before, standing)
        guideline = shaped_guideline({**draft.guideline, "language": draft.language, "taxonomy": ""})
    except msgspec.ValidationError as problem:
        return Judged(None, None, [Fault("", _("The draft does not read: %(problem)s.") % {"problem": problem})])
    kept = taxonomy is before
    found = faults(
        msgspec.structs.replace(taxonomy, mapping=None) if kept else taxonomy,  # its mapping was judged with it
        guideline,
        task_type=project.task_type,
        before=None if kept else before,
        files=files_of(project, guideline),
        own_taxonomy=draft.taxonomy is not None,
        elsewhere=not kept and standing is not None and _mapped_from_another(taxonomy, standing),
    )
    found += [fault for asked in OBJECTIONS for fault in asked(project, guideline)]
    if not draft.summary.strip():
        found.append(Fault("summary", _("Say what changes and why: readers are shown it, and it is kept for good.")))
    return Judged(taxonomy, guideline, found, hints(taxonomy, guideline))


def _taxonomy(sent: dict[str, Any] | None, before: Taxonomy | None, standing: TaxonomyVersion | None) -> Taxonomy:
    """Read the draft's taxonomy, mapped from what is in force; it is that one where only the mapping differs.

    A mapping from a version that this project never had came with an archive, and stays as it is.
    """
    if sent is None or standing is None or before is None:
        return before or shaped_taxonomy(sent or {})
    told = sent.get("mapping") or {}
    named = told.get("before")
    elsewhere = bool(named and named != standing.digest and told.get("rows")) and not _had(standing, named)
    made = shaped_taxonomy({**sent, "mapping": {**told, "before": named if elsewhere else standing.digest}})
    if elsewhere:
        return before if made == before else made
    bare = msgspec.structs.replace(made, mapping=None)
    return before if bare == msgspec.structs.replace(before, mapping=None) else made


def _mapped_from_another(taxonomy: Taxonomy, standing: TaxonomyVersion) -> bool:
    return taxonomy.mapping is not None and taxonomy.mapping.before != standing.digest


def _had(standing: TaxonomyVersion, digest: object) -> bool:
    return TaxonomyVersion.objects.filter(project=standing.project_id, digest=str(digest)).exists()
