"""Verbs of what a person prefers: their own alone, and no fact of the trail, for it tells of nobody's work."""

import zoneinfo
from collections.abc import Mapping, Sequence

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.streams import lock_person
from accounts.errors import BadPreference, Forbidden
from accounts.models import ACTS, DAY_MINUTES, DIGITS, Preference, Telling
from accounts.reads import Actor

FEWEST_MINUTES = 5
ZONES = frozenset(zoneinfo.available_timezones())


@transaction.atomic
def choose_keys(*, keys: Mapping[str, str], single_keys: bool, by: Actor) -> Preference:
    """Keep which key each act and digit has for this person, "" for none; what is left out keeps its own.

    A letter counts in either case. Locks the person.

    Raises:
        Forbidden: the actor is no person in a browser.
        BadPreference: an act that has no key, something that is no single key, or one key for two acts.
    """
    wanted = {act: key.strip().lower() for act, key in keys.items()}
    fields = _key_faults(wanted)
    if fields:
        raise BadPreference(fields=fields)
    mine = {act: key for act, key in wanted.items() if key != act}
    return _keep(by, keys=mine, single_keys=single_keys)


@transaction.atomic
def use_single_keys(*, on: bool, by: Actor) -> Preference:
    """Switch this person's single keys on or off; what they are stays. Locks the person.

    Raises:
        Forbidden: the actor is no person in a browser.
    """
    return _keep(by, single_keys=on)


@transaction.atomic
def choose_veils(*, blur: bool | None, grey: bool | None, mute: bool | None, holds: bool, by: Actor) -> Preference:
    """Keep how hard content is shown to this person. Locks the person.

    Raises:
        Forbidden: the actor is no person in a browser.
    """
    return _keep(by, blur=blur, grey=grey, mute=mute, holds=holds)


@transaction.atomic
def choose_telling(
    *, told: str, minutes: int, days: Sequence[int], hours: tuple[int, int] | None, zone: str, language: str, by: Actor
) -> Preference:
    """Keep how this person is told what waits for them, and when.

    `minutes` is the time between two gathered e-mails; `days` counts from Monday, 0; `hours` are minutes after
    midnight, None for any time of any day, which leaves days and hours as they were. Locks the person.

    Raises:
        Forbidden: the actor is no person in a browser.
        BadPreference: something is out of its range, or unknown.
    """
    fields = [*_telling_faults(told, minutes, zone, language), *([] if hours is None else _hours_faults(days, hours))]
    if fields:
        raise BadPreference(fields=fields)
    chosen = {"told": told, "told_minutes": minutes, "any_time": hours is None, "zone": zone, "language": language}
    if hours is not None:
        chosen |= {"work_days": sorted(days), "work_from": hours[0], "work_until": hours[1]}
    return _keep(by, **chosen)


def _keep(by: Actor, **chosen: object) -> Preference:
    if by.person_id is None or by.token_id is not None:
        raise Forbidden
    lock_person(by.person_id)
    kept, _made = Preference.objects.update_or_create(person_id=by.person_id, defaults=chosen)
    return kept


def _key_faults(wanted: Mapping[str, str]) -> list[tuple[str, str]]:
    faults = []
    known = {*ACTS, *DIGITS}
    standing = {act: act for act in known} | dict(wanted)
    for act, key in wanted.items():
        if act not in known:
            faults.append((act, _("There is no key to change here.")))
        elif len(key) > 1 or not (key.isprintable() and not key.isspace()):
            faults.append((act, _("A key is one letter, digit or sign.")))
        elif key and any(other != act and standing[other] == key for other in standing):
            faults.append((act, _("%(key)s is there twice.") % {"key": key.upper()}))
    return faults


def _telling_faults(told: str, minutes: int, zone: str, language: str) -> list[tuple[str, str]]:
    faults = []
    if told not in Telling.values:
        faults.append(("told", _("Choose one of those listed.")))
    if not FEWEST_MINUTES <= minutes <= DAY_MINUTES:
        said = _("Give %(fewest)d to %(most)d minutes.") % {"fewest": FEWEST_MINUTES, "most": DAY_MINUTES}
        faults.append(("minutes", said))
    if zone and zone not in ZONES:
        faults.append(("zone", _("Choose one of those listed.")))
    if language and language not in dict(settings.LANGUAGES):
        faults.append(("language", _("Choose one of those listed.")))
    return faults


def _hours_faults(days: Sequence[int], hours: tuple[int, int]) -> list[tuple[str, str]]:
    faults = []
    if not days or not set(days) <= set(range(7)) or len(set(days)) < len(days):
        faults.append(("days", _("Choose at least one day.")))
    if not 0 <= hours[0] < hours[1] <= DAY_MINUTES:
        faults.append(("until", _("Give a time that is later than the first one.")))
    return faults
