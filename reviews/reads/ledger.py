"""How the ledger stands, in words for those who answer for it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import Project
from audit.errors import ALARMS
from audit.reads import AnchorState, LogState, anchor_states, states

SHOWN = 5
WORDS = {
    "rfc3161": (gettext_noop("Time stamp"), gettext_noop("An authority elsewhere signed that it stood then.")),
    "s3": (gettext_noop("Locked object"), gettext_noop("A store keeps it unchanged until its date, whoever asks.")),
    "mail": (gettext_noop("E-mail"), gettext_noop("As good as its keeping by whoever received it.")),
}


@dataclass(frozen=True, slots=True)
class Anchored:
    """The newest anchor of a kind, in words: what it is, what it is worth, when it was made and what fails."""

    word: str
    worth: str
    state: AnchorState


@dataclass(frozen=True, slots=True)
class Standing:
    """One log: its state, its alarms as sentences that say what to do, and its anchors.

    `mailable`: the reader may have its newest checkpoint mailed.
    """

    state: LogState
    alarms: list[str]
    anchors: list[Anchored]
    mailable: bool


@dataclass(frozen=True, slots=True)
class Ledger:
    """The logs that somebody answers for, those with trouble first; `more` are not shown.

    `mailed`: to these addresses checkpoints go each month. `mails`: this installation sends e-mail.
    """

    logs: list[Standing]
    more: int
    witnessed: bool
    mailed: list[str]
    mails: bool

    @property
    def late(self) -> bool:
        """Tell whether someone should look at any of them."""
        return any(one.state.late for one in self.logs)


def ledger(at: dt.datetime, projects: Mapping[int, bool] | None = None) -> Ledger:
    """Read the logs of these projects, each with whether the reader may mail its checkpoints; or all, for who may.

    Three statements, two for all.
    """
    own: dict[str, bool] | None = None
    if projects is not None:
        own = {}
        for pk, origin in Project.objects.filter(pk__in=projects).values_list("pk", "log__origin"):
            own[origin] = own.get(origin, False) or projects[pk]
    found = [one for one in states(at) if own is None or one.origin in own]
    anchors = anchor_states()
    logs = [
        _standing(one, [each for each in anchors if each.origin == one.origin], own is None or own[one.origin])
        for one in found
    ]
    logs.sort(key=lambda one: not one.state.late)
    witnessed, mailed = settings.LEDGER_WITNESS is not None, list(settings.LEDGER_MAIL_TO)
    return Ledger(logs[:SHOWN], len(logs[SHOWN:]), witnessed, mailed, bool(settings.EMAIL_HOST))


def _standing(state: LogState, anchors: list[AnchorState], mailable: bool) -> Standing:
    alarms = [_(ALARMS[code].sentence) if code in ALARMS else code for code in state.alarm.split()]
    return Standing(state, alarms, [_anchored(one) for one in anchors], mailable)


def _anchored(state: AnchorState) -> Anchored:
    word, worth = WORDS.get(state.kind, (state.kind, ""))
    return Anchored(_(word), _(worth) if worth else "", state)
