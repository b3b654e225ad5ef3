"""A mail server that is away, refuses or is killed in the middle loses nothing, and keeps nobody else waiting."""

import smtplib
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import override_settings
from django.urls import reverse

from accounts.reads import clock
from audit.actions import seal
from reviews.actions import acknowledge, tell_people
from reviews.models import Notice, NoticeWalk, Postbox, Task
from tests.arena import Worker
from tests.killing import killed_at
from tests.reviews.telling import Away, mailing, overdue, person, town_on_monday, turn
from tests.reviews.test_pages import signed_in

AWAY, REFUSES = "tests.reviews.telling.Away", "tests.reviews.telling.Refuses"


@pytest.fixture
def mails(tmp_path: Any):
    with mailing(tmp_path):
        yield


@pytest.mark.django_db
def test_a_server_that_is_away_is_knocked_at_once_a_turn_and_more_and_more_seldom(mails):
    town = town_on_monday()
    person(town, "operations", told="at_once", hours=None)
    person(town, "operations", "compliance", told="at_once", hours=None)
    overdue(town)
    with override_settings(EMAIL_BACKEND=AWAY):
        Away.knocks = 0
        turn(town)
        assert Away.knocks == 1
        turn(town)
        assert (turn(town), Away.knocks) == ([], 2)  # both rest now
        for _ in range(60):
            town.wait(minutes=1)
            turn(town)
        assert 4 <= Away.knocks <= 10
    assert {one.said for one in Postbox.objects.all()} == {"[Errno 111] Connection refused"}
    town.wait(hours=1)
    assert len(turn(town)) + len(turn(town)) == 2
    assert set(Postbox.objects.values_list("tries", "said", "rests_until", "next_at")) == {(0, "", None, None)}


@pytest.mark.django_db
def test_an_address_that_is_refused_keeps_nobody_else_waiting_and_is_told_to_nobody(mails, caplog):
    town = town_on_monday()
    person(town, "operations", told="at_once")
    sent_to = person(town, "operations", "compliance", told="at_once")
    overdue(town)
    with override_settings(EMAIL_BACKEND=REFUSES):
        (sent,) = turn(town)
    assert sent.to == ["operations-compliance@told.invalid"]
    assert sorted(Notice.objects.values_list("state", flat=True)) == ["mailed", "waiting"]
    assert Postbox.objects.get(tries=1).said == "550 5.1.1 <…>: no such mailbox"
    assert "told.invalid" not in caplog.text and "no such mailbox" in caplog.text
    page = signed_in(sent_to).get(reverse("operations", args=["cats"])).content.decode()
    assert "E-mails that were not taken" in page and "no such mailbox" in page
    task = Task.objects.get(kind="escalation")
    acknowledge(project=town.project, task=task.uuid, by=town.people[0], at=town.now)
    town.wait(minutes=2)
    turn(town)
    assert "were not taken" not in signed_in(sent_to).get(reverse("operations", args=["cats"])).content.decode()


def test_a_worker_killed_anywhere_loses_nothing_and_sends_again_only_what_it_had_not_written_down(arena, tmp_path):
    kept = tmp_path / "kept"
    kept.mkdir()
    with mailing(tmp_path, EMAIL_BACKEND="tests.reviews.telling.Kept", EMAIL_FILE_PATH=str(kept)):
        town = town_on_monday()
        person(town, "operations", told="at_once", hours=None)
        twice = 0
        for step in range(1, 80):
            overdue(town)
            seal(by=clock(), at=town.now)
            before = set(kept.iterdir())
            killed = killed_at(step, lambda: tell_people(now=lambda: town.now))
            town.wait(minutes=10)
            tell_people(now=lambda: town.now)
            sent = [read(one) for one in set(kept.iterdir()) - before]
            assert 1 <= len(sent) <= 2 and all(f"item-{town.sent} was escalated" in text for _, text in sent)
            assert len({name for name, _ in sent}) == 1
            twice += len(sent) == 2
            assert Notice.objects.exclude(state="mailed").count() == 0
            if not killed:
                break
        assert not killed and twice  # a kill met the moment, and all moments were met
        assert Notice.objects.filter(why="escalated").count() == town.sent


def test_a_doubled_run_of_the_clock_sends_once(arena, tmp_path):
    with mailing(tmp_path):
        town = town_on_monday()
        person(town, "operations", told="at_once")
        overdue(town)
        Postbox.objects.all().delete()
        assert len(turn(town)) == 1
        NoticeWalk.objects.update(log_index=0)
        assert turn(town) == []
        Postbox.objects.update(next_at=town.now, sending_until=town.now)
        assert turn(town) == [] and Postbox.objects.get().next_at is None


def test_two_workers_at_the_same_time_send_one_email(arena, tmp_path):
    workers = [Worker(), Worker()]
    with mailing(tmp_path):
        town = town_on_monday()
        person(town, "operations", told="at_once", hours=None)
        for _ in range(6):
            overdue(town)
            seal(by=clock(), at=town.now)
            before = len(mail.outbox)
            runs = [worker.begin(lambda: tell_people(now=lambda: town.now)) for worker in workers]
            assert sum(one.result(30) for one in runs) == len(mail.outbox) - before == 1
            assert not Notice.objects.filter(state="waiting").exists()
            assert set(Postbox.objects.values_list("next_at", "sending_until")) == {(None, None)}
    for worker in workers:
        worker.end()


def read(path: Path) -> tuple[str, str]:
    """Give the id and the text of a message that was kept as a file."""
    message = message_from_bytes(path.read_bytes(), policy=default)
    body = message.get_body(("plain",))
    assert body is not None
    return message["Message-ID"], body.get_content()


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (smtplib.SMTPRecipientsRefused({"ann@told.invalid": (450, b"busy")}), "450 busy"),
        (smtplib.SMTPSenderRefused(553, b"not from <hitl@mail.example>", "hitl@mail.example"), "553 not from <…>"),
        (smtplib.SMTPDataError(554, "for ann@told.invalid: spam"), "554 for …: spam"),
        (OSError("ann@told.invalid went wrong"), "… went wrong"),
        (TimeoutError("timed out"), "timed out"),
    ],
)
@pytest.mark.django_db
def test_what_a_mail_server_answers_is_kept_without_an_address(mails, monkeypatch, problem, said):
    town = town_on_monday()
    person(town, "operations", told="at_once")
    overdue(town)

    def fail(self, messages):
        raise problem

    monkeypatch.setattr(Away, "send_messages", fail)
    with override_settings(EMAIL_BACKEND=AWAY):
        turn(town)
    assert Postbox.objects.get(tries=1).said == said
