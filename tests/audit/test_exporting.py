"""Exports: what is in a bundle, and that the verifier takes it."""

import csv
import datetime as dt
import hashlib
import io
import json
import zipfile

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.actions import add_person, give_membership, name_owner
from accounts.errors import Forbidden
from accounts.reads import actor_of_person, console
from audit.actions import seal
from audit.errors import ExportDiffers, ExportHalfWritten, NotCited, NothingToExport, TargetTaken
from audit.models import Checkpoint, Event, Leaf
from guidelines.models import ModelVersion
from reviews.models import Decision, Item
from tests.audit.exports import busy, exported, files_of, lines_of, verified

pytestmark = pytest.mark.django_db
NASTY = 'a "quoted" \\ back\nline\ttab \x01 \x7f é \u2028 \U0001f98a </script>'


@pytest.mark.parametrize("name", ["bundle", "bundle.zip"])
def test_the_verifier_takes_a_whole_log_as_folder_and_as_zip(tmp_path, name):
    busy(items=8).send(0.5, data={"text": NASTY})
    made = exported(tmp_path / name)
    report = verified(tmp_path / name)
    assert report["verdict"] == "INTERNALLY CONSISTENT", report
    assert (report["leaves"], made.begin, made.end, made.size) == (made.size, 0, made.size, made.size)
    assert report["older checkpoints"] > 1 and "PARTIAL" not in report["beside"]
    assert not list(tmp_path.glob("*.part")) and not list(tmp_path.glob("*.journal"))
    texts = [json.loads(line["body"]).get("data") for line in lines_of(tmp_path / name, "contents.ndjson")]
    assert {"text": NASTY} in texts
    bodies = Item.objects.count() + ModelVersion.objects.count() + Decision.objects.count()
    assert len(texts) > bodies


def test_one_bit_of_an_export_changed_is_found(tmp_path):
    busy(items=2)
    exported(tmp_path / "bundle")
    payloads = tmp_path / "bundle" / "payloads.ndjson"
    payloads.write_bytes(payloads.read_bytes().replace(b"cat", b"dog", 1))
    assert verified(tmp_path / "bundle")["exit"] == 15


def test_a_range_in_the_middle_is_proven_on_both_sides_and_cited_records_one_by_one(tmp_path):
    busy()
    exported(tmp_path / "bundle", begin=5, end=19, cite=(5, 11, 18))
    report = verified(tmp_path / "bundle")
    assert (report["exit"], report["leaves"], report["beside"]) == (0, 14, ["PARTIAL"]), report
    assert {"proofs/5.tlog-proof", "proofs/11.tlog-proof", "proofs/18.tlog-proof"} <= files_of(
        tmp_path / "bundle"
    ).keys()
    with pytest.raises(NotCited):
        exported(tmp_path / "other", begin=5, end=19, cite=(19,))
    assert not list(tmp_path.glob("other*"))


def test_an_export_by_project_carries_all_headers_and_the_payloads_of_that_project_alone(tmp_path):
    cats, dogs = busy(items=4), busy("dogs", items=3)
    made = exported(tmp_path / "bundle.zip", project=dogs.project)
    report = verified(tmp_path / "bundle.zip")
    assert (report["exit"], report["beside"], report["leaves"]) == (0, ["PARTIAL"], made.size), report
    leaves = [json.loads(line) for line in files_of(tmp_path / "bundle.zip")["entries.ndjson"].splitlines()]
    told = {leaves[line["i"]]["proj"] for line in lines_of(tmp_path / "bundle.zip", "payloads.ndjson")}
    assert told == {str(dogs.project.uuid)} and {leaf["proj"] for leaf in leaves} > {str(cats.project.uuid)}
    names = {leaves[line["i"]]["proj"] for line in lines_of(tmp_path / "bundle.zip", "contents.ndjson")}
    assert names == told and b"cats" not in files_of(tmp_path / "bundle.zip")["records.csv"]


