"""What people see of an original is made once, upright and without what the camera wrote."""

import io
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from celery import Celery, current_app
from django.conf import settings
from django.db import IntegrityError, transaction
from PIL import Image, ImageChops
from pytest_django import DjangoCaptureOnCommitCallbacks
from redis import Redis

from accounts.models import Project
from accounts.reads import Actor
from assets.actions import enqueue_renditions, find_missing, rendering, show, showing, store
from assets.beat import find_missing_renditions
from assets.errors import Gone, NotMade
from assets.jobs import make_renditions
from assets.models import Asset, Rendition
from assets.reads import RECIPES, open_rendition
from tests.assets.conftest import picture, turned
from tests.conftest import AT

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
MINUTE = timedelta(minutes=1)


@pytest.fixture
def broker() -> "Redis[bytes]":
    """Give the broker with nothing waiting in it."""
    redis = Redis.from_url(settings.CELERY_BROKER_URL)
    redis.delete("celery")
    return redis


@pytest.fixture
def asset(project: Project, by: Actor) -> Asset:
    return store(project=project, content=picture("JPEG", size=(2000, 1000), exif=turned(6)), by=by, at=AT)[0]


def seen(asset: Asset, recipe: str) -> Image.Image:
    with open_rendition(asset, recipe).file as file:
        return Image.open(io.BytesIO(file.read()))


def test_thumbnail_and_screen_are_made_upright_and_without_metadata(asset: Asset) -> None:
    make_renditions(asset.pk)
    for recipe, size in (("thumbnail", (160, 320)), ("screen", (800, 1600))):
        image = seen(asset, recipe)
        assert (image.format, image.size) == ("WEBP", size)
        assert not image.getexif() and not {"exif", "xmp", "icc_profile"} & set(image.info)
        row = Rendition.objects.get(recipe=recipe)
        assert (row.width, row.height, row.media_type, row.version) == (*size, "image/webp", RECIPES[recipe][0])


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_turned_upright(orientation: int, project: Project, by: Actor) -> None:
    upright = Image.open(io.BytesIO(picture("PNG", size=(300, 200))))
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    stored = upright.transpose(Image.Transpose(back[orientation])) if orientation in back else upright
    out = io.BytesIO()
    stored.save(out, "PNG", exif=turned(orientation))
    asset, _ = store(project=project, content=out.getvalue(), by=by, at=AT)
    make_renditions(asset.pk)
    shown = seen(asset, "screen").convert("RGB")
    assert shown.size == upright.size == (asset.width, asset.height)
    difference = ImageChops.difference(shown, upright.convert("RGB")).convert("L").histogram()
    assert sum(level * count for level, count in enumerate(difference)) / (300 * 200) < 12


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_every_mode_can_be_shown(mode: str, project: Project, by: Actor) -> None:
    if mode == "I;16":
        grey = Image.linear_gradient("L").convert("I").point(lambda value: value * 16 + 0).convert("I;16")
        out = io.BytesIO()
        grey.save(out, "PNG")
        body = out.getvalue()
    else:
        body = picture("JPEG" if mode == "CMYK" else "PNG", mode=mode)
    asset, _ = store(project=project, content=body, by=by, at=AT)
    make_renditions(asset.pk)
    shown = seen(asset, "screen")
    assert shown.size == (asset.width, asset.height)
    if mode == "I;16":
        assert shown.convert("L").getextrema() == (0, 255) or shown.convert("L").getextrema()[1] > 245


def test_a_small_picture_is_not_blown_up(project: Project, by: Actor) -> None:
    asset, _ = store(project=project, content=picture(size=(60, 40)), by=by, at=AT)
    make_renditions(asset.pk)
    assert seen(asset, "thumbnail").size == seen(asset, "screen").size == (60, 40)


def test_an_original_never_stands_in_for_a_rendition_that_is_not_made(asset: Asset) -> None:
    for recipe in RECIPES:
        with pytest.raises(NotMade):
            open_rendition(asset, recipe)
    with pytest.raises(KeyError):
        open_rendition(asset, "poster")


def test_what_no_worker_has_made_is_made_when_it_is_to_be_shown(asset: Asset) -> None:
    with show(asset=asset, recipe="screen", at=AT).file as file:
        image = Image.open(io.BytesIO(file.read()))
    assert (image.format, image.size, dict(image.getexif())) == ("WEBP", (800, 1600), {})
    assert Rendition.objects.count() == 2
    first = show(asset=asset, recipe="screen", at=AT, version=RECIPES["screen"][0])
    first.file.close()
    assert (first.sha256, Rendition.objects.count()) == (Rendition.objects.get(recipe="screen").sha256, 2)


