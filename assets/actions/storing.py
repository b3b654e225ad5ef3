"""Taking a file in: checked, kept once, granted to a project."""

import hashlib
import tempfile
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import IO

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import lock_project, record_on_project
from accounts.models import Project
from accounts.reads import Actor
from assets.actions.decoding import Decoded, decode
from assets.actions.hearing import hear, kind_of, moving
from assets.actions.keeping import HEAD, PIECE, keep
from assets.actions.rendering import enqueue_renditions
from assets.actions.watching import StandsStill, video_of, watch
from assets.errors import NotAnImage, TooLarge
from assets.models import Asset, Grant


@dataclass(frozen=True, slots=True)
class Taken:
    """A file whose bytes are checked and kept, to which the project has no right yet; `known` is one that it holds."""

    sha256: str
    bytes: int
    decoded: Decoded | None = None
    known: Asset | None = None


def store(
    *, project: Project, content: bytes | IO[bytes], by: Actor, at: datetime, videos: bool = False
) -> tuple[Asset, bool]:
    """Take in an image or a sound and give the project a right to it; the same bytes again change nothing.

    A video too where the caller has a use for `videos`: guidelines show them, items do not.

    Gives the asset, and whether it is new to this project: what other projects hold shows in nothing, not even in the
    time taken. Decoding and writing come before the transaction, which then locks the project.

    Raises:
        TooLarge: more bytes than `HITL_ASSET_BYTES`, or too many pixels.
        NotAnImage: no JPEG, PNG, WebP or GIF that decodes to its end, and not the beginning of a sound.
        NotASound: no WAV, FLAC, MP3, Ogg, M4A or AAC that decodes to its end, or more in it than one sound.
        NotAVideo: with `videos`, no MP4 or WebM that decodes to its end, or more in it than one video.
        TooLong: a sound of more than `HITL_SOUND_MINUTES`, or a video of more than a minute.
    """
    return grant(project=project, taken=take(project=project, content=content, videos=videos), by=by, at=at)


def take(*, project: Project, content: bytes | IO[bytes], videos: bool = False) -> Taken:
    """Decode a file and keep its bytes, so that several can be granted in one short transaction.

    Refuses as `store` does, and writes no row.
    """
    with tempfile.TemporaryFile() as file:
        sha256, size = _receive(content, file)
        known = Asset.objects.filter(sha256=sha256, grant__project=project).first()
        if known and known.moves and not videos:
            raise moving()
        decoded = None if known else _examine(file, videos)
        keep(sha256, file, size)  # of one that is known it heals a storage that has lost the bytes
        return Taken(sha256, size, decoded, known)


@transaction.atomic
def grant(*, project: Project, taken: Taken, by: Actor, at: datetime) -> tuple[Asset, bool]:
    """Give a project a right to a file that was taken in; gives what `store` gives. Locks the project."""
    if taken.known is not None:
        return taken.known, False
    assert taken.decoded is not None
    return _grant(project, taken.sha256, taken.bytes, taken.decoded, by, at)


def _receive(content: bytes | IO[bytes], file: IO[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    pieces = iter([content]) if isinstance(content, bytes) else iter(partial(content.read, PIECE), b"")
    for piece in pieces:
        size += len(piece)
        if size > settings.ASSET_BYTES:
            raise TooLarge(
                _("This file has more than %(n)s bytes; send a smaller one.") % {"n": f"{settings.ASSET_BYTES:,}"}
            )
        digest.update(piece)
        file.write(piece)
    file.flush()
    return digest.hexdigest(), size


def _examine(file: IO[bytes], videos: bool) -> Decoded:
    """Decode a file as what its first bytes say it is, whatever its name says."""
    file.seek(0)
    head = file.read(HEAD)
    kind = kind_of(head)
    video = video_of(head) if videos else None
    if video is not None:
        try:
            return watch(file, video, {})
        except StandsStill:
            if kind is None:
                raise
    if kind is not None:
        return hear(file, kind, {})
    import puremagic  # loaded with the first picture

    try:
        said = puremagic.from_string(head, mime=True)
    except (puremagic.PureError, ValueError) as problem:
        raise NotAnImage from problem
    decoded = decode(file, {})
    if said != decoded.media_type:
        raise NotAnImage
    return decoded


def _grant(project: Project, sha256: str, size: int, decoded: Decoded, by: Actor, at: datetime) -> tuple[Asset, bool]:
    project = lock_project(project.pk)
    fresh = {
        "media_type": decoded.media_type,
        "bytes": size,
        "width": decoded.width,
        "height": decoded.height,
        "duration_ms": decoded.duration_ms,
        "stored_at": at,
    }
    asset, unknown = Asset.objects.get_or_create(sha256=sha256, defaults=fresh)
    _, created = Grant.objects.get_or_create(project=project, asset=asset, defaults={"granted_at": at})
    if created:
        told = {"asset": f"sha256:{sha256}", "media_type": asset.media_type, "bytes": size}
        record_on_project(project, "assets.asset_granted", by=by, at=at, sections={"asset": told})
    if unknown:
        transaction.on_commit(partial(enqueue_renditions, [asset.pk]))
    return asset, created