def test_an_export_by_item_person_and_type_tells_what_matches_and_no_more(tmp_path):
    town = busy()
    item = Decision.objects.order_by("pk")[0].task.item
    person = Decision.objects.order_by("pk")[0].person
    for name, choice, member, value in (
        ("item", {"item": item.uuid}, ("tags", "item"), str(item.uuid)),
        ("person", {"person": person, "project": town.project}, ("actor",), person.pseudonym),
        ("type", {"types": ("reviews.claimed",)}, ("type",), "reviews.claimed"),
    ):
        exported(tmp_path / name, **choice)
        report = verified(tmp_path / name)
        assert (report["exit"], report["beside"]) == (0, ["PARTIAL"]), report
        matching = 0
        leaves = lines_of(tmp_path / name, "entries.ndjson")
        told = {line["i"] for line in lines_of(tmp_path / name, "payloads.ndjson") if line["section"] != "seed"}
        for index, leaf in enumerate(leaves):
            found = leaf["tags"]["item"] if member[0] == "tags" else leaf[member[0]]
            matching += found == value
            assert (index in told) == (found == value and bool(leaf["pay"])), (name, leaf)
        assert matching


def test_an_export_by_time_goes_on_to_an_entry_on_each_side_that_shows_it_whole(tmp_path):
    town = busy()
    town.wait(hours=3)
    before = Event.objects.count()
    since = town.now
    town.send(0.5)
    town.wait(hours=3)
    town.send(0.5)
    made = exported(tmp_path / "bundle", since=since, until=since + dt.timedelta(hours=1))
    report = verified(tmp_path / "bundle", None, "--skew", "300")
    assert (report["exit"], made.begin, made.end) == (0, before - 1, before + 2), report
    assert report["beside"] == ["PARTIAL"], report
    assert set(report["filter"]) == {"from", "until"}
    with pytest.raises(NothingToExport):
        exported(tmp_path / "none", since=since + dt.timedelta(days=9))


def test_records_tell_each_decision_and_no_spreadsheet_takes_a_word_for_a_formula(tmp_path):
    from accounts.models import Person
    from tests.town import build

    town = build()
    Person.objects.filter(pk=town.people[0].person_id).update(name='=HYPERLINK("http://x")')
    town.send(0.5, external_id="@cmd")
    held = town.take(town.people[0])
    town.decide(town.people[0], held, "correct", "dog", rationale='+1 "really", no\nmore', error_categories=["wrong"])
    town.send(None)
    town.decide(town.people[1], town.take(town.people[1]), None, "fox")
    town.send(0.4)
    town.decide(town.people[2], town.take(town.people[2]), "escalate", rationale="-2")
    exported(tmp_path / "bundle.zip")
    raw = files_of(tmp_path / "bundle.zip")["records.csv"]
    first, second, third = csv.DictReader(io.StringIO(raw.decode(), newline=""))
    assert first["person"] == '\'=HYPERLINK("http://x")' and first["item"] == "'@cmd"
    assert first["reason"] == '\'+1 "really", no\nmore' and third["reason"] == "'-2"
    assert (first["saw"], first["proposal"], first["verdict"], first["answer"]) == ("proposal", "Cat", "correct", "Dog")
    assert (first["confidence"], first["error_categories"], first["role"]) == ("0.5", "wrong", "reviewer")
    assert (first["taxonomy"], first["rights"], first["pseudonym"]) == ("1", "1", town.people[0].pseudonym)
    assert (second["saw"], second["proposal"], second["answer"]) == ("nothing", "", "Fox")
    assert (third["verdict"], third["escalated_to"], third["mode"], third["via"]) == (
        "escalate",
        "senior",
        "single",
        "api",
    )
    assert raw.count(b"\r\n") == 4 and not any(
        cell[:1] in "=+-@\t" for row in (first, second, third) for cell in row.values() if cell
    )


def test_an_export_is_recorded_behind_its_range_with_the_digest_of_its_manifest(tmp_path):
    busy(items=2)
    made = exported(tmp_path / "bundle")
    seal(by=console(), at=dt.datetime.now(dt.UTC), wait=True)
    event = Event.objects.get(type="audit.exported")
    told = json.loads(bytes(event.payloads.get(section="export").body))
    note = (tmp_path / "bundle" / "manifest.note").read_bytes()
    assert told == {
        "range": [0, made.size],
        "tree": made.size,
        "filter": {},
        "manifest": hashlib.sha256(note).hexdigest(),
    }
    assert told["manifest"] == made.manifest and Leaf.objects.get(event=event).log_index >= made.size
    assert event.actor == console().pseudonym and event.stream.startswith("log/")