def test_while_others_are_being_made_nothing_is_shown(asset: Asset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(showing, "PATIENCE_S", 0.01)
    monkeypatch.setattr(showing, "_decoders", threading.BoundedSemaphore(1))
    with showing._decoders, pytest.raises(NotMade):
        show(asset=asset, recipe="screen", at=AT)
    assert not Rendition.objects.exists()
    show(asset=asset, recipe="screen", at=AT).file.close()


def test_a_version_that_is_in_force_no_more_is_shown_if_it_was_made_and_not_made_anew(
    asset: Asset, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_renditions(asset.pk)
    old = Rendition.objects.get(recipe="screen").sha256
    monkeypatch.setitem(RECIPES, "screen", (2, 100))
    shown = [show(asset=asset, recipe="screen", at=AT, version=version) for version in (1, 2, None)]
    for one in shown:
        one.file.close()
    assert shown[0].sha256 == old != shown[1].sha256 == shown[2].sha256
    with pytest.raises(Gone):
        show(asset=asset, recipe="screen", at=AT, version=3)


def test_bytes_that_are_gone_are_told_as_gone(asset: Asset, storage: Path) -> None:
    (storage / asset.sha256[:2] / asset.sha256).unlink()
    with pytest.raises(Gone):
        show(asset=asset, recipe="screen", at=AT)
    with pytest.raises(Gone):
        make_renditions(asset.pk)
    assert not Rendition.objects.exists()


def test_the_job_run_twice_does_nothing_the_second_time(asset: Asset, monkeypatch: pytest.MonkeyPatch) -> None:
    make_renditions(asset.pk)
    first = set(Rendition.objects.values_list("pk", "sha256"))
    make_renditions(asset.pk)
    assert set(Rendition.objects.values_list("pk", "sha256")) == first and len(first) == 2


def test_a_new_version_of_a_recipe_is_made_beside_the_old(asset: Asset, monkeypatch: pytest.MonkeyPatch) -> None:
    make_renditions(asset.pk)
    monkeypatch.setitem(RECIPES, "thumbnail", (2, 100))
    assert find_missing(at=AT + 2 * MINUTE) == [asset.pk]
    make_renditions(asset.pk)
    assert seen(asset, "thumbnail").size == (50, 100)
    assert Rendition.objects.filter(recipe="thumbnail").count() == 2 and Rendition.objects.count() == 3


def test_storing_asks_a_worker_after_the_commit(
    project: Project,
    by: Actor,
    broker: "Redis[bytes]",
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        store(project=project, content=picture(), by=by, at=AT)
        assert broker.llen("celery") == 0
    assert broker.llen("celery") == 1
    with django_capture_on_commit_callbacks(execute=True):
        store(project=project, content=picture(), by=by, at=AT)
    assert broker.llen("celery") == 1
    assert "assets.make_renditions" in current_app.tasks


def test_a_lost_broker_loses_no_request(
    project: Project,
    by: Actor,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    lost = Celery("lost", broker="redis://127.0.0.1:1/0", set_as_current=False)
    lost.conf.update(task_publish_retry=False, broker_transport_options={"max_retries": 0})
    monkeypatch.setattr(rendering, "current_app", lost)
    with django_capture_on_commit_callbacks(execute=True):
        asset, created = store(project=project, content=picture(), by=by, at=AT)
    assert created and Asset.objects.get() == asset
    assert "The broker is down" in caplog.text


def test_the_clock_finds_what_a_lost_broker_lost(asset: Asset, broker: "Redis[bytes]") -> None:
    assert find_missing(at=AT + MINUTE) == []
    assert find_missing(at=AT + 2 * MINUTE) == [asset.pk]
    assert broker.llen("celery") == 1
    make_renditions(asset.pk)
    assert find_missing(at=AT + 2 * MINUTE) == []


def test_the_clock_is_told_to_look(asset: Asset, broker: "Redis[bytes]") -> None:
    schedule = {entry["task"] for entry in current_app.conf.beat_schedule.values()}
    assert find_missing_renditions.name in schedule
    Asset.objects.update(stored_at=AT - timedelta(days=400))
    find_missing_renditions()
    assert broker.llen("celery") == 1


def test_asking_for_nothing_asks_nobody(broker: "Redis[bytes]") -> None:
    enqueue_renditions([])
    assert broker.llen("celery") == 0


def test_the_database_holds_one_rendition_a_recipes_version(asset: Asset) -> None:
    make_renditions(asset.pk)
    row = Rendition.objects.get(recipe="screen")
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_a_rendition_once_made_never_changes(asset: Asset) -> None:
    make_renditions(asset.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Rendition.objects.update(sha256="0" * 64)
    with pytest.raises(IntegrityError), transaction.atomic():
        Rendition.objects.all().delete()
    assert not Rendition.objects.filter(sha256="0" * 64).exists() and Rendition.objects.count() == 2
