"""A guideline with its files goes out as an archive, and comes in at another installation with the same hashes."""

import hashlib
import io
import json
import subprocess
import zipfile

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.errors import Forbidden
from accounts.models import Person
from accounts.reads import Actor, console
from assets.models import Asset, Grant
from audit.models import Event
from guidelines.actions import (
    ask_for_second_editor,
    change_guideline_draft,
    digests_of,
    export_guideline,
    import_guideline,
    publish_guideline_draft,
)
from guidelines.content import taxonomy_doc
from guidelines.errors import BadArchive, BadGuideline, DraftOfAnother, NoGuideline, NotReviewed
from guidelines.models import GuidelineDraft, GuidelineVersion, TaxonomyVersion
from guidelines.reads import guideline_in_force, taxonomy_in_force
from reviews.actions import apply_project
from tests.assets.conftest import storage  # noqa: F401 - a folder of its own for each test
from tests.guidelines.packing import laid, pictured, repacked, summed, within, zipped
from tests.guidelines.writing import GUIDELINE, TAXONOMY, copied, draft, editor, published
from tests.town import Town, build, project_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return build(people=1, adjudicators=0)


@pytest.fixture
def edna(town) -> Actor:
    return editor(town)


@pytest.fixture
def other() -> Town:
    return build(slug="elsewhere", name="Elsewhere", people=1, adjudicators=0)


@pytest.fixture
def otto(other) -> Actor:
    return editor(other, "otto")


def brought(town: Town, archive: bytes, by: Actor, **more):
    return import_guideline(project=town.project, source=io.BytesIO(archive), by=by, at=town.now, **more)


