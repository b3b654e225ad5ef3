"""What roles let someone do; the only place of this app where roles are compared."""

from collections.abc import Collection, Iterable

from django.utils.translation import gettext as _

from accounts.errors import Forbidden
from accounts.models import Role
from reviews.reads.rail import OWNER
from reviews.reads.trail import Sight

BROWSES = frozenset({Role.ADJUDICATOR, Role.OPERATIONS, Role.GUIDELINE_EDITOR, Role.COMPLIANCE, Role.RECORDS_OFFICER})
FOLLOWS = frozenset({Role.COMPLIANCE, Role.RECORDS_OFFICER})


def may_browse(roles: Collection[str]) -> bool:
    """Tell whether these roles let someone look through a project's items; a reviewer may still be asked about any."""
    return not BROWSES.isdisjoint(roles)


def may_read_trail(roles: Collection[str]) -> bool:
    """Tell whether these roles let someone read all that happened in a project."""
    return not FOLLOWS.isdisjoint(roles)


def may_mail(roles: Collection[str]) -> bool:
    """Tell whether these roles let someone mail a checkpoint of the log that their project's events stand in."""
    return Role.COMPLIANCE in roles


def pages_of(roles: Collection[str]) -> frozenset[str]:
    """Name the pages of a project that these roles open; `owner` stands for an owner of the installation."""
    opened = {
        "items": may_browse(roles),
        "operations": Role.OPERATIONS in roles or OWNER in roles,
        "replays": Role.OPERATIONS in roles or OWNER in roles,
        "callbacks": Role.OPERATIONS in roles or OWNER in roles,
        "trail": may_read_trail(roles),
        "exports": may_read_trail(roles),
        "consents": Role.COMPLIANCE in roles or (OWNER in roles and may_browse(roles)),
        "guideline": bool(roles),
        "editing": Role.GUIDELINE_EDITOR in roles,
    }
    return frozenset(name for name, may in opened.items() if may)


def may_exemplify(roles: Collection[str]) -> bool:
    """Tell whether these roles make examples of items, or say whether an item may be shown as one."""
    return not {Role.GUIDELINE_EDITOR, Role.COMPLIANCE, OWNER}.isdisjoint(roles)


def may_see_quality(roles: Collection[str]) -> bool:
    """Tell whether these roles let someone see draws, and tasks of the kinds that measure people.

    Compliance sees them, and nobody who may be asked themselves.
    """
    return Role.COMPLIANCE in roles and not may_be_asked(roles)


def may_be_asked(roles: Collection[str]) -> bool:
    """Tell whether someone in these roles may still be asked about any item of their project."""
    return not {Role.REVIEWER, Role.ADJUDICATOR}.isdisjoint(roles)


def why_no_exports(roles: Collection[str]) -> str:
    """Say why these roles make and take no exports, which tell what everybody decided; "" where they do."""
    if Role.COMPLIANCE not in roles:
        return _("Compliance of this project makes and takes its exports; a records officer sees which there are.")
    if may_be_asked(roles):
        return _("You may be asked about this project’s items yourself, and its exports tell what others decided.")
    return ""


def exporting(roles: Collection[str]) -> str:
    """Give the role by which somebody makes and takes a project's exports.

    Raises:
        Forbidden: they do not.
    """
    if reason := why_no_exports(roles):
        raise Forbidden(reason)
    return Role.COMPLIANCE.value


def sight_of(roles: Collection[str]) -> Sight:
    """Say what of a project's trail these roles may be told; who may still be asked is told of no item."""
    return Sight(items=not may_be_asked(roles), quality=may_see_quality(roles))


def sight_of_all(each: Iterable[Collection[str]]) -> Sight:
    """Say what of several projects' trails may be told together, by the roles in each: what each of them allows."""
    sights = [sight_of(roles) for roles in each]
    return Sight(items=all(one.items for one in sights), quality=all(one.quality for one in sights))


def may_follow_outcomes(roles: Collection[str]) -> bool:
    """Tell whether a person in these roles may read all outcomes as they are released."""
    return may_browse(roles) and not may_be_asked(roles)


def runs(roles: Collection[str]) -> bool:
    """Tell whether these roles route held items again, and so are told of them."""
    return Role.OPERATIONS in roles


def may_see_originals(roles: Collection[str]) -> bool:
    """Tell whether these roles let someone see files as they were sent, with what the camera wrote into them."""
    return may_browse(roles) and not may_be_asked(roles)
