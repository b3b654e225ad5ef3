"""Archives that are not what they should be: each is refused with the file and a sentence. No database."""

import contextlib
import hashlib
import io
import json
import os
import stat
import struct
import zipfile
from typing import Any

import pytest

from guidelines.content import (
    Archive,
    documents,
    file_name,
    read,
    shaped_guideline,
    shaped_taxonomy,
    unpacked,
    write_zip,
)
from guidelines.content import unpacking as limits
from guidelines.content.archive import shown
from guidelines.errors import BadArchive
from tests.guidelines.packing import Files, laid, repacked, summed, within
from tests.guidelines.writing import GUIDELINE, TAXONOMY, copied

PIXEL = b"bytes of a picture"
NAME = file_name(hashlib.sha256(PIXEL).hexdigest(), "image/png")


def good() -> Files:
    document = copied(GUIDELINE)
    shown_one = {"id": "p", "kind": "image", "verdict": "correct", "caption": "A set.", "section": "toys"}
    document["examples"].append(shown_one | {"asset": f"sha256:{NAME[6:70]}"})
    guideline = shaped_guideline({**document, "language": "en", "taxonomy": ""})
    out = io.BytesIO()
    write_zip(out, documents(shaped_taxonomy(TAXONOMY), guideline), {NAME: lambda: io.BytesIO(PIXEL)})
    return within(out.getvalue())


def opened(source: Any) -> Archive:
    with unpacked(source) as packed:
        return read(packed)


def refused(source: Any) -> tuple[list[str], str]:
    with pytest.raises(BadArchive) as problem:
        opened(source)
    told = problem.value
    return [name for name, _ in told.fields], " ".join([told.sentence, *(sentence for _, sentence in told.fields)])


def head(**changes: Any) -> bytes:
    return json.dumps(json.loads(good()["guideline.json"]) | changes).encode()


def test_what_is_written_is_read_back_to_the_letter():
    found = opened(repacked(good()))
    assert found.taxonomy == shaped_taxonomy(TAXONOMY)
    assert found.guideline.sections[0].text == "Say which animal is **seen**."
    assert found.files == {NAME[6:70]: NAME}
    assert summed(good()) == good()


@pytest.mark.parametrize(
    "name",
    [
        "../guideline.json",
        "sections/../../outside.md",
        "/etc/passwd",
        "C:\\guideline.json",
        "sections\\001-start.md",
        "sections/1-start.md",
        "sections/001-Start.md",
        "sections/001-start.md ",
        "sections/deeper/001-start.md",
        "files/x.png",
        f"files/{'a' * 64}.svg",
        f"files/{'A' * 64}.png",
        "GUIDELINE.JSON",
        "readme.md",
        "images/",
        "sections/001-st\u0430rt.md",
        "./guideline.json",
        "",
    ],
)
def test_a_name_without_a_place_is_refused(name):
    names, _ = refused(repacked(good() | {name: b""}))
    assert names == [shown(name)]


def test_a_name_that_goes_on_behind_a_nul_is_refused():
    body = repacked(good() | {"taxonomy.jsonX.exe": b""}).getvalue()
    assert refused(io.BytesIO(body.replace(b"jsonX.exe", b"json\x00.exe")))[0] == ["taxonomy.json\\x00.exe"]


@pytest.mark.parametrize("sign", ["\\u0000", "\\ud800"])
def test_a_text_holds_no_character_that_no_database_holds(sign):
    taxonomy = json.dumps(TAXONOMY).replace(TAXONOMY["labels"][0]["definition"], f"A{sign}cat")
    names, told = refused(repacked(summed(good() | {"taxonomy.json": taxonomy.encode()})))
    assert names == ["taxonomy.json"] and f"labels[0].definition: U+{sign[2:].upper()} stands here" in told
    titled = head().replace(b'"title": "', f'"title": "{sign}'.encode(), 1)
    names, told = refused(repacked(summed(good() | {"guideline.json": titled})))
    assert names == ["guideline.json"] and "sections[0].title: " in told


def test_a_section_holds_no_nul():
    names, told = refused(repacked(summed(good() | {"sections/001-start.md": b"One\nT\0wo\n"})))
    assert names == ["sections/001-start.md"] and "line 2: U+0000" in told