def test_the_same_version_gives_the_same_bytes_whenever_it_is_exported(town, edna):
    pictured(town, edna)
    first = zipped(town, edna)
    town.wait(days=40)
    assert zipped(town, edna, number=1) == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        entries = archive.infolist()
    assert {one.date_time for one in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {one.compress_type for one in entries} == {zipfile.ZIP_STORED}
    assert {one.external_attr >> 16 for one in entries} == {0o100644}
    names = [one.filename for one in entries]
    assert names == [*sorted(names[:-1]), "SHA256SUMS"]
    assert {"guideline.json", "taxonomy.json", "sections/001-start.md", "sections/003-toys.md"} < set(names)
    assert sum(name.startswith("files/") and name.endswith((".png", ".jpg")) for name in names) == 2


def test_published_elsewhere_it_has_the_same_hashes_and_gives_the_same_archive(town, edna, other, otto):
    version = pictured(town, edna)
    archive = zipped(town, edna)
    assert digests_of(io.BytesIO(archive)) == (version.taxonomy.digest, version.digest)
    done = brought(other, archive, otto, publish=True, summary="Brought over.")
    assert done.draft is None and not done.known
    assert done.version.digest == version.digest and done.version.taxonomy.digest == version.taxonomy.digest
    assert done.version.edited and done.version.summary == "Brought over."
    assert guideline_in_force(other.project) == done.version
    assert Grant.objects.filter(project=other.project).count() == 2 and Asset.objects.count() == 2
    assert zipped(other, otto) == archive


def test_a_split_is_carried_with_the_version_it_splits(town, edna, other, otto):
    pictured(town, edna)
    first = zipped(town, edna)
    version = pictured(town, edna, split=True, summary="Cats by age.")
    second = zipped(town, edna)
    brought(other, first, otto, publish=True, summary="One.")
    done = brought(other, second, otto, publish=True, summary="Two.")
    assert (done.version.digest, done.version.taxonomy.digest) == (version.digest, version.taxonomy.digest)


def test_a_mapping_from_a_version_of_another_installation_stays_as_it_is(town, edna, other, otto):
    pictured(town, edna)
    version = pictured(town, edna, split=True, summary="Cats by age.")
    done = brought(other, zipped(town, edna), otto, publish=True, summary="At once.")
    assert (done.version.digest, done.version.taxonomy.digest) == (version.digest, version.taxonomy.digest)
    mapping = taxonomy_doc(bytes(taxonomy_in_force(other.project.pk).body)).mapping
    assert mapping.before == TaxonomyVersion.objects.get(project=town.project, number=2).digest
    assert not TaxonomyVersion.objects.filter(project=other.project, digest=mapping.before).exists()


def test_a_mapping_that_leaves_a_label_of_this_project_untold_keeps_a_draft(town, edna):
    pictured(town, edna)
    pictured(town, edna, split=True, summary="Cats by age.")
    cows = [{"code": "cow", "name": "Cow"}, {"code": "cat", "name": "Cat"}]
    there = build(slug="cows", people=0, adjudicators=0, labels=cows)
    by = editor(there, "cora")
    with pytest.raises(BadGuideline) as refused:
        brought(there, zipped(town, edna), by, publish=True, summary="x")
    assert any("cow could be said before" in sentence for _, sentence in refused.value.fields)
    assert not GuidelineDraft.objects.exists() and not Grant.objects.filter(project=there.project).exists()
    held = brought(there, zipped(town, edna), by).draft
    rows = [*held.taxonomy["mapping"]["rows"], {"was": ["cow"], "now": []}]
    change_guideline_draft(
        project=there.project,
        language="en",
        guideline=held.guideline,
        taxonomy=held.taxonomy | {"mapping": held.taxonomy["mapping"] | {"rows": rows}},
        summary="No cows.",
        revision=held.revision,
        by=by,
        at=there.now,
    )
    assert publish_guideline_draft(
        project=there.project, language="en", revision=held.revision + 1, by=by, at=there.now
    ).edited


def test_a_mapping_from_an_older_version_of_the_project_itself_tells_of_the_one_in_force(town, edna):
    pictured(town, edna)
    pictured(town, edna, split=True, summary="Cats by age.")
    archive = zipped(town, edna)
    back = copied(GUIDELINE)
    back["sections"][1]["label"] = "dog"
    for one in back["examples"]:
        one["label"] = "dog"
    labels = [TAXONOMY["labels"][1], TAXONOMY["labels"][0]]
    rows = [{"was": ["kitten", "grown", "fox"], "now": ["cat"]}]
    standing = published(town, edna, back, TAXONOMY | {"labels": labels, "mapping": {"rows": rows}}, summary="Back.")
    done = brought(town, archive, edna, publish=True, summary="And forth.")
    assert taxonomy_doc(bytes(done.version.taxonomy.body)).mapping.before == standing.taxonomy.digest


def test_what_is_in_force_already_is_said_and_changes_nothing(town, edna):
    version = pictured(town, edna)
    archive, before = zipped(town, edna), Event.objects.count()
    done = brought(town, archive, edna, publish=True, summary="Again.")
    assert done.known and done.version == version and done.draft is None
    assert Event.objects.count() == before and not GuidelineDraft.objects.exists()


def test_it_becomes_a_draft_and_nothing_is_published_by_itself(town, edna, other, otto):
    pictured(town, edna)
    done = brought(other, zipped(town, edna), otto)
    assert done.version is None and done.draft == GuidelineDraft.objects.get(project=other.project)
    assert done.draft.guideline["sections"][0]["text"] == "Say it.\n\n- zwölf\r\n- *two*\n\n"
    assert done.draft.summary == "" and guideline_in_force(other.project) is None
    revision, before = done.draft.revision, Event.objects.count()
    assert brought(other, zipped(town, edna), otto).draft.revision == revision
    assert Event.objects.count() == before


def test_a_draft_of_somebody_else_is_put_aside_only_on_request(town, edna, other, otto):
    pictured(town, edna)
    archive, nora = zipped(town, edna), editor(other, "nora")
    written = draft(other, nora, summary="Mine.")
    with pytest.raises(DraftOfAnother):
        brought(other, archive, otto)
    assert GuidelineDraft.objects.get().summary == "Mine."
    assert not Grant.objects.filter(project=other.project).exists()
    done = brought(other, archive, otto, replace=True)
    assert done.draft.pk != written.pk and done.draft.changed_by_id == otto.person_id
    assert Event.objects.filter(type="guidelines.draft_discarded").count() == 1
    assert brought(other, archive, otto, summary="Mine now.").draft.summary == "Mine now."


def test_a_draft_begun_before_another_version_is_begun_anew(town, edna, other, otto):
    pictured(town, edna)
    archive = zipped(town, edna)
    brought(other, archive, otto, summary="First.")
    changed = [{"code": "cat", "name": "Cat"}, {"code": "dog", "name": "Hound"}, {"code": "fox", "name": "Fox"}]
    apply_project(document=project_file(slug="elsewhere", name="Elsewhere", labels=changed), by=console(), at=other.now)
    assert brought(other, archive, otto, publish=True, summary="First.").version is not None


def test_a_second_editor_is_not_gone_round(town, edna, other, otto):
    pictured(town, edna)
    ask_for_second_editor(project=other.project, with_second=True, by=otto, at=other.now)
    before = Event.objects.count()
    with pytest.raises(NotReviewed):
        brought(other, zipped(town, edna), otto, publish=True, summary="Alone.")
    assert Event.objects.count() == before and not GuidelineDraft.objects.exists()
    assert not Grant.objects.filter(project=other.project).exists()


def test_a_translation_comes_in_on_the_labels_in_force_alone(town, edna, other, otto):
    pictured(town, edna)
    german = published(town, edna, GUIDELINE, language="de", summary="Auf Deutsch.")
    archive = zipped(town, edna, language="de")
    with pytest.raises(BadArchive):
        brought(other, archive, otto)
    brought(other, zipped(town, edna, language="en"), otto, publish=True, summary="First.")
    done = brought(other, archive, otto, publish=True, summary="Then.")
    assert done.version.digest == german.digest and done.version.term.language == "de"


def test_an_archive_does_not_change_the_form_of_answers(town, edna):
    pictured(town, edna)
    schema = {"type": "object", "properties": {"decision": {"type": "string", "enum": ["yes", "no"]}}}
    form = {"task_type": "form", "labels": [], "schema": schema}
    there = build(slug="forms", people=0, adjudicators=0, **form)
    by, before = editor(there, "fay"), Event.objects.count()
    with pytest.raises(BadArchive) as refused:
        brought(there, zipped(town, edna), by, publish=True, summary="x")
    assert refused.value.fields[0][0] == "taxonomy.json"
    assert Event.objects.count() == before and not GuidelineDraft.objects.exists()
    several = build(slug="several", people=0, adjudicators=0, several=True)
    with pytest.raises(BadArchive):
        brought(several, zipped(town, edna), editor(several, "sam"))


def test_a_guideline_of_one_text_goes_out_in_sections(town, edna):
    apply_project(document=project_file(guideline="# Cats\nSay cat.\n\n## Toys\nA toy."), by=console(), at=town.now)
    files = within(zipped(town, edna))
    assert files["sections/002-s2.md"] == b"A toy.\n"
    assert [one["id"] for one in json.loads(files["guideline.json"])["sections"]] == ["s1", "s2"]


def test_as_a_folder_for_git_it_reads_the_same_with_or_without_its_sums(town, edna, other, otto, tmp_path):
    version, place = pictured(town, edna), tmp_path / "kept"
    export_guideline(project=town.project, by=edna, at=town.now).to_folder(place)
    check = subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=place, check=False)
    assert check.returncode == 0
    assert within(zipped(town, edna)) == {
        str(path.relative_to(place)): path.read_bytes() for path in place.rglob("*") if path.is_file()
    }
    (place / ".git").mkdir()
    (place / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (place / ".gitattributes").write_text("* -text\n")
    assert digests_of(place) == (version.taxonomy.digest, version.digest)
    text = place / "sections" / "003-toys.md"
    text.write_text("A toy is a toy.\n")
    with pytest.raises(BadArchive):
        digests_of(place)
    (place / "SHA256SUMS").unlink()
    done = import_guideline(project=other.project, source=place, by=otto, at=other.now)
    assert done.draft.guideline["sections"][2]["text"] == "A toy is a toy."


def test_a_folder_is_written_over_by_the_next_version_and_nothing_else_is(town, edna, tmp_path):
    pictured(town, edna)
    place = tmp_path / "kept"
    export_guideline(project=town.project, by=edna, at=town.now).to_folder(place)
    (place / ".gitignore").write_text("*.swp\n")
    published(town, edna, copied(GUIDELINE) | {"sections": GUIDELINE["sections"][::-1]}, summary="Turned.")
    export_guideline(project=town.project, by=edna, at=town.now).to_folder(place)
    assert sorted(path.name for path in (place / "sections").iterdir()) == [
        "001-toys.md",
        "002-cats.md",
        "003-start.md",
    ]
    assert not list((place / "files").iterdir()) and (place / ".gitignore").exists()
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "letter.txt").write_text("dear")
    with pytest.raises(BadArchive):
        export_guideline(project=town.project, by=edna, at=town.now).to_folder(tmp_path / "home")
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["letter.txt"]


