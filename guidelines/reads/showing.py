"""Which files a project's guidelines show."""

from functools import lru_cache

from django.db.models import QuerySet

from accounts.models import Project
from guidelines.models import GuidelineDraft, GuidelineVersion
from guidelines.reads.reading import written_of


def shown_to_readers(project: Project, sha256: str) -> bool:
    """Tell whether a guideline that is or has been in force shows a file; one statement where they were read before."""
    return _shown_in(project, GuidelineVersion.objects.filter(project=project, term__began_at__isnull=False), sha256)


def shown_to_editors(project: Project, sha256: str) -> bool:
    """Tell whether a version that never was in force, or a draft, shows a file."""
    unread = GuidelineVersion.objects.filter(project=project, term__began_at__isnull=True)
    return _shown_in(project, unread, sha256) or _drafted(project, sha256)


def _shown_in(project: Project, versions: QuerySet[GuidelineVersion], sha256: str) -> bool:
    digests = versions.order_by("-number").values_list("digest", flat=True)
    return any(sha256 in files_in_version(project.pk, digest) for digest in digests)


@lru_cache(maxsize=64)
def files_in_version(project_id: int, digest: str) -> frozenset[str]:
    """Give the files that a published guideline shows, each by its SHA-256 in hex; read once."""
    written = written_of(project_id, digest)
    examples = written.examples if written else ()
    return frozenset(one.asset.removeprefix("sha256:") for one in examples if one.asset)


def _drafted(project: Project, sha256: str) -> bool:
    """Tell whether a draft shows a file; a draft need not have its shape yet."""
    drafts = GuidelineDraft.objects.filter(project=project).values_list("guideline", flat=True)
    found = [one for draft in drafts if isinstance(draft, dict) for one in draft.get("examples") or ()]
    return any(isinstance(one, dict) and one.get("asset") == f"sha256:{sha256}" for one in found)
