"""What somebody may do in a project and what not, in words: asked of the very policies that the pages ask."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import Role
from reviews.models import Verdict
from reviews.policies.roles import (
    may_be_asked,
    may_browse,
    may_read_trail,
    may_see_quality,
    pages_of,
    runs,
    why_no_exports,
)
from reviews.reads.rail import OWNER
from reviews.rights import Rights

ROLES = [*Role.values, OWNER]
OWNERS = pgettext_lazy("who may", "owners")


@dataclass(frozen=True, slots=True)
class May:
    """One thing that may be done: `page` names where, `why_not` says why not; "" where they may."""

    said: str
    page: str
    why_not: str

    @property
    def may(self) -> bool:
        """Tell whether they may."""
        return not self.why_not


Asked = Callable[[Collection[str]], bool]


def _runs_it(roles: Collection[str]) -> bool:
    return "operations" in pages_of(roles)


def _takes_appeals(roles: Collection[str]) -> bool:
    return may_browse(roles) and _runs_it(roles)


THINGS: tuple[tuple[str, Any, Asked], ...] = (
    ("items", gettext_lazy("Look through its items and what happened to each"), may_browse),
    ("operations", gettext_lazy("Run it: see queues and loads, take claims back"), _runs_it),
    ("switch", gettext_lazy("Turn its switches, and route again what they held"), _runs_it),
    ("threshold", gettext_lazy("Publish decision rights, and bring items by hand"), _runs_it),
    ("replays", gettext_lazy("Try decision rights on its past"), _runs_it),
    ("callbacks", gettext_lazy("Look after the programs that are called back"), _runs_it),
    (
        "appeals",
        gettext_lazy("Take in the complaints of those whom an outcome is about"),
        lambda one: may_browse(one) and _runs_it(one),
    ),
    ("routes", gettext_lazy("Route a held item again from its page"), lambda one: may_browse(one) and runs(one)),
    ("trail", gettext_lazy("Read all that happened in it"), may_read_trail),
    ("guideline", gettext_lazy("Read its guideline"), lambda one: "guideline" in pages_of(one)),
)


def abilities(roles: Collection[str]) -> list[May]:
    """List what these roles let somebody do in a project, and what not, with whom it is for."""
    found = [May(str(said), page, "" if asked(roles) else _for_whom(asked)) for page, said, asked in THINGS]
    found.append(May(_("Take its records away as an export"), "exports", why_no_exports(roles)))
    return [*found, _draws(roles)]


def _for_whom(asked: Asked) -> str:
    """Say for whom something is, by asking the policy about each role alone."""
    names = [str(OWNERS if role == OWNER else Role(role).label) for role in ROLES if asked({role})]
    return _("This is for: %(roles)s.") % {"roles": ", ".join(names)}


def _draws(roles: Collection[str]) -> May:
    said = _("See which items were drawn, and work that measures people")
    if may_see_quality(roles):
        return May(said, "item", "")
    if Role.COMPLIANCE in roles and may_be_asked(roles):
        return May(
            said, "item", _("You may be asked about this project’s items yourself, and draws are not to be known then.")
        )
    return May(said, "item", _for_whom(may_see_quality))


def may_put_aside(rights: Rights | None, roles: Collection[str]) -> May:
    """Say whether the decision rights in force let these roles put outcomes aside, as far as that rests on roles."""
    said = _("Put an outcome aside, as the conditions of the decision rights allow")
    named = sorted({role for row in (rights.overrides if rights else ()) for role in row.roles})
    if not named:
        return May(said, "override", _("The decision rights let nobody."))
    who = ", ".join(str(Role(role).label) for role in named)
    return May(said, "override", "" if set(named) & set(roles) else _("This is for: %(roles)s.") % {"roles": who})


@dataclass(frozen=True, slots=True)
class Works:
    """What somebody may decide in a queue: verdicts, of which some need a reason; `why_not` where none."""

    queue: str
    name: str
    verdicts: list[str]
    reasons: list[str]
    why_not: str


def work_in(queues: Sequence[tuple[str, str]], rights: Rights | None, roles: Collection[str]) -> list[Works]:
    """List what these roles may decide in each queue (slug, name), by the decision rights in force."""
    return [_works(slug, name, rights, roles) for slug, name in queues]


def _works(slug: str, name: str, rights: Rights | None, roles: Collection[str]) -> Works:
    rows = [row for row in rights.verdicts if row.queue == slug] if rights else []
    mine = [row for row in rows if row.role in roles]
    words = {verdict.value: str(verdict.label) for verdict in Verdict}
    allowed = [words[one] for one in words if any(one in row.allow for row in mine)]
    reasons = [words[one] for one in words if any(one in row.allow and one in row.reason_for for row in mine)]
    if allowed:
        return Works(slug, name, allowed, reasons, "")
    if rights is None:
        return Works(slug, name, [], [], _("The project has no decision rights yet."))
    decide = ", ".join(str(Role(row.role).label) for row in rows) or _("nobody")
    return Works(slug, name, [], [], _("By the decision rights, these decide here: %(roles)s.") % {"roles": decide})