def test_what_another_program_has_packed_again_reads_the_same(town, edna):
    version = pictured(town, edna)
    files = {"sections/": b"", "files/": b""} | summed(within(zipped(town, edna)))
    assert digests_of(repacked(files))[1] == version.digest


def test_only_editors_owners_and_compliance_take_it_away(town, edna):
    pictured(town, edna)
    for role in ("compliance", "owner"):
        assert zipped(town, editor(town, role, role=role))
    for by in (town.people[0], editor(town, "opal", role="operations")):
        with pytest.raises(Forbidden):
            zipped(town, by)
        with pytest.raises(Forbidden):
            brought(town, zipped(town, edna), by)
    with pytest.raises(NoGuideline):
        zipped(town, edna, number=9)
    with pytest.raises(NoGuideline):
        zipped(town, edna, number=1, language="fr")


def test_it_is_downloaded_from_its_address(town, edna):
    pictured(town, edna)
    client = Client()
    client.force_login(
        Person.objects.get(pk=edna.person_id).users.get(), backend="django.contrib.auth.backends.ModelBackend"
    )
    answer = client.get(f"/projects/{town.project.slug}/guideline/versions/1/archive/")
    assert answer.status_code == 200 and answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"] == 'attachment; filename="cats-guideline-1.zip"'
    assert b"".join(answer.streaming_content) == zipped(town, edna)
    assert client.get(f"/projects/{town.project.slug}/guideline/versions/7/archive/").status_code == 404


