"""Files come in once, whole, and to the project that sent them."""

import hashlib
import io
import json
import os
import stat
import zlib
from pathlib import Path

import puremagic
import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from accounts.models import Project
from accounts.reads import Actor
from assets.actions import decoding, store
from assets.errors import NotAnImage, TooLarge
from assets.models import Asset, Grant
from assets.reads import asset_of, granted, open_original
from audit.models import Event, Payload
from tests.assets.conftest import picture, turned
from tests.conftest import AT

pytestmark = pytest.mark.django_db
GRANTED = "assets.asset_granted"


def kept(storage: Path) -> list[Path]:
    return sorted(path for path in storage.rglob("*") if path.is_file())


def assert_nothing_happened(storage: Path) -> None:
    assert not Asset.objects.exists() and not Grant.objects.exists() and not kept(storage)
    assert not Event.objects.filter(type=GRANTED).exists()


def chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")


def claims(width: int, height: int) -> bytes:
    """Write a PNG of a few bytes that says it is huge."""
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x01\x00\x00\x00\x00"
    pieces = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + pieces


@pytest.mark.parametrize(
    ("form", "media_type"),
    [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp"), ("GIF", "image/gif")],
)
def test_an_image_is_kept_under_its_digest(
    form: str, media_type: str, project: Project, by: Actor, storage: Path
) -> None:
    body = picture(form)
    asset, created = store(project=project, content=body, by=by, at=AT)
    sha256 = hashlib.sha256(body).hexdigest()
    assert created and str(asset) == f"sha256:{sha256}"
    assert (asset.media_type, asset.bytes, asset.width, asset.height) == (media_type, len(body), 60, 40)
    (path,) = kept(storage)
    assert path == storage / sha256[:2] / sha256 and path.read_bytes() == body
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with open_original(asset).file as file:
        assert file.read() == body


def test_the_grant_is_told_to_the_ledger_once(project: Project, by: Actor, storage: Path) -> None:
    body = picture()
    first, _ = store(project=project, content=body, by=by, at=AT)
    again, created = store(project=project, content=io.BytesIO(body), by=by, at=AT)
    assert again == first and not created
    event = Event.objects.get(type=GRANTED)
    assert event.stream == f"project/{project.uuid}" and event.project == project.uuid
    told = json.loads(bytes(Payload.objects.get(event=event).body))
    assert told == {"asset": str(first), "media_type": "image/png", "bytes": len(body)}
    assert len(kept(storage)) == Grant.objects.count() == 1


def test_what_other_projects_hold_is_new_to_this_one(
    project: Project, other: Project, by: Actor, storage: Path
) -> None:
    body = picture()
    first, _ = store(project=project, content=body, by=by, at=AT)
    assert granted(other, [first.sha256]) == set() and asset_of(other, first.sha256) is None
    same, created = store(project=other, content=body, by=by, at=AT)
    assert created and same == first
    assert len(kept(storage)) == Asset.objects.count() == 1 and Grant.objects.count() == 2


def test_a_file_of_another_project_is_decoded_all_the_same(
    project: Project, other: Project, by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(project=project, content=picture(), by=by, at=AT)
    monkeypatch.setattr(decoding, "PIXELS", 100)
    with pytest.raises(TooLarge):
        store(project=other, content=picture(), by=by, at=AT)
    assert not Grant.objects.filter(project=other).exists()


def test_the_projects_grants_are_told_in_one_statement(
    project: Project, by: Actor, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    asset, _ = store(project=project, content=picture(), by=by, at=AT)
    with django_assert_num_queries(1):
        assert granted(project, [asset.sha256, "0" * 64]) == {asset.sha256}
    with django_assert_num_queries(0):
        assert granted(project, []) == set()


def test_width_and_height_are_those_of_the_upright_picture(project: Project, by: Actor) -> None:
    asset, _ = store(project=project, content=picture("JPEG", exif=turned(6)), by=by, at=AT)
    assert (asset.width, asset.height) == (40, 60)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"%PDF-1.7\n",
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 100,
        b"\xff\xd8\xff\xe0" + b"\x00" * 2000,
        b"GIF89a",
        picture("BMP"),
        picture("TIFF"),
        picture("PNG")[:-300],
        picture("JPEG")[:-20],
        picture("WEBP")[:-200],
    ],
    ids=["empty", "text", "svg", "pdf", "png-head", "jpeg-head", "gif-head", "bmp", "tiff", "png", "jpeg", "webp"],
)
def test_what_is_no_whole_image_of_the_four_kinds_is_refused(
    content: bytes, project: Project, by: Actor, storage: Path
) -> None:
    with pytest.raises(NotAnImage):
        store(project=project, content=content, by=by, at=AT)
    assert_nothing_happened(storage)


def test_a_file_whose_first_bytes_and_decoder_disagree_is_refused(
    project: Project, by: Actor, storage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(puremagic, "from_string", lambda _head, mime: "image/gif")
    with pytest.raises(NotAnImage):
        store(project=project, content=picture("PNG"), by=by, at=AT)
    assert_nothing_happened(storage)


@pytest.mark.parametrize("size", [(10_001, 10_000), (60_000, 60_000), (2**31 - 1, 2**31 - 1)])
def test_a_picture_that_claims_too_many_pixels_is_refused(
    size: tuple[int, int], project: Project, by: Actor, storage: Path
) -> None:
    with pytest.raises(TooLarge):
        store(project=project, content=claims(*size), by=by, at=AT)
    assert_nothing_happened(storage)


def test_a_file_with_too_many_bytes_is_refused_before_it_is_read_whole(
    project: Project, by: Actor, storage: Path, settings: LazySettings
) -> None:
    settings.ASSET_BYTES = 100
    endless = io.BytesIO(b"x" * 10_000_000)
    with pytest.raises(TooLarge):
        store(project=project, content=endless, by=by, at=AT)
    assert endless.tell() <= 2**20
    assert_nothing_happened(storage)


@pytest.mark.parametrize(("limit", "value"), [("MEMORY", 120 * 2**20), ("WAIT_S", 0.01)])
def test_a_decoder_that_breaks_its_limits_is_a_refusal_and_ends(
    limit: str, value: float, project: Project, by: Actor, storage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoding, limit, value)
    with pytest.raises(NotAnImage):
        store(project=project, content=picture(size=(6000, 5000)), by=by, at=AT)
    assert_nothing_happened(storage)


def test_a_decoder_that_dies_is_a_refusal(
    project: Project, by: Actor, storage: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    killer = tmp_path / "killer.py"
    killer.write_text("import os; os.kill(os.getpid(), 11)")
    monkeypatch.setattr(decoding, "DECODER", killer)
    with pytest.raises(NotAnImage):
        store(project=project, content=picture(), by=by, at=AT)
    assert_nothing_happened(storage)


def test_the_decoder_sees_no_secret_of_the_house(
    project: Project, by: Actor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HITL_SECRET_KEY", "0" * 64)
    spy = tmp_path / "spy.py"
    spy.write_text(
        f"import os; open({str(tmp_path / 'seen')!r}, 'w').write(repr(dict(os.environ))); raise SystemExit(3)"
    )
    monkeypatch.setattr(decoding, "DECODER", spy)
    with pytest.raises(NotAnImage):
        store(project=project, content=picture(), by=by, at=AT)
    assert "HITL" not in (tmp_path / "seen").read_text()


def test_a_write_that_fails_leaves_neither_file_nor_row(
    project: Project, by: Actor, storage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        store(project=project, content=picture(), by=by, at=AT)
    assert_nothing_happened(storage)


def test_the_file_is_there_before_its_row(project: Project, by: Actor, storage: Path) -> None:
    with transaction.atomic():
        store(project=project, content=picture(), by=by, at=AT)
        transaction.set_rollback(True)
    assert not Asset.objects.exists() and not Event.objects.filter(type=GRANTED).exists()
    assert len(kept(storage)) == 1  # an orphan, that the next sender of these bytes takes up
    _, created = store(project=project, content=picture(), by=by, at=AT)
    assert created and len(kept(storage)) == 1


def test_sending_again_heals_bytes_that_were_lost(project: Project, by: Actor, storage: Path) -> None:
    store(project=project, content=picture(), by=by, at=AT)
    (path,) = kept(storage)
    for harm in (path.unlink, lambda: path.write_bytes(b"cut")):
        harm()
        _, created = store(project=project, content=picture(), by=by, at=AT)
        assert not created and path.read_bytes() == picture()


def test_only_the_first_frame_of_a_moving_picture_counts(project: Project, by: Actor) -> None:
    frames = [Image.new("RGB", (30, 20), colour) for colour in ("red", "blue")]
    for form in ("GIF", "WEBP", "PNG"):
        out = io.BytesIO()
        frames[0].save(out, form, save_all=True, append_images=frames[1:])
        asset, _ = store(project=project, content=out.getvalue(), by=by, at=AT)
        assert (asset.width, asset.height) == (30, 20)


def test_the_database_holds_one_asset_a_digest_and_one_grant_a_project(project: Project, by: Actor) -> None:
    asset, _ = store(project=project, content=picture(), by=by, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Asset.objects.create(sha256=asset.sha256, media_type="image/png", bytes=1, stored_at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.create(project=project, asset=asset, granted_at=AT)