def test_a_hostile_name_is_shown_without_its_tricks():
    assert shown("a\u202eb\n\x1b[31m" + "x" * 900) == ("a\\u202eb\\x0a\\x1b[31m" + "x" * 900)[:120]
    assert shown("") == "''"


@pytest.mark.parametrize("mode", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFDIR])
def test_a_link_or_a_device_is_refused(mode):
    assert "no plain file" in refused(repacked(good(), mode=mode))[1]


def test_links_and_odd_things_in_a_folder_are_refused(tmp_path):
    place = laid(good(), tmp_path / "a")
    (place / "sections" / "004-more.md").symlink_to(tmp_path / "secret")
    assert refused(place)[0] == ["sections/004-more.md"]
    (place / "sections" / "004-more.md").unlink()
    os.mkfifo(place / "sections" / "004-more.md")
    assert refused(place)[0] == ["sections/004-more.md"]
    (place / "sections" / "004-more.md").unlink()
    (place / "more").mkdir()
    assert refused(place)[0] == ["more"]
    (place / "more").rmdir()
    (place / "files").rename(tmp_path / "elsewhere")
    (place / "files").symlink_to(tmp_path / "elsewhere")
    assert refused(place)[0] == ["files"]


def test_a_file_that_becomes_a_link_after_it_was_listed_is_not_followed(tmp_path):
    place = laid({name: body for name, body in good().items() if name != "SHA256SUMS"}, tmp_path / "a")
    with unpacked(place) as packed:
        text = place / "sections" / "001-start.md"
        text.rename(tmp_path / "secret.md")
        text.symlink_to(tmp_path / "secret.md")
        with pytest.raises(BadArchive):
            read(packed)


def test_a_name_that_stands_twice_is_refused():
    out = repacked(good())
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(out, "a") as archive:
        archive.writestr("guideline.json", good()["guideline.json"])
    assert refused(out) == (["guideline.json"], refused(out)[1]) and "twice" in refused(out)[1]
    double = file_name(NAME[6:70], "image/webp")
    assert "twice" in refused(repacked(summed(good() | {double: PIXEL})))[1]


@pytest.mark.parametrize("name", ["guideline.json", "taxonomy.json", "SHA256SUMS", "sections/002-cats.md", NAME])
def test_a_missing_file_is_named(name):
    files = {key: body for key, body in good().items() if key != name}
    assert refused(repacked(files))[0] == [name]
    if name != "SHA256SUMS":
        told = refused(repacked(summed(files)))
        assert name in told[0] or told[0] == ["guideline.json"]


def test_a_byte_that_changed_is_found_by_its_sum():
    files = good()
    assert refused(repacked(files | {"sections/002-cats.md": b"Four legs.\n"}))[0] == ["sections/002-cats.md"]
    assert refused(repacked(files | {NAME: b"bytes of a forgery"}))[0] == [NAME]
    assert refused(repacked(summed(files | {NAME: b"bytes of a forgery"})))[0] == [NAME]
    extra = {"sections/004-more.md": b"More.\n"}
    assert refused(repacked(files | extra))[0] == ["sections/004-more.md"]
    assert "names this file" in refused(repacked(summed(files | extra)))[1]


@pytest.mark.parametrize(
    "sums", [b"", b"nothing\n", b"\xff\xfe", b"0" * 64 + b" *guideline.json\n", good()["SHA256SUMS"] * 2]
)
def test_sums_that_do_not_read_are_refused(sums):
    refused(repacked(good() | {"SHA256SUMS": sums}))


