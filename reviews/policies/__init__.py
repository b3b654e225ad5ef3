"""Who may see and do what of the loop."""

from reviews.policies.abilities import May, Works, abilities, work_in
from reviews.policies.parts import has_part, withheld
from reviews.policies.places import (
    browsable_project,
    followed_project,
    governed_project,
    item_for,
    overseen_project,
    project_for,
    queue_for,
    runnable_project,
    workable,
)
from reviews.policies.roles import (
    exporting,
    may_be_asked,
    may_browse,
    may_follow_outcomes,
    may_read_trail,
    may_see_originals,
    may_see_quality,
    pages_of,
    runs,
    sight_of,
    sight_of_all,
    why_no_exports,
)

__all__ = [
    "May",
    "Works",
    "abilities",
    "browsable_project",
    "exporting",
    "followed_project",
    "governed_project",
    "has_part",
    "item_for",
    "may_be_asked",
    "may_browse",
    "may_follow_outcomes",
    "may_read_trail",
    "may_see_originals",
    "may_see_quality",
    "overseen_project",
    "pages_of",
    "project_for",
    "queue_for",
    "runnable_project",
    "runs",
    "sight_of",
    "sight_of_all",
    "why_no_exports",
    "withheld",
    "work_in",
    "workable",
]