def test_owners_export_all_compliance_its_project_and_nobody_else_anything(tmp_path):
    town, dogs = busy(items=2), busy("dogs", items=1)
    by, now = console(), town.now
    person = add_person(name="Officer", email="officer@cats.invalid", by=by, at=now)
    give_membership(person=person, project=town.project, role="compliance", by=by, at=now)
    officer = actor_of_person(person, "command")
    assert exported(tmp_path / "own", by=officer, project=town.project)
    for choice in ({}, {"project": dogs.project}, {"person": person}):
        with pytest.raises(Forbidden):
            exported(tmp_path / "not", by=officer, **choice)
    with pytest.raises(Forbidden):
        exported(tmp_path / "not", by=town.people[0], project=town.project)
    assert Event.objects.filter(type="audit.exported").count() == 1 and not list(tmp_path.glob("not*"))
    name_owner(person=person, by=by, at=now)
    assert exported(tmp_path / "all", by=officer)
    recorded = Event.objects.filter(type="audit.exported", actor=officer.pseudonym).order_by("pk")
    assert [json.loads(bytes(one.leaf))["role"] for one in recorded] == ["compliance", "owner"]


def test_nothing_is_written_over_and_a_half_written_export_is_only_resumed_as_it_was_begun(tmp_path):
    busy(items=2)
    exported(tmp_path / "bundle.zip")
    with pytest.raises(TargetTaken):
        exported(tmp_path / "bundle.zip")

    class Stop(Exception):  # noqa: N818
        pass

    def stop(*_):
        raise Stop

    from accounts.actions import Choice, export_records
    from audit.models import Log

    with pytest.raises(Stop):
        export_records(
            log=Log.objects.get(), choice=Choice(), target=tmp_path / "half", by=console(),
            now=lambda: dt.datetime.now(dt.UTC), told=stop,
        )  # fmt: skip
    assert not (tmp_path / "half").exists()
    with pytest.raises(ExportHalfWritten):
        exported(tmp_path / "half")
    with pytest.raises(ExportDiffers):
        exported(tmp_path / "half", resume=True, begin=1)
    exported(tmp_path / "half", resume=True)
    assert verified(tmp_path / "half")["exit"] == 0


def test_the_command_exports_by_its_choices_and_says_what_it_wrote(tmp_path, capsys):
    town = busy(items=2)
    item = Item.objects.order_by("pk")[0]
    call_command(
        "ledger", "export", "--project", town.project.slug, "--item", str(item.uuid), "--to", f"{tmp_path}/x.zip"
    )
    assert "manifest sha256" in capsys.readouterr().out and verified(tmp_path / "x.zip")["exit"] == 0
    for wrong in (
        ["--project", "none"],
        ["--type", "none"],
        ["--log", "none"],
        ["--person", "none"],
        ["--from", "99999"],
    ):
        with pytest.raises(CommandError):
            call_command("ledger", "export", *wrong, "--to", f"{tmp_path}/y.zip")
    with pytest.raises(CommandError):
        call_command("ledger", "export", "--from", "1", "--since", "2026-01-01", "--to", f"{tmp_path}/y.zip")
    assert not list(tmp_path.glob("y*")) and Checkpoint.objects.exists()


def test_the_report_counts_what_is_in_it_and_runs_no_script(tmp_path):
    busy(items=4)
    made = exported(tmp_path / "bundle")
    report = (tmp_path / "bundle" / "report.html").read_text()
    assert "<script" not in report and "onclick" not in report and "href=" not in report
    assert f'<td class="number">{Event.objects.filter(type="reviews.item_received").count()}</td>' in report
    assert str(made.size) in report and "Decisions, by verdict" in report and "verify.py" in report


def test_of_very_many_checkpoints_an_even_selection_is_taken(tmp_path, monkeypatch):
    from audit.actions import proving

    monkeypatch.setattr(proving, "MOST", 2)
    town = busy(items=2)
    for _ in range(4):
        town.send(0.5)
        seal(by=console(), at=dt.datetime.now(dt.UTC), wait=True)
    made = exported(tmp_path / "bundle")
    report = verified(tmp_path / "bundle")
    kept = [path for path in files_of(tmp_path / "bundle") if path.startswith("checkpoints/")]
    assert (report["exit"], len(kept)) == (0, 2) and Checkpoint.objects.count() > 4
    assert any(path.startswith(f"checkpoints/{made.size}-") for path in kept)


def test_a_bundle_is_its_owners_alone_and_unzip_reads_it(tmp_path):
    busy(items=2)
    exported(tmp_path / "bundle.zip")
    exported(tmp_path / "bundle")
    assert (tmp_path / "bundle.zip").stat().st_mode & 0o077 == (tmp_path / "bundle").stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(tmp_path / "bundle.zip") as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path / "out")
    assert verified(tmp_path / "out")["exit"] == 0
