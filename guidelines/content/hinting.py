"""What an editor had better look at again, and what keeps nothing from being published."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from guidelines.content.checks import Fault
from guidelines.content.shape import Guideline, Moved, Taxonomy


def hints(taxonomy: Taxonomy, guideline: Guideline) -> list[Fault]:
    """List the sections and examples that name a label which may not be said any more, each with what became of it.

    It is no fault: a section may be about what a retired label was. After a split they go on naming the old one, for
    only a person can say which part they mean.
    """
    active = {label.code for label in taxonomy.active}
    names = {label.code: label.name or label.code for label in taxonomy.labels}
    became = {code: row for row in (taxonomy.mapping.rows if taxonomy.mapping else ()) for code in row.was}
    named = [(f"sections[{place}].label", one.label) for place, one in enumerate(guideline.sections)]
    named += [(f"examples[{place}].label", one.label) for place, one in enumerate(guideline.examples)]
    return [
        Fault(place, _said(code, names, became.get(code)))
        for place, code in named
        if code is not None and code in names and code not in active
    ]


def _said(code: str, names: Mapping[str, str], row: Moved | None) -> str:
    name = names[code]
    now = ", ".join(names.get(one, one) for one in row.now) if row else ""
    if row is None or not now:
        return _("“{name}” may not be said any more: name what holds instead, or no label.").format(name=name)
    if len(row.now) > 1:
        return _("“{name}” is now {now}: say which of them is meant here.").format(name=name, now=now)
    return _("“{name}” is now “{now}”: name that here.").format(name=name, now=now)
