"""Renditions: what people see of an original, made once by each recipe's version."""

import hashlib
import io
import logging
import tempfile
from collections.abc import Iterable
from datetime import datetime, timedelta

from celery import current_app
from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from kombu.exceptions import OperationalError

from assets.actions.decoding import Made, decode
from assets.actions.keeping import PIECE, keep
from assets.models import Asset, Rendition
from assets.reads import RECIPES, open_original

AT_ONCE, REST = 200, timedelta(minutes=1)
log = logging.getLogger(__name__)


def render_asset(*, asset_id: int, at: datetime) -> int:
    """Make those renditions of an asset that its recipes in force still lack; give how many. Locks nothing.

    Twice at once is harmless: the same bytes go to the same place, and the second row of a pair is passed over.

    Raises:
        Gone: the storage has no bytes.
        NotAnImage: the decoder no longer takes what it took.
    """
    asset = Asset.objects.get(pk=asset_id)
    made = set(Rendition.objects.filter(asset=asset).values_list("recipe", "version"))
    lacking = {recipe: side for recipe, (version, side) in RECIPES.items() if (recipe, version) not in made}
    if not lacking:
        return 0
    with tempfile.TemporaryFile() as file, open_original(asset).file as original:
        while piece := original.read(PIECE):
            file.write(piece)
        file.flush()
        rows = [_kept(asset, one, at) for one in decode(file, lacking).made]
    return sum(_noted(row) for row in rows)


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
    for recipe, (version, _) in RECIPES.items():
        in_force |= Q(renditions__recipe=recipe, renditions__version=version)
    whole = Asset.objects.annotate(made=Count("renditions", filter=in_force)).filter(made__gte=len(RECIPES))
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
        version=RECIPES[made.recipe][0],
        sha256=sha256,
        media_type="image/webp",
        bytes=len(made.body),
        width=made.width,
        height=made.height,
        made_at=at,
    )
