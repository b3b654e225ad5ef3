"""A guideline's archive becomes a draft of the project, and on request its next version."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import lock_project
from accounts.models import Project
from accounts.reads import Actor
from assets.actions import Taken, grant, take
from audit.errors import NotCanonical, Refusal
from audit.reads import canonical
from guidelines.actions.drafting import (
    begin_guideline_draft,
    change_guideline_draft,
    discard_guideline_draft,
)
from guidelines.actions.issuing import publish_guideline_draft
from guidelines.content import LABELS, Archive, Taxonomy, guideline_body, read, taxonomy_body, taxonomy_doc, unpacked
from guidelines.errors import BadArchive, DraftOfAnother
from guidelines.models import GuidelineDraft, GuidelineVersion
from guidelines.policies import editing
from guidelines.reads import draft_of, guideline_in_force, taxonomy_in_force


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an archive: the draft that it is now, or the version, new or in force already (`draft` is None)."""

    draft: GuidelineDraft | None
    version: GuidelineVersion | None
    known: bool = False


def import_guideline(
    *,
    project: Project,
    source: Path | IO[bytes],
    replace: bool = False,
    publish: bool = False,
    summary: str = "",
    by: Actor,
    at: dt.datetime,
) -> Imported:
    """Make an archive the draft of its language, its files granted to the project; with `publish` the next version.

    All of it or nothing; what is in force already changes nothing. The archive is read and its files are decoded before
    the transaction, which then locks the project and the draft. A draft of one's own is put aside, somebody else's
    only with `replace`.

    Raises:
        Forbidden: neither a guideline editor of the project nor an owner.
        BadArchive: it is not whole, its answers have another form than the project's, or it translates other labels.
        DraftOfAnother: somebody else is writing in this language.
        NotAnImage, NotASound, NotAVideo, TooLarge, TooLong: a file is none that can be shown.
        BadGuideline, NotReviewed, ScheduleWaits: with `publish`, as `publish_guideline_draft` refuses.
    """
    by, person = editing(by=by, project=project, at=at)
    with unpacked(source) as packed:
        archive = read(packed)
        known = _in_force(project, archive)
        if known is not None:
            return Imported(None, known, known=True)
        _fits(project, archive.guideline.language, archive.taxonomy)
        _standing_draft(project, archive.guideline.language, person, replace)
        taken = []
        for name in archive.files.values():
            with packed.open(name) as content:
                taken.append(_taken(project, name, content))
    return _written(project, archive, taken, replace, publish, summary, by, at)


def digests_of(source: Path | IO[bytes]) -> tuple[str, str]:
    """Give the hashes, in hex, that an archive's taxonomy and guideline have once they are published.

    Raises:
        BadArchive: it is not whole.
    """
    with unpacked(source) as packed:
        return _digests(read(packed))


@transaction.atomic
def _written(
    project: Project,
    archive: Archive,
    taken: list[Taken],
    replace: bool,
    publish: bool,
    summary: str,
    by: Actor,
    at: dt.datetime,
) -> Imported:
    """Grant the files, then write the draft anew on what is in force now."""
    by, person = editing(by=by, project=project, at=at)
    locked, language = lock_project(project.pk), archive.guideline.language
    for one in taken:
        grant(project=locked, taken=one, by=by, at=at)
    standing = _standing_draft(locked, language, person, replace)
    documents = _documents(archive, own=language == locked.language)
    if standing is not None and not _is_this(standing, documents, summary):
        discard_guideline_draft(project=locked, language=language, revision=standing.revision, by=by, at=at)
    begun = begin_guideline_draft(project=locked, language=language, by=by, at=at)
    draft = change_guideline_draft(
        project=locked,
        language=language,
        guideline=documents[0],
        taxonomy=documents[1],
        summary=summary,
        revision=begun.revision,
        by=by,
        at=at,
    )
    if not publish:
        return Imported(draft, None)
    version = publish_guideline_draft(project=locked, language=language, revision=draft.revision, by=by, at=at)
    return Imported(None, version)


def _documents(archive: Archive, *, own: bool) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Give what the draft holds; only one in the project's own language has labels."""
    guideline = guideline_body(archive.guideline)
    del guideline["language"], guideline["taxonomy"]
    documents = [guideline, taxonomy_body(archive.taxonomy) if own else None]
    plain: list[Any] = msgspec.json.decode(msgspec.json.encode(documents))  # lists, as they come back from a row
    return plain[0], plain[1]


def _is_this(draft: GuidelineDraft, documents: tuple[Any, Any], summary: str) -> bool:
    """Tell whether a draft is the archive's already, begun from what is in force now."""
    base, taxonomy = guideline_in_force(draft.project, draft.language), taxonomy_in_force(draft.project_id)
    now = (base and base.pk, taxonomy and taxonomy.pk)
    held = (draft.guideline, draft.taxonomy, draft.summary)
    return held == (*documents, summary.strip()) and (draft.base_id, draft.taxonomy_base_id) == now


def _taken(project: Project, name: str, content: IO[bytes]) -> Taken:
    try:
        return take(project=project, content=content, videos=True)
    except Refusal as problem:
        problem.fields = [(name, problem.sentence)]
        raise


def _standing_draft(project: Project, language: str, person: int, replace: bool) -> GuidelineDraft | None:
    """Give the draft that the archive puts aside."""
    found = draft_of(project, language)
    if found is not None and found.changed_by_id != person and not replace:
        raise DraftOfAnother
    return found


def _fits(project: Project, language: str, taxonomy: Taxonomy) -> None:
    """Refuse what answers in another form than the project's, and a translation of other labels than those in force."""
    standing = taxonomy_in_force(project.pk)
    if standing is None:
        return
    before = taxonomy_doc(bytes(standing.body))
    if _form(before) != _form(taxonomy):
        raise BadArchive(
            fields=[
                (LABELS, _("Answers have another form in this project. Apply the project's file first, then this."))
            ]
        )
    if language != project.language and _bare(before) != _bare(taxonomy):
        raise BadArchive(
            _("This guideline stands on other labels than those in force. Publish the one in {language} first.").format(
                language=project.language
            )
        )


def _form(taxonomy: Taxonomy) -> tuple[Any, ...]:
    """Give what says how an answer looks; only a project's file sets it."""
    return taxonomy.schema, taxonomy.many, taxonomy.turns, taxonomy.decisive


def _bare(taxonomy: Taxonomy) -> Taxonomy:
    return msgspec.structs.replace(taxonomy, mapping=None)


def _in_force(project: Project, archive: Archive) -> GuidelineVersion | None:
    """Give the version in force where it is what the archive holds, to the letter."""
    standing = guideline_in_force(project, archive.guideline.language)
    return standing if standing is not None and standing.digest == _digests(archive)[1] else None


def _digests(archive: Archive) -> tuple[str, str]:
    try:
        taxonomy = hashlib.sha256(canonical(taxonomy_body(archive.taxonomy))).hexdigest()
        whole = msgspec.structs.replace(archive.guideline, taxonomy=taxonomy)
        return taxonomy, hashlib.sha256(canonical(guideline_body(whole))).hexdigest()
    except NotCanonical as problem:
        raise BadArchive(_("This archive does not read: {problem}.").format(problem=problem)) from problem
