"""A town that sends e-mails: on a Monday morning, with a clock that is turned by hand and mailboxes to look into."""

import datetime as dt
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.locmem import EmailBackend as Mailboxes
from django.test import override_settings
from django.utils import timezone

from accounts.actions import add_person, choose_telling, give_membership
from accounts.reads import Actor, actor_of_person, clock, console
from audit.actions import seal
from reviews.actions import climb, tell_people
from tests.reviews.test_escalation import QUEUES, rule
from tests.town import RIGHTS, Town, build

MONDAY = dt.datetime(2027, 1, 11, 9, 0, tzinfo=dt.UTC)
MAILS = {
    "EMAIL_HOST": "mail.example",
    "DEFAULT_FROM_EMAIL": "hitl@mail.example",
    "HITL_ADDRESS": "https://hitl.example",
}
RULES = [
    rule("overdue", 1, after="PT1H") | {"to": {"level": 1, "queue": "senior", "notify": ["operations"]}},
    rule("overdue", 2, after="PT2H") | {"to": {"level": 2, "queue": "head", "notify": ["compliance"]}},
]


@contextmanager
def mailing(folder: Path, **changes: Any) -> Iterator[None]:
    """Let the house send e-mails, and keep its ledger's keys in a folder."""
    with override_settings(LEDGER_KEYS=folder, LEDGER_WITNESS=folder / "witness.ndjson", **MAILS | changes):
        yield


def town_on_monday(**changes: Any) -> Town:
    """Build a town with three levels, whose rules tell operations and compliance, on a Monday at nine."""
    rights = RIGHTS | {"escalation": RULES, "service_levels": [{"queue": "general", "due_after": "PT2H"}]}
    town = build(**{"people": 4, "queues": QUEUES, "rights": rights} | changes)
    town.now = MONDAY
    return town


def person(town: Town, *roles: str, **chosen: Any) -> Actor:
    """Add somebody in these roles; `chosen` is how they want to be told."""
    at = timezone.now()  # pages know no other clock, and the town's is ahead
    found = add_person(name="Somebody", email=f"{'-'.join(roles)}@told.invalid", by=console(), at=at)
    who = actor_of_person(getattr(found, "person", found), "browser")
    for role in roles:
        give_membership(person=found, project=town.project, role=role, by=console(), at=at)
    if chosen:
        choose(who, **chosen)
    return who


def choose(who: Actor, **chosen: Any) -> None:
    """Let somebody choose how they are told; at once, in office hours of UTC, in English where nothing else is said."""
    house: dict[str, Any] = {
        "told": "at_once", "minutes": 30, "days": range(5), "hours": (480, 1080), "zone": "", "language": "",
    }  # fmt: skip
    choose_telling(**house | chosen, by=replace(who, via="browser"))


def overdue(town: Town, items: int = 1) -> None:
    """Send items that nobody answers, until the clock has passed them on a level."""
    for _ in range(items):
        town.send(0.5)
    town.wait(hours=3)
    climb(at=town.now)


def turn(town: Town) -> list[Any]:
    """Let the ledger and the postman have a turn; give the e-mails that went out in it."""
    before = len(mail.outbox)
    seal(by=clock(), at=town.now)
    tell_people(now=lambda: town.now)
    return mail.outbox[before:]


class Away(BaseEmailBackend):
    """A mail server that nobody answers for; counts who knocked."""

    knocks = 0

    def send_messages(self, email_messages: list[EmailMessage]) -> int:
        """Fail as a socket does."""
        Away.knocks += 1
        raise ConnectionRefusedError(111, "Connection refused")


class Refuses(Mailboxes):
    """A mail server that takes nothing for one address."""

    def send_messages(self, messages: list[EmailMessage]) -> int:
        """Refuse the recipient, or take the message."""
        if messages[0].to == ["operations@told.invalid"]:
            said = f"5.1.1 <{messages[0].to[0]}>: no such mailbox"
            raise smtplib.SMTPRecipientsRefused({messages[0].to[0]: (550, said.encode())})
        return int(super().send_messages(messages))


class Kept(BaseEmailBackend):
    """A mail server that keeps each message as a file of its own, in EMAIL_FILE_PATH, whoever dies afterwards."""

    def send_messages(self, email_messages: list[EmailMessage]) -> int:
        """Write the messages down."""
        for one in email_messages:
            (Path(settings.EMAIL_FILE_PATH) / uuid4().hex).write_bytes(one.message().as_bytes())
        return len(email_messages)