def test_a_file_that_no_example_names_is_refused():
    stray = b"another picture"
    name = file_name(hashlib.sha256(stray).hexdigest(), "image/png")
    assert refused(repacked(summed(good() | {name: stray})))[0] == [name]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"{", "does not read"),
        (b"[]", "no JSON object"),
        (b"\xff\xfe{}", "not UTF-8"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        (head().replace(b'"language"', b'"format": 1, "language"'), "twice"),
        (head(format=2), "format 1"),
        (head(format=True), "format 1"),
        (b'{"format": NaN}', "no numbers"),
        (b"[" * 100_000, "does not read"),
        (head(colour="red"), "unknown field"),
        (head(sections=7), "does not read"),
        (head(sections=[{"id": "../x", "kind": "other", "title": "X"}]), "sections[0].id"),
        (head(sections=[{"id": "start", "kind": "poem", "title": "X"}]), "does not read"),
        (head(sections=[{"id": "start", "kind": "other", "title": "X", "text": "two places"}]), "unknown field"),
        (head(language="en\nX"), "language"),
        (head(language="x" * 40), "language"),
        (head(examples=[{"id": "a", "kind": "image", "verdict": "correct", "asset": "sha256:../../x"}]), "examples[0]"),
        (head(examples=[{"id": "a", "kind": "image", "verdict": "perhaps"}]), "does not read"),
        (b'"' + b"x" * (9 << 20) + b'"', "bytes"),
    ],
)
def test_a_head_that_is_wrong_is_refused(body, sentence):
    names, told = refused(repacked(summed(good() | {"guideline.json": body}), method=zipfile.ZIP_STORED))
    assert names == ["guideline.json"] and sentence in told


@pytest.mark.parametrize(
    "body",
    [b'{"labels": [{"name": "no code"}]}', b'{"labels": [], "colour": 1}', b'{"labels": [], "labels": []}', b"null"],
)
def test_labels_that_are_wrong_are_refused(body):
    assert refused(repacked(summed(good() | {"taxonomy.json": body})))[0] == ["taxonomy.json"]


def test_a_text_that_is_no_text_is_refused():
    files = summed(good() | {"sections/002-cats.md": b"\xe9t\xe9\n"})
    assert refused(repacked(files)) == (["sections/002-cats.md"], refused(repacked(files))[1])


def test_bombs_are_refused_before_they_are_unpacked(monkeypatch):
    bomb = repacked(summed(good() | {"sections/002-cats.md": b"x" * (4 << 20)}))
    assert "100 to 1" in refused(bomb)[1]
    monkeypatch.setattr(limits, "MOST_BYTES", 1000)
    assert "at most 1,000 bytes" in refused(repacked(good()))[1]
    monkeypatch.undo()
    monkeypatch.setattr(limits, "MOST_FILES", 5)
    assert "at most 5 files" in refused(repacked(good()))[1]


def test_a_directory_of_more_files_than_may_be_is_not_even_read(monkeypatch):
    packed = repacked(good())
    monkeypatch.setattr(limits, "MOST_DIRECTORY", 100)
    monkeypatch.setattr(zipfile, "ZipFile", None)
    assert "files" in refused(packed)[1]


def test_a_size_that_is_a_lie_gives_no_more_than_it_says():
    body = bytearray(repacked(good()).getvalue())
    place = body.rindex(b"PK\x01\x02", 0, body.rindex(b"taxonomy.json"))
    struct.pack_into("<L", body, place + 24, 10)
    assert refused(io.BytesIO(bytes(body)))[0] == ["taxonomy.json"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: b"",
        lambda body: body[: len(body) // 2],
        lambda body: body + b"more",
        lambda body: b"#!/bin/sh\n" + body,
        lambda body: body[:-2] + b"\x04\x00note",
        lambda body: b"PK\x05\x06" + bytes(18),
        lambda body: body[:40] + b"\x00" + body[41:],
        lambda body: body[:-22] + b"PK\x06\x07" + bytes(16) + body[-22:],
    ],
)
def test_what_is_no_whole_zip_is_refused(spoil):
    refused(io.BytesIO(spoil(repacked(good()).getvalue())))


def test_encrypted_and_strangely_packed_files_are_refused():
    body = bytearray(repacked(good()).getvalue())
    place = body.rindex(b"PK\x01\x02", 0, body.rindex(b"taxonomy.json"))
    struct.pack_into("<H", body, place + 8, 1)
    assert "encrypted" in refused(io.BytesIO(bytes(body)))[1]
    assert "encrypted" in refused(repacked(good(), method=zipfile.ZIP_LZMA))[1]


@pytest.mark.parametrize("seed", range(200))
def test_an_archive_with_any_byte_changed_reads_the_same_or_not_at_all(seed):
    body = bytearray(repacked(good()).getvalue())
    whole = opened(io.BytesIO(bytes(body)))
    place = int.from_bytes(hashlib.sha256(b"%d" % seed).digest()[:4], "big") % len(body)
    body[place] ^= 1 + seed % 255
    with contextlib.suppress(BadArchive):
        assert opened(io.BytesIO(bytes(body))) == whole
