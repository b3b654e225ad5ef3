"""The exports of a project: asked for on a page, written by a worker, verified by an outsider, kept for some days."""

import datetime as dt
import html
import stat
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.actions import end_membership, give_membership
from accounts.models import Membership, Person
from accounts.reads import Actor, console
from audit.actions import bundling, public_keys
from audit.bundle import Bundle
from audit.models import Event, Log
from reviews import actions
from reviews.actions import ask_export, drop_exports, find_exports
from reviews.actions.exporting import MOST_TRIES
from reviews.actions.long_runs import REST
from reviews.beat import drop_exports as drop_by_the_clock
from reviews.errors import ExportRunning, ExportStopped
from reviews.jobs import make_export
from reviews.models import Export, Item
from tests.audit.exports import busy, files_of, lines_of, verified
from tests.audit.test_exports_checked import erase
from tests.killing import killed_in_journal
from tests.reviews.test_running import signed_in, with_role
from tests.town import Town, build

LIST = reverse("exports-list", args=["cats"])
PAGE = reverse("exports", args=["cats"])


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.EXPORTS, settings.LEDGER_KEYS = tmp_path / "exports", tmp_path / "keys"
    settings.LEDGER_WITNESS = tmp_path / "witness.ndjson"
    return settings.EXPORTS


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[int]]]:
    """Stand in for the broker, and note which jobs were asked for."""
    from celery import current_app

    asked: list[tuple[str, list[int]]] = []
    monkeypatch.setattr(current_app._get_current_object(), "send_task", lambda name, args: asked.append((name, args)))
    return asked


@pytest.fixture
def town(db: None) -> Town:
    return busy(items=6)


