"""The taxonomies of a project one after another, and what became of their labels."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from django.db.models import Q

from guidelines.content import Taxonomy, carried, taxonomy_doc
from guidelines.models import TaxonomyVersion


def steps_to(project_id: int, taxonomy: str) -> list[tuple[str, Taxonomy]]:
    """Give the taxonomies that came in force up to one, each with its digest, in their order; one statement.

    One that was called off changed no label, so it is none of them. The one asked for is the last, in force or not yet.
    """
    rows = TaxonomyVersion.objects.filter(project=project_id).order_by("number")
    asked = rows.filter(Q(term__began_at__isnull=False) | Q(digest=taxonomy))
    versions = list(asked.values_list("digest", "body", "term__began_at"))
    began = any(digest == taxonomy and at is not None for digest, _body, at in versions)
    found: list[tuple[str, Taxonomy]] = []
    for digest, body, at in versions:
        if at is None and began:
            continue  # called off, and published once more with the same words
        found.append((digest, taxonomy_doc(bytes(body))))
        if digest == taxonomy:
            break
    return found


def now_of(code: str, steps: Sequence[Taxonomy]) -> tuple[str, ...]:
    """Give the codes that a label of earlier steps has in the last one, as far as they may be said there."""
    may_be_said = {label.code for label in steps[-1].active}
    carried_over = carried(code, [step.mapping.rows if step.mapping else () for step in steps]).now
    return tuple(one for one in carried_over if one in may_be_said)


@lru_cache(maxsize=256)
def became_of(project_id: int, taxonomy: str) -> Mapping[str, tuple[str, ...]]:
    """Say of each label that a taxonomy, by its digest, keeps as retired which codes it has now, none where it is gone.

    One statement, and none when it was read before: what came before a version never changes.
    """
    steps = [step for _digest, step in steps_to(project_id, taxonomy)]
    retired = [label.code for label in steps[-1].labels if not label.active] if steps else []
    return {code: now_of(code, steps) for code in retired}
