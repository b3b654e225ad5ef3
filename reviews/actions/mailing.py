"""E-mails to people: one for all that waits, in their hours, language and zone; what was settled meanwhile is left out.

A mail server takes a message before this program can write that down: killed between the two, it sends the same once
more. Nothing is lost, and for the same content it is the same Message-ID, by which mailboxes know it again.
"""

import datetime as dt
import logging
import re
import smtplib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone, translation

from accounts.models import Preference, Telling, User
from audit.models.sql import ask_one, lock
from reviews.actions.noticing import note_notices
from reviews.actions.sorting import Sorted, sort_notices
from reviews.models import Notice, NoticeState, Postbox
from reviews.reads.keys import preference_of
from reviews.reads.letters import letter

log = logging.getLogger(__name__)
Clock = Callable[[], dt.datetime]
TURN = dt.timedelta(seconds=20)
"""How long one worker is busy with e-mails before it turns to other things."""
LEASE = dt.timedelta(minutes=5)
"""What a killed worker held is taken up again after it; longer than an exchange of ten steps, each of EMAIL_TIMEOUT."""
GATHER = dt.timedelta(minutes=1)
"""How long the first of several things waits for the others."""
LOOK = dt.timedelta(minutes=5)
"""A postbox that waits is looked at again after it: what somebody changed in their settings counts by then."""
FIRST, TIMES, LONGEST = dt.timedelta(minutes=1), 4, dt.timedelta(hours=1)
"""After the n-th try in vain the next one comes in FIRST * TIMES^(n-1), LONGEST at most."""
ADDRESS = re.compile(r"[^\s<>,;:()\"']+@[^\s<>,;:()\"']+")
KEPT = dt.timedelta(days=30)
DUE = """
SELECT b.person_id, b.next_at, b.sent_at FROM reviews_postbox b
WHERE b.next_at <= %s AND (b.rests_until IS NULL OR b.rests_until <= %s)
AND (b.sending_until IS NULL OR b.sending_until <= %s)
ORDER BY b.sending_until IS NOT NULL, b.next_at, b.person_id LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Box:
    """A postbox as it was taken: whose, when it was due, and when its person last got an e-mail."""

    person: int
    next_at: dt.datetime
    sent_at: dt.datetime | None


def tell_people(*, now: Clock) -> int:
    """Note what people are to be told, and mail those whose postbox is due, for one turn; give how many got an e-mail.

    Holds no transaction open while it sends. A mail server that cannot be reached ends the turn.
    """
    note_notices(at=now())
    until, sent = now() + TURN, 0
    while settings.EMAIL_HOST and now() < until and (box := _take(now())) is not None:
        try:
            sent += _empty(box, now)
        except smtplib.SMTPRecipientsRefused as problem:
            _failed(box, problem, now())
        except OSError as problem:
            _failed(box, problem, now())
            break
    return sent


def drop_notices(*, at: dt.datetime) -> int:
    """Forget what people were told long ago; gives how many notices."""
    return Notice.objects.filter(ended_at__lt=at - KEPT).delete()[0]


@transaction.atomic
def _take(at: dt.datetime) -> Box | None:
    """Take the postbox whose turn it is, one that a killed worker left after the others. Locks it, skipping locked."""
    found = ask_one(DUE + lock("b", skip=True), [at, at, at])
    if found is None:
        return None
    Postbox.objects.filter(pk=found.person_id).update(sending_until=at + LEASE)
    return Box(found.person_id, found.next_at, found.sent_at)


def _empty(box: Box, now: Clock) -> bool:
    """Send somebody what waits for them, as far as it is time; tell whether an e-mail went out.

    Raises:
        OSError: the mail server took nothing.
    """
    at, preference = now(), preference_of(box.person)
    user = (
        User.objects.filter(person=box.person, is_active=True).order_by(F("last_login").desc(nulls_last=True)).first()
    )
    if user is None or preference.told == Telling.PAGE:
        Notice.objects.filter(person=box.person, state=NoticeState.WAITING).update(
            state=NoticeState.DROPPED, ended_at=at
        )
        _put_off(box, at, at)
        return False
    found = sort_notices(user.person, preference, at)
    _end(found.dropped, NoticeState.DROPPED, at)
    earliest = _earliest(found, preference, box)
    if not found.ready or earliest > at:
        _put_off(box, earliest if found.ready else found.later_at or at, at)
        return False
    _message(user, preference, found).send()
    _sent(box, found, now())
    return True


def _earliest(found: Sorted, preference: Preference, box: Box) -> dt.datetime:
    """Say when the next e-mail may go: gathered ones a minute after the first thing, and some time after the last."""
    first = min((one.noted_at for one in found.ready), default=box.next_at)
    if preference.told == Telling.AT_ONCE:
        return first
    pause = dt.timedelta(minutes=preference.told_minutes)
    return max(first + GATHER, box.sent_at + pause if box.sent_at else first)


def _message(user: User, preference: Preference, found: Sorted) -> EmailMultiAlternatives:
    """Write the e-mail in the person's language, with times in their zone."""
    project = found.ready[0].project
    language, zone = preference.language or project.language, ZoneInfo(preference.zone or project.time_zone)
    with translation.override(_language(language)), timezone.override(zone):
        said = letter(found.items, found.queues, settings.HITL_ADDRESS)
        text = render_to_string("reviews/mail.txt", {"letter": said}).strip() + "\n"
        html = render_to_string("reviews/mail.html", {"letter": said})
    headers = {
        "List-Unsubscribe": f"<{said.settings}>",
        "Auto-Submitted": "auto-generated",
        "Message-ID": _message_id(user, found),
    }
    message = EmailMultiAlternatives(said.subject, text, settings.DEFAULT_FROM_EMAIL, [user.email], headers=headers)
    message.attach_alternative(html, "text/html")
    return message


