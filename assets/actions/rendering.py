"""Renditions: what people see or hear of an original, made once by each recipe's version."""

import hashlib
import io
import logging
import tempfile
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import IO

from celery import current_app
from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from kombu.exceptions import OperationalError

from assets.actions.decoding import Decoded, Made, decode
from assets.actions.hearing import hear, kind_of
from assets.actions.keeping import HEAD, PIECE, keep
from assets.actions.watching import video_of, watch
from assets.errors import NotASound, NotAVideo
from assets.models import Asset, Rendition
from assets.reads import RECIPES, SOUND_RECIPES, VIDEO_RECIPES, open_original, recipes_for

AT_ONCE, REST = 200, timedelta(minutes=1)
log = logging.getLogger(__name__)


def render_asset(*, asset_id: int, at: datetime, only: Collection[str] | None = None) -> int:
    """Make those renditions of an asset that its recipes in force still lack; give how many. Locks nothing.

    `only` names those recipes that are wanted; None is all of them.

    Twice at once is harmless: the same bytes go to the same place, and the second row of a pair is passed over.

    Raises:
        Gone: the storage has no bytes.
        NotAnImage, NotASound, NotAVideo: the decoder no longer takes what it took.
    """
    asset = Asset.objects.get(pk=asset_id)
    made = set(Rendition.objects.filter(asset=asset).values_list("recipe", "version"))
    recipes = [(name, told) for name, told in recipes_for(asset).items() if only is None or name in only]
    lacking = {recipe: measure for recipe, (version, measure) in recipes if (recipe, version) not in made}
    if not lacking:
        return 0
    with tempfile.TemporaryFile() as file, open_original(asset).file as original:
        while piece := original.read(PIECE):
            file.write(piece)
        file.flush()
        rows = [_kept(asset, one, at) for one in _decoded(asset, file, lacking).made]
    return sum(_noted(row) for row in rows)


def _decoded(asset: Asset, file: IO[bytes], lacking: dict[str, int]) -> Decoded:
    if not asset.sounds and not asset.moves:
        return decode(file, lacking)
    file.seek(0)
    head = file.read(HEAD)
    if asset.moves:
        video = video_of(head)
        if video is None:
            raise NotAVideo
        return watch(file, video, lacking)
    kind = kind_of(head)
    if kind is None:
        raise NotASound
    return hear(file, kind, lacking)


def enqueue_renditions(ids: Iterable[int]) -> None:
    """Ask a worker for renditions; a broker that is down is told to the log, and the clock asks again later."""
    try:
        for asset_id in ids:
            current_app.send_task("assets.make_renditions", args=[asset_id])
    except OperationalError as problem:
        log.warning("The broker is down, renditions wait for the clock: %s", problem)


def find_missing(*, at: datetime) -> list[int]:
    """Ask again for assets that lack a rendition a minute after they came, the newest first; give their ids."""
    in_force = Q()
    for recipe, (version, _) in (RECIPES | VIDEO_RECIPES | SOUND_RECIPES).items():
        in_force |= Q(renditions__recipe=recipe, renditions__version=version)
    counted = Asset.objects.annotate(made=Count("renditions", filter=in_force))
    whole = counted.filter(
        Q(made__gte=len(RECIPES | VIDEO_RECIPES))
        | Q(duration_ms__isnull=True, made__gte=len(RECIPES))
        | Q(width__isnull=True, made__gte=len(SOUND_RECIPES))
    )
    lacking = Asset.objects.filter(stored_at__lt=at - REST).exclude(pk__in=whole.values("pk"))
    ids = list(lacking.order_by("-pk").values_list("pk", flat=True)[:AT_ONCE])
    enqueue_renditions(ids)
    return ids


def _noted(row: Rendition) -> bool:
    """Write a rendition's row, unless another writer came first; tell whether it was written."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def _kept(asset: Asset, made: Made, at: datetime) -> Rendition:
    sha256 = hashlib.sha256(made.body).hexdigest()
    keep(sha256, io.BytesIO(made.body), len(made.body))
    return Rendition(
        asset=asset,
        recipe=made.recipe,
        version=recipes_for(asset)[made.recipe][0],
        sha256=sha256,
        media_type=made.media_type,
        bytes=len(made.body),
        width=made.width,
        height=made.height,
        made_at=at,
    )