def said_by(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def asked(client: Client, **sent: str) -> Export:
    """Ask for an export on the page."""
    answer = client.post(PAGE, {"chosen": "whole", **sent})
    assert (answer.status_code, answer.get("Location")) == (302, PAGE), said_by(answer)
    return Export.objects.latest("pk")


def made(client: Client, **sent: str) -> Export:
    """Ask for an export and let a worker write it."""
    row = asked(client, **sent)
    make_export(row.pk)
    row.refresh_from_db()
    return row


def taken(client: Client, row: Export, folder: Path) -> Path:
    """Download an export as a browser does."""
    answer = client.get(reverse("export", args=["cats", row.uuid]))
    assert answer.status_code == 200, answer.content
    target = folder / "taken.zip"
    target.write_bytes(b"".join(answer.streaming_content))
    assert answer["Content-Disposition"].startswith('attachment; filename="cats-')
    assert (answer["Cache-Control"], answer["Content-Type"]) == ("no-store", "application/zip")
    return target


def test_what_compliance_asks_for_is_written_taken_and_verified_by_an_outsider(
    town, tmp_path, sent, django_capture_on_commit_callbacks
):
    dogs = busy("dogs", items=3)
    client = signed_in(with_role(town, "compliance"))
    assert "No export was made yet." in said_by(client.get(PAGE))
    with django_capture_on_commit_callbacks(execute=True):
        row = asked(client)
    assert sent == [("reviews.make_export", [row.pk])] and row.state == "waiting"
    make_export(row.pk)
    row.refresh_from_db()
    assert (row.state, row.said) == ("done", "") and row.percent == 99
    bundle = taken(client, row, tmp_path)
    report = verified(bundle)
    assert (report["exit"], report["leaves"]) == (0, row.size), report
    leaves = lines_of(bundle, "entries.ndjson")
    assert {leaves[line["i"]]["proj"] for line in lines_of(bundle, "payloads.ndjson")} == {str(town.project.uuid)}
    assert str(dogs.project.uuid) in {leaf["proj"] for leaf in leaves}
    import hashlib

    page = said_by(client.get(PAGE))
    assert row.manifest == hashlib.sha256(files_of(bundle)["manifest.note"]).hexdigest() and row.manifest in page
    assert all(str(key) in page for key in public_keys(town.project.log.origin))
    assert bundle.stat().st_size == row.bytes
    noted = Event.objects.get(type="audit.exported")
    assert b'"role":"compliance"' in bytes(noted.leaf) and b'"via":"browser"' in bytes(noted.leaf)


def test_files_of_exports_are_for_the_owner_of_the_process_alone(town, folder):
    row = made(signed_in(with_role(town, "compliance")))
    assert stat.S_IMODE(row.path.stat().st_mode) == 0o600 and stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [path.name for path in folder.iterdir()] == [f"{row.uuid}.zip"]


def test_an_export_by_days_in_the_readers_zone_and_one_of_an_item_are_verified_too(town, tmp_path):
    client = signed_in(with_role(town, "compliance"))
    client.cookies["zone"] = "Asia/Tokyo"
    with timezone.override("Asia/Tokyo"):
        today = timezone.localtime().date()
        begins = dt.datetime.combine(today, dt.time(), timezone.get_current_timezone())
    row = made(client, chosen="dates", first=str(today - dt.timedelta(days=1)), last=str(today))
    assert (row.state, row.until_at) == ("done", begins + dt.timedelta(days=1)), row.said
    assert row.since_at == begins - dt.timedelta(days=1)
    assert verified(taken(client, row, tmp_path))["exit"] == 0
    item = Item.objects.get(external_id="item-2")
    row = made(client, chosen="item", item="item-2")
    report = verified(taken(client, row, tmp_path))
    assert (report["exit"], report["filter"]["tags.item"]) == (0, [str(item.uuid)])
    assert "Item item-2" in said_by(client.get(PAGE))


def test_days_on_which_nothing_happened_end_in_a_sentence(town):
    client = signed_in(with_role(town, "compliance"))
    row = made(client, chosen="dates", first="2001-01-01", last="2001-01-02")
    assert (row.state, row.said) == ("failed", "The ledger has no entry in this range.")
    assert row.said in said_by(client.get(PAGE)) and not list(row.path.parent.iterdir())
    assert asked(client).state == "waiting"


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"chosen": "dates", "first": "2026-03-02", "last": "2026-03-01"}, "comes before the first one"),
        ({"chosen": "dates", "first": "2026-03-02"}, "Name this day."),
        ({"chosen": "dates", "first": "2026-03-02", "last": "9999-12-31"}, "has not come yet"),
        ({"chosen": "dates", "first": "no day", "last": "2026-03-01"}, "Enter a valid date."),
        ({"chosen": "item", "item": "item-99"}, "no item of this name"),
        ({"chosen": "item", "item": ""}, "no item of this name"),
        ({"chosen": "item", "item": "dogs-only"}, "no item of this name"),
        ({"chosen": "everything"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_exported_is_refused_on_the_page_and_what_was_typed_is_kept(db, sent, sentence):
    town = build()
    town.send(0.5)
    build(slug="dogs", people=1, adjudicators=0).send(0.5, external_id="dogs-only", label="cat")
    answer = signed_in(with_role(town, "compliance")).post(PAGE, sent)
    page = said_by(answer)
    assert answer.status_code == 422 and sentence in page and "Nothing was asked for yet." in page
    assert all(f'value="{value}"' in page for value in sent.values() if value != "everything")
    assert not Export.objects.exists()


def test_the_earliest_days_of_the_calendar_are_taken_in_every_zone(town):
    client = signed_in(with_role(town, "compliance"))
    client.cookies["zone"] = "Asia/Tokyo"
    row = made(client, chosen="dates", first="0001-01-01", last="0001-01-01")
    assert row.said == "The ledger has no entry in this range."


def test_a_records_officer_sees_exports_and_neither_makes_nor_takes_them(town):
    row = made(signed_in(with_role(town, "compliance")))
    client = signed_in(with_role(town, "records_officer"))
    page = said_by(client.get(PAGE))
    assert row.manifest in page and "Make the export" not in page and "a records officer sees which there are" in page
    taken = reverse("export", args=["cats", row.uuid])
    assert taken not in page and taken not in said_by(client.get(LIST))
    for refused in (client.post(PAGE, {"chosen": "whole"}), client.get(taken)):
        assert refused.status_code == 403 and "Compliance of this project" in said_by(refused)
    assert Export.objects.count() == 1


def may_be_asked_too(town: Town, who: Actor) -> Actor:
    """Make somebody a reviewer, beside what they are."""
    person = Person.objects.get(pk=who.person_id)
    give_membership(person=person, project=town.project, role="reviewer", by=console(), at=timezone.now())
    return who


def test_who_became_a_reviewer_meanwhile_gets_no_file(town):
    who = with_role(town, "compliance")
    row = asked(signed_in(who))
    may_be_asked_too(town, who)
    make_export(row.pk)
    assert Export.objects.get().state == "failed" and not row.path.exists()


def test_who_may_still_be_asked_takes_no_file_that_tells_what_others_decided(town):
    client = signed_in(may_be_asked_too(town, with_role(town, "compliance")))
    page = said_by(client.get(PAGE))
    assert "its exports tell what others decided" in page and "Make the export" not in page
    assert client.post(PAGE, {"chosen": "whole"}).status_code == 403 and not Export.objects.exists()


def test_rights_are_looked_at_when_a_file_is_written_and_each_time_it_is_taken(town):
    who = with_role(town, "compliance")
    client = signed_in(who)
    first = made(client)
    second = asked(client)
    end_membership(membership=Membership.objects.get(person=who.person_id), by=console(), at=timezone.now())
    make_export(second.pk)
    second.refresh_from_db()
    assert (second.state, second.said) == ("failed", "Your role does not allow this.")
    assert client.get(reverse("export", args=["cats", first.uuid])).status_code == 404


def test_another_projects_compliance_takes_nothing(town):
    row = made(signed_in(with_role(town, "compliance")))
    dogs = build(slug="dogs", people=1, adjudicators=0)
    client = Client()
    from accounts.actions import add_person

    person = add_person(name="Other", email="other@exports.invalid", by=console(), at=town.now)
    give_membership(person=person, project=dogs.project, role="compliance", by=console(), at=town.now)
    client.force_login(person.users.get(), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("export", args=["dogs", row.uuid])).status_code == 404
    assert client.get(reverse("export", args=["cats", row.uuid])).status_code == 404
    assert row.manifest not in said_by(client.get(reverse("exports", args=["dogs"])))


def test_a_job_that_runs_twice_does_nothing_the_second_time(town):
    row = made(signed_in(with_role(town, "compliance")))
    before = (row.path.stat().st_mtime_ns, Export.objects.values().get())
    make_export(row.pk)
    assert (row.path.stat().st_mtime_ns, Export.objects.values().get()) == before
    assert Event.objects.filter(type="audit.exported").count() == 1


def test_one_asks_for_one_export_at_a_time(town):
    client = signed_in(with_role(town, "compliance"))
    asked(client)
    answer = client.post(PAGE, {"chosen": "whole"})
    assert answer.status_code == 409 and "still being made" in said_by(answer)
    assert Export.objects.count() == 1


def test_one_export_is_written_at_a_time_and_the_next_is_asked_for_then(town, sent):
    first = asked(signed_in(with_role(town, "compliance")))
    second = Export.objects.create(
        project=town.project, person_id=town.people[0].person_id, asked_at=town.now, moved_at=town.now, chosen="whole"
    )
    Export.objects.filter(pk=first.pk).update(state="running", moved_at=timezone.now())
    make_export(second.pk)
    second.refresh_from_db()
    assert second.state == "waiting"
    Export.objects.filter(pk=first.pk).update(state="waiting")
    make_export(first.pk)
    assert sent == [("reviews.make_export", [second.pk])]


def test_what_a_lost_broker_lost_is_asked_for_again(town, sent):
    row = asked(signed_in(with_role(town, "compliance")))
    assert find_exports(at=row.asked_at + REST) == [] and sent == []
    assert find_exports(at=row.asked_at + REST * 2) == [row.pk] and sent == [("reviews.make_export", [row.pk])]


def test_an_export_whose_worker_was_killed_is_found_resumed_and_verified(arena, tmp_path, monkeypatch):
    monkeypatch.setattr(bundling, "STEP", 4)
    town = busy(items=6)
    client = signed_in(with_role(town, "compliance"))
    row = asked(client)
    assert killed_in_journal(12, lambda: make_export(row.pk))
    row.refresh_from_db()
    assert (row.state, row.tries) == ("running", 1) and row.path.with_name(row.path.name + ".part").exists()
    written = row.path.with_name(row.path.name + ".journal").read_bytes()
    make_export(row.pk)
    assert Export.objects.get().tries == 1  # it may still be at work
    assert find_exports(at=timezone.now() + REST * 2) == [row.pk]
    Export.objects.update(moved_at=timezone.now() - REST)
    resumed: list[bool] = []
    from audit.bundle import Bundle

    begin = Bundle.begin
    monkeypatch.setattr(Bundle, "begin", lambda self, plan: (resumed.append(False), begin(self, plan))[1])
    make_export(row.pk)
    row.refresh_from_db()
    assert (row.state, row.tries, resumed) == ("done", 2, []) and written
    assert verified(taken(client, row, tmp_path))["exit"] == 0
    assert Event.objects.filter(type="audit.exported").count() == 1


def test_a_file_that_got_its_name_before_its_worker_could_say_so_is_taken_as_it_is(town, tmp_path):
    client = signed_in(with_role(town, "compliance"))
    row = made(client)
    before = Export.objects.values("manifest", "begin", "end", "size", "bytes", "done", "total").get()
    long_ago = timezone.now() - REST
    Export.objects.update(state="running", moved_at=long_ago, manifest="", begin=None, end=None, size=None, done=0)
    make_export(row.pk)
    row.refresh_from_db()
    assert row.state == "done" and verified(taken(client, row, tmp_path))["exit"] == 0
    assert Export.objects.values("manifest", "begin", "end", "size", "bytes", "done", "total").get() == before
    assert Event.objects.filter(type="audit.exported").count() == 1


def test_what_was_stopped_again_and_again_has_failed(town, sent):
    row = asked(signed_in(with_role(town, "compliance")))
    Export.objects.update(state="running", tries=MOST_TRIES)
    row.path.parent.mkdir()
    half = row.path.with_name(row.path.name + ".part")
    half.touch()
    assert find_exports(at=row.asked_at + REST * 2) == [] and sent == [] and not half.exists()
    row.refresh_from_db()
    assert (row.state, row.said) == ("failed", ExportStopped.sentence)


def test_an_export_whose_worker_is_silent_for_long_and_alive_is_not_given_up(town, sent):
    row = asked(signed_in(with_role(town, "compliance")))
    row.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    writing = Bundle(row.path)
    for count in range(1, MOST_TRIES * 2):
        at = row.asked_at + REST * 2 * count
        assert find_exports(at=at) == [row.pk]
        actions.make_export(export_id=row.pk, now=lambda at=at: at)
    row.refresh_from_db()
    assert (row.state, row.tries) == ("running", 0)
    writing.leave()
    actions.make_export(export_id=row.pk, now=lambda: row.moved_at + REST * 2)
    row.refresh_from_db()
    assert row.state == "done", row.said


def test_a_disk_without_room_ends_in_a_sentence(town, folder):
    row = asked(signed_in(with_role(town, "compliance")))
    folder.write_text("no folder")
    make_export(row.pk)
    row.refresh_from_db()
    assert row.state == "failed" and "room on the disk" in row.said


def test_a_file_is_removed_when_its_time_is_over_and_its_line_stays(town, settings):
    settings.EXPORT_DAYS = 7
    client = signed_in(with_role(town, "compliance"))
    row = made(client)
    assert row.kept_until == row.moved_at + dt.timedelta(days=7)
    assert drop_exports(at=row.kept_until - dt.timedelta(seconds=1)) == 0 and row.path.exists()
    Export.objects.update(kept_until=timezone.now())
    drop_by_the_clock()
    row.refresh_from_db()
    assert row.state == "gone" and not row.path.exists()
    answer = client.get(reverse("export", args=["cats", row.uuid]))
    assert answer.status_code == 410 and "its time is over" in said_by(answer)
    page = said_by(client.get(PAGE))
    assert row.manifest in page and "file removed" in page and reverse("export", args=["cats", row.uuid]) not in page


@pytest.mark.usefixtures("erasures_told")
def test_a_file_that_may_hold_what_was_erased_since_is_not_handed_out_and_goes(town):
    client = signed_in(with_role(town, "compliance"))
    row = made(client)
    erase(Item.objects.get(external_id="item-1"))
    assert client.get(reverse("export", args=["cats", row.uuid])).status_code == 410 and row.path.exists()
    at = timezone.now()
    assert drop_exports(at=at) == 1 and not row.path.exists()
    assert Export.objects.values_list("state", "kept_until").get() == ("gone", at)
    fresh = made(client)
    assert drop_exports(at=at) == 0 and client.get(reverse("export", args=["cats", fresh.uuid])).status_code == 200


def test_an_export_that_is_not_ready_or_whose_file_was_lost_is_not_there(town):
    client = signed_in(with_role(town, "compliance"))
    row = asked(client)
    assert client.get(reverse("export", args=["cats", row.uuid])).status_code == 410
    make_export(row.pk)
    row.path.unlink()
    assert client.get(reverse("export", args=["cats", row.uuid])).status_code == 410
    assert client.get(reverse("export", args=["cats", uuid.uuid4()])).status_code == 404


def test_the_list_tells_how_far_an_export_is_and_nothing_twice(town, monkeypatch):
    monkeypatch.setattr(bundling, "STEP", 4)
    client = signed_in(with_role(town, "compliance"))
    row = asked(client)
    first = client.get(LIST)
    assert "waiting to be written" in said_by(first)
    assert client.get(LIST, headers={"If-None-Match": first["ETag"]}).status_code == 304
    seen: list[int] = []
    start = timezone.now()

    def ticking() -> dt.datetime:
        found = Export.objects.get()
        if found.state == "running":
            seen.append(found.percent)
            assert f"{found.percent} %" in said_by(client.get(LIST))
        ticks.append(1)
        return start + dt.timedelta(seconds=2 * len(ticks))

    ticks: list[int] = []
    actions.make_export(export_id=row.pk, now=ticking)
    assert seen == sorted(seen) and len(set(seen)) > 4 and seen[0] == 0 and max(seen) < 100
    again = client.get(LIST, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 200 and "Download" in said_by(again)


def test_many_exports_take_as_many_statements_as_few(town):
    client = signed_in(with_role(town, "compliance"))

    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(PAGE).status_code == 200
        return len(seen)

    made(client)
    few = statements()
    for _ in range(5):
        made(client)
    assert statements() == few <= 3 + 6
    with CaptureQueriesContext(connection) as seen:
        client.get(LIST)
    assert len(seen) <= 3 + 3


def test_the_home_of_compliance_shows_the_last_exports_and_the_way_to_one(town):
    client = signed_in(with_role(town, "compliance"))
    assert f'href="{PAGE}#make"' in said_by(client.get("/")) and "No export was made yet." in said_by(client.get("/"))
    made(client, chosen="item", item="item-1")
    assert "Item item-1" in said_by(client.get("/"))
    officer = said_by(signed_in(with_role(town, "records_officer")).get("/"))
    assert "Item item-1" in officer and "Make an export" not in officer and f'href="{PAGE}"' in officer
    assert PAGE not in said_by(signed_in(with_role(town, "operations")).get("/"))


def test_an_export_that_is_done_says_what_it_is(town):
    who = with_role(town, "compliance")
    row = ask_export(project=town.project, by=who, at=timezone.now())
    with pytest.raises(ExportRunning):
        ask_export(project=town.project, by=who, at=timezone.now())
    for wrong in ({"state": "done"}, {"state": "lost"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Export.objects.filter(pk=row.pk).update(**wrong)
    assert Log.objects.count() == 1
