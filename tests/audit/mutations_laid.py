"""Mutations of a bundle's files: changed, missing, extra, renamed, and laid out in ways that would harm a reader."""

import os
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.audit import making
from tests.audit.making import Files
from tests.audit.mutations import Case, mutation
from tests.audit.mutations_told import CONTENTS, ERASURES, OUTSIDE, PAYLOADS


@mutation("late")
def a_changed_file(case):
    path = case.chance.choice(sorted(case.files.keys() - {"manifest.note"}))
    raw = case.files[path]
    at = case.chance.randrange(len(raw)) if raw else 0
    case.files[path] = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :] if raw else b"x"
    return 15


@mutation("late")
def a_longer_file(case):
    case.files["records.csv"] += b"x"
    return 15


@mutation("late")
def a_missing_file(case):
    del case.files[case.chance.choice(sorted(case.files.keys() - {"manifest.note"}))]
    return 13


@mutation("late")
def no_manifest(case):
    del case.files["manifest.note"]
    return 13


@mutation("plain")
def a_file_that_every_bundle_has_left_out(case):
    needed = ("consistency.json", PAYLOADS, CONTENTS, ERASURES, OUTSIDE, "entries.ndjson", "range_proof.json")
    del case.files[case.chance.choice(needed)]
    return 13


@mutation("late")
def an_extra_file(case):
    case.files[case.chance.choice(["more", "proofs/more", "anchors/1.s3.json"])] = b"{}\n"
    return 14


@mutation("late")
def a_renamed_file(case):
    case.files["records.tsv"] = case.files.pop("records.csv")
    return 13


def laid(name: str, write: Callable[[Path, Files], Path], code: int = 10) -> None:
    def told(case: Case) -> int:
        case.write = write
        return code

    told.__name__ = name
    mutation("late")(told)


def linked(root: Path, files: Files) -> Path:
    making.write_folder(root, files)
    (root.parent / "elsewhere").write_bytes(files["records.csv"])
    (root / "records.csv").unlink()
    (root / "records.csv").symlink_to(root.parent / "elsewhere")
    return root


def linked_folder(root: Path, files: Files) -> Path:
    making.write_folder(root, files)
    (root / "proofs").rename(root.parent / "elsewhere")
    (root / "proofs").symlink_to(root.parent / "elsewhere")
    return root


def outsized_folder(root: Path, files: Files) -> Path:
    """Have a file of 65 GiB that takes no room."""
    making.write_folder(root, files)
    os.truncate(root / "records.csv", 65 << 30)
    return root


def with_a_pipe(root: Path, files: Files) -> Path:
    making.write_folder(root, files)
    os.mkfifo(root / "pipe")
    return root


def zipped(change: Callable[[zipfile.ZipFile], None], *, after: bool = True) -> Callable[[Path, Files], Path]:
    def write(path: Path, files: Files) -> Path:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, raw in files.items():
                archive.writestr(name, raw)
            change(archive)
        return path

    return write


def bytes_changed(change: Callable[[bytes], bytes]) -> Callable[[Path, Files], Path]:
    def write(path: Path, files: Files) -> Path:
        making.write_zip(path, files)
        path.write_bytes(change(path.read_bytes()))
        return path

    return write


def member(name: str, mode: int = 0, kind: int = zipfile.ZIP_STORED) -> Callable[[zipfile.ZipFile], None]:
    def add(archive: zipfile.ZipFile) -> None:
        info = zipfile.ZipInfo(name)
        info.external_attr, info.compress_type = mode << 16, kind
        archive.writestr(info, b"x")

    return add


def encrypted(raw: bytes) -> bytes:
    at = raw.index(b"PK\x01\x02")
    return raw[: at + 8] + bytes([raw[at + 8] | 1]) + raw[at + 9 :]


def renamed_within(raw: bytes) -> bytes:
    at = raw.rindex(b"records.csv")
    return raw[:at] + b"records.tsv" + raw[at + 11 :]


def overlapping(raw: bytes) -> bytes:
    """State a member's stored size as far larger than the file."""
    at = raw.index(b"PK\x01\x02")
    return raw[: at + 20] + (1 << 30).to_bytes(4, "little") + raw[at + 24 :]


def outsized(raw: bytes) -> bytes:
    at = raw.rindex(b"PK\x05\x06")
    return raw[: at + 12] + (1 << 31).to_bytes(4, "little") + raw[at + 16 :]


def huge(raw: bytes) -> bytes:
    at = raw.index(b"PK\x01\x02")
    return raw[: at + 24] + (0xFFFFFFF0).to_bytes(4, "little") + raw[at + 28 :]


def swapped_data(raw: bytes) -> bytes:
    """Damage what is stored of the entries, so that it does not unpack to what its checksum says."""
    at = raw.index(b"entries.ndjson") + 14 + 200
    return raw[:at] + bytes(64) + raw[at + 64 :]


laid("a_link_in_a_folder", linked)
laid("a_folder_that_is_a_link", linked_folder)
laid("a_folder_of_65_gib", outsized_folder)
laid("a_pipe_in_a_folder", with_a_pipe)
laid("a_folder_in_a_folder", lambda root, files: making.write_folder(root, {**files, "proofs/a/b": b""}))
laid("a_hidden_file", lambda root, files: making.write_folder(root, {**files, ".hidden": b""}))
laid("names_that_differ_in_case", lambda root, files: making.write_folder(root, {**files, "Checkpoint": b""}))
laid("a_member_that_climbs", zipped(member("../x")))
laid("a_member_that_climbs_within", zipped(member("proofs/../x")))
laid("an_absolute_member", zipped(member("/tmp/x")))
laid("a_member_of_another_system", zipped(member("proofs\\x")))
laid("a_folder_as_a_member", zipped(member("proofs/")))
laid("a_member_that_is_a_link", zipped(member("x", stat.S_IFLNK | 0o777)))
laid("a_member_twice", zipped(member("records.csv")))
laid("a_member_in_another_compression", zipped(member("x", 0, zipfile.ZIP_BZIP2)))
laid("an_encrypted_member", bytes_changed(encrypted))
laid("a_member_with_two_names", bytes_changed(renamed_within), 13)
laid("members_larger_than_the_zip", bytes_changed(overlapping))
laid("a_zip_with_an_outsized_directory", bytes_changed(outsized))
laid("a_zip_without_its_end", bytes_changed(lambda raw: raw[:-30]))
laid("a_zip_of_nothing", bytes_changed(lambda raw: b""))
laid("a_zip_behind_something_else", bytes_changed(lambda raw: b"#!/bin/sh\n" + raw))
laid("a_zip_with_a_spoilt_directory", bytes_changed(lambda raw: raw.replace(b"PK\x01\x02", b"PK\x01\x03")))
laid("a_member_that_does_not_unpack", bytes_changed(swapped_data))
laid("no_bundle_at_all", lambda path, files: path, 2)