def said(*arguments):
    out = io.StringIO()
    call_command("guideline", *arguments, stdout=out)
    return out.getvalue()


def test_commands_move_it_from_one_installation_to_another(town, edna, other, otto, tmp_path):
    version = pictured(town, edna)
    zip_path, folder = tmp_path / "cats.zip", tmp_path / "cats"
    assert version.digest in said("export", "cats", "--language", "en", "--version", "1", "--to", str(zip_path))
    assert zip_path.read_bytes() == zipped(town, edna)
    said("export", "cats", "--to", str(folder))
    owner = "otto@elsewhere.invalid"
    assert "not published" in said("import", "elsewhere", str(folder), "--by", owner)
    told = said("import", "elsewhere", str(zip_path), "--by", owner, "--publish", "--summary", "Brought over.")
    assert told == f"guideline 1 {version.digest}\n"
    assert "(in force already)" in said("import", "elsewhere", str(zip_path), "--by", owner)
    assert GuidelineVersion.objects.get(project=other.project).published_by_id == otto.person_id


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["export", "dogs", "--to", "x.zip"], "There is no project dogs"),
        (["export", "cats", "--to", "x.zip"], "no such version"),
        (["import", "cats", "nowhere.zip", "--by", "edna@cats.invalid"], "There is nothing at"),
        (["import", "cats", __file__, "--by", "edna@cats.invalid"], "no zip archive"),
        (["import", "cats", __file__, "--by", "nobody@cats.invalid"], "Nobody signs in"),
        (["import", "cats", __file__, "--by", "reviewer0@cats.invalid"], "Only guideline editors"),
    ],
)
def test_a_command_says_what_is_in_the_way(town, edna, arguments, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = Event.objects.count()
    with pytest.raises(CommandError, match=sentence):
        said(*arguments)
    assert Event.objects.count() == before and not list(tmp_path.glob("x*"))


def test_an_archive_whose_picture_does_not_decode_leaves_nothing_behind(town, edna, other, otto, tmp_path):
    pictured(town, edna)
    files = within(zipped(town, edna))
    broken = b"\x89PNG\r\n\x1a\nand no picture"
    sha256 = hashlib.sha256(broken).hexdigest()
    name = next(name for name in sorted(files) if name.startswith("files/"))
    head = files["guideline.json"].decode().replace(name[6:70], sha256)
    spoilt = {key: body for key, body in files.items() if key != name}
    spoilt |= {f"files/{sha256}.png": broken, "guideline.json": head.encode()}
    before = Event.objects.count()
    with pytest.raises(CommandError) as refused:
        said("import", "elsewhere", str(laid(summed(spoilt), tmp_path / "spoilt")), "--by", "otto@elsewhere.invalid")
    assert f"files/{sha256}.png" in str(refused.value)
    assert Event.objects.count() == before and not Grant.objects.filter(project=other.project).exists()
