"""A published guideline with its taxonomy and its files, as one archive."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

import msgspec
from django.utils.translation import gettext as _

from accounts.models import Project
from accounts.reads import Actor
from assets.models import Asset
from assets.reads import open_original
from guidelines.content import MOST_BYTES, documents, file_name, guideline_of, taxonomy_doc, write_folder, write_zip
from guidelines.errors import BadArchive, NoGuideline
from guidelines.models import GuidelineVersion
from guidelines.policies import exporting
from guidelines.reads import guideline_in_force


@dataclass(frozen=True, slots=True)
class Exported:
    """What an archive is made of: documents by name, and the project's files by the name that they get."""

    version: GuidelineVersion
    documents: Mapping[str, bytes]
    files: Mapping[str, Asset]

    def to_zip(self, out: IO[bytes]) -> None:
        """Write it into an open file that can be sought in.

        Raises:
            Gone: the storage has lost a file.
        """
        write_zip(out, self.documents, {name: partial(_opened, asset) for name, asset in self.files.items()})

    def to_folder(self, place: Path) -> None:
        """Write it into a folder that is new or empty, or holds an archive already, as git wants it.

        Raises:
            BadArchive: the folder holds something else.
            Gone: the storage has lost a file.
        """
        write_folder(place, self.documents, {name: partial(_opened, asset) for name, asset in self.files.items()})


def export_guideline(
    *, project: Project, number: int | None = None, language: str | None = None, by: Actor, at: dt.datetime
) -> Exported:
    """Give a published version as an archive, by its number, else the one in force in a language. Writes no row.

    A version that came as one text is given in sections, as it is read; published from its archive its hash is another.

    Raises:
        Forbidden: none of the project's guideline editors and compliance, and no owner.
        NoGuideline: there is no such version.
        BadArchive: its files are more than an archive may hold.
    """
    exporting(by=by, project=project, at=at)
    version = _version(project, number, language)
    taxonomy = taxonomy_doc(bytes(version.taxonomy.body))
    guideline = msgspec.structs.replace(guideline_of(bytes(version.body)), taxonomy="")
    ids = {one.asset.removeprefix("sha256:") for one in guideline.examples if one.asset}
    found = Asset.objects.filter(grant__project=project, sha256__in=ids)
    files = {file_name(asset.sha256, asset.media_type): asset for asset in found}
    if sum(asset.bytes for asset in files.values()) > MOST_BYTES:
        raise BadArchive(_("An archive has at most {n} bytes, unpacked.").format(n=f"{MOST_BYTES:,}"))
    return Exported(version, documents(taxonomy, guideline), files)


def _version(project: Project, number: int | None, language: str | None) -> GuidelineVersion:
    if number is None:
        found = guideline_in_force(project, language)
    else:
        rows = GuidelineVersion.objects.select_related("taxonomy").filter(project=project, number=number)
        found = (rows.filter(term__language=language) if language else rows).first()
    if found is None:
        raise NoGuideline
    return found


def _opened(asset: Asset) -> IO[bytes]:
    return open_original(asset).file