def _language(wanted: str) -> str:
    try:
        return translation.get_supported_language_variant(wanted)
    except LookupError:
        return settings.LANGUAGE_CODE


def _message_id(user: User, found: Sorted) -> str:
    """Give the same id to the same content for the same person."""
    named = uuid.uuid5(user.person.uuid, " ".join(str(one.pk) for one in found.ready))
    return f"<{named.hex}@{urlsplit(settings.HITL_ADDRESS).hostname}>"


@transaction.atomic
def _sent(box: Box, found: Sorted, at: dt.datetime) -> None:
    """Write down that an e-mail went out. Locks the postbox."""
    _end(found.ready, NoticeState.MAILED, at)
    _put_off(box, at + LOOK, at)
    Postbox.objects.filter(pk=box.person).update(sent_at=at, tries=0, rests_until=None, said="")


@transaction.atomic
def _put_off(box: Box, until: dt.datetime, at: dt.datetime) -> None:
    """Let go of a postbox until the next look, unless something came into it meanwhile. Locks it."""
    held = Postbox.objects.select_for_update(no_key=True).get(pk=box.person)
    waits = Notice.objects.filter(person=box.person, state=NoticeState.WAITING).exists()
    if held.next_at == box.next_at:
        held.next_at = min(max(until, at), at + LOOK) if waits else None
    held.sending_until = None
    held.save(update_fields=["next_at", "sending_until"])


def _end(notices: list[Notice], state: NoticeState, at: dt.datetime) -> None:
    waiting = Notice.objects.filter(pk__in=[one.pk for one in notices], state=NoticeState.WAITING)
    waiting.update(state=state, ended_at=at)


def _failed(box: Box, problem: OSError, at: dt.datetime) -> None:
    """Write down that the mail server took nothing, and let the postbox rest, longer each time."""
    said = _answer(problem)
    log.warning("An e-mail to the person with row id %s was not taken: %s", box.person, said)
    tries = Postbox.objects.values_list("tries", flat=True).get(pk=box.person) + 1
    rest = min(FIRST * TIMES ** min(tries - 1, 10), LONGEST)
    Postbox.objects.filter(pk=box.person).update(
        tries=tries, tried_at=at, rests_until=at + rest, sending_until=None, said=said[:500]
    )


def _answer(problem: OSError) -> str:
    """Give what a mail server answered, code and text, without anybody's address: operations and logs read it."""
    answers: list[tuple[int, bytes | str]] = []
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        answers = list(problem.recipients.values())
    elif isinstance(problem, smtplib.SMTPResponseException):
        answers = [(problem.smtp_code, problem.smtp_error)]
    told = [f"{code} {text.decode(errors='replace') if isinstance(text, bytes) else text}" for code, text in answers]
    return ADDRESS.sub("…", "; ".join(told) or str(problem))
