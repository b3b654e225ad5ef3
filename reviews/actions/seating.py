"""Seating a person: the claim's row, what it shows, and the lease on its seat."""

import datetime as dt
import hashlib
import json
from typing import Any

import msgspec
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.errors import Forbidden, NotFound
from accounts.reads import Actor
from assets.reads import in_force
from audit.actions import Fact
from audit.models.sql import Row
from audit.reads import canonical, uuid7
from reviews.actions.gating import see_acknowledged
from reviews.actions.trail import Ground, Trail
from reviews.reads.complaints import complaint_of
from reviews.reads.held import Held, held, hides_proposal, look_at_seat
from reviews.reads.measured import changed_beside
from reviews.reads.media import Media, files_in, media_of
from reviews.reads.prior import Prior, prior_of
from reviews.reads.published import rights_of
from reviews.reads.sent import sent_of
from reviews.reads.veils import veil_of_seat
from reviews.rights import changed_as_told

MOST_FILES = 8  # named one by one; a manifest keeps within 4 KB
MARK_FROM = 40  # of the window: what others are taking just now is passed over as well, and no reason for a mark
NOTE_CLAIM = (
    "INSERT INTO reviews_claim (token, seat_id, task_id, person_id, via, claimed_at, event_id) "
    "VALUES (%s, %s, %s, %s, %s, %s, {event}) RETURNING id"
)
NOTE_SHOWN = (
    "INSERT INTO reviews_presentation (claim_id, taxonomy_id, guideline_id, card_id, manifest) "
    "VALUES ({made}, %s, %s, %s, %s)"
)
LEASE = (
    "UPDATE reviews_seat SET state = 'leased', person_id = %s, slot = %s, lease_until = %s, claim_id = {made} "
    "WHERE id = %s"
)
MOVE_HEAD = "UPDATE reviews_task SET sseq = %s, head = %s WHERE id = %s"
MARK = """
INSERT INTO reviews_watermark (person_id, lane_id, rank, due_at, seat_id, drop_at) VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (person_id, lane_id) DO UPDATE SET rank = excluded.rank, due_at = excluded.due_at,
    seat_id = excluded.seat_id,
    drop_at = CASE WHEN reviews_watermark.drop_at > %s THEN reviews_watermark.drop_at ELSE excluded.drop_at END
"""


def ground_of(seen: Row) -> Ground:
    """Give the project that a looked-at seat's events belong to."""
    return Ground(seen.project_id, seen.project_uuid, (seen.log_id, seen.origin))


def working_person(by: Actor) -> int:
    """Give the person who works; a service never does.

    Raises:
        Forbidden: the actor is no person.
    """
    if by.person_id is None:
        raise Forbidden(_("Only a person claims and decides; use a personal token."))
    return by.person_id


def shown(seen: Row) -> Held:
    """Shape a claimed seat by the manifest that its claim kept."""
    manifest = json.loads(seen.manifest)
    return held(seen, prior=prior_of(seen.item_id, seen.task_id, seen.kind), manifest=manifest)


def seat_claim(
    seat_id: int, person_id: int, *, slot: str, until: dt.datetime, by: Actor, at: dt.datetime, trail: Trail
) -> Held:
    """Write a claim on a seat that the caller holds locked with its task.

    `trail` carries the caller's earlier events on the task's stream; they are written here.
    """
    seen = look_at_seat(seat_id, person_id, at)
    if seen is None:
        raise NotFound
    return write_claim(seen, person_id, slot=slot, until=until, by=by, at=at, trail=trail)


def write_claim(
    seen: Row,
    person_id: int,
    *,
    slot: str,
    until: dt.datetime,
    by: Actor,
    at: dt.datetime,
    trail: Trail | None = None,
) -> Held:
    """Write a claim on a seat that is locked with its task and was looked at: event, claim, presentation, lease.

    Raises:
        AcknowledgementDue: the guideline or the card that it names asks to be acknowledged first.
    """
    see_acknowledged(seen)
    by = by.as_role(acting_role(seen))
    prior = prior_of(seen.item_id, seen.task_id, seen.kind)
    manifest = present(seen, prior)
    body = canonical(manifest)
    token, stream = uuid7(at), f"task/{seen.task_uuid}"
    trail = trail or Trail(ground_of(seen), by, at)
    trail.at_head(stream, seen.task_sseq, seen.task_head)
    trail.add(
        stream,
        "reviews.claimed",
        tags_of(seen),
        claim={"token": str(token), "slot": slot, "seat": seen.seat_number},
        presentation=msgspec.Raw(body),
    )
    head = trail.heads[stream]
    trail.write(
        Fact("made", NOTE_CLAIM, (token, seen.seat_id, seen.task_id, person_id, by.via, at)),
        Fact("shown", NOTE_SHOWN, (seen.taxonomy_id, seen.guideline_id, card_shown(seen), body)),
        Fact("leased", LEASE, (person_id, slot, until, seen.seat_id)),
        Fact("moved", MOVE_HEAD, (head.sseq, head.hash, seen.task_id)),
        *_marking(person_id, seen, at),
    )
    seen.token, seen.slot, seen.lease_until, seen.opened_at = token, slot, until, None
    return held(seen, prior=prior, manifest=manifest)


def acting_role(seen: Row) -> str:
    """Give the role that entitles this person to work in the seat's queue, by the decision rights in force.

    Raises:
        Forbidden: none of their roles does.
    """
    rows = [row for row in rights_of(seen.standing_body).verdicts if row.queue == seen.queue_slug]
    for row in rows:
        if row.role in seen.roles:
            return row.role
    raise Forbidden(_("You hold no role that works in this queue now."))


def tags_of(seen: Row) -> dict[str, Any]:
    """Give the tags that events about this seat's item carry."""
    return {
        "item": str(seen.item_uuid),
        "queue": str(seen.queue_uuid),
        "model": str(seen.model_uuid) if seen.model_uuid else None,
        "rights": seen.rights_number,
        "kind": seen.kind,
        "source": None,
    }


def present(seen: Row, prior: list[Prior], media: Media | None = None, *, recipe: str = "screen") -> dict[str, Any]:
    """Make the manifest of what a claim shows: digests and versions, at most 4 KB.

    `media` is what is known of its files by the `recipe`; without it they are looked up, as for a whole screen. What is
    made later is fixed as well: the file and the manifest's recipes name it.
    """
    files = files_of(seen)
    media = media or media_of(files, recipe)
    sounding = media.sounding(files)
    hidden = hides_proposal(seen)
    sure = bool(seen.show_confidence and not hidden and seen.confidence is not None)
    proposed = seen.prediction_commitment.hex() if seen.prediction_commitment else None
    veil = [name for name in veil_of_seat(seen).names if name != "mute" or sounding]
    return {
        "v": 1,
        "item": seen.item_commitment.hex(),
        "prediction": "hidden" if hidden else proposed,
        "prior": [{"decision": str(one.uuid), "commitment": one.commitment} for one in prior],
        "guideline": seen.guideline_digest,
        "taxonomy": seen.taxonomy_digest,
        "rights": seen.standing_digest,
        "model_card": seen.card if card_shown(seen) else None,
        "assets": files if len(files) <= MOST_FILES else [hashlib.sha256(canonical(files)).hexdigest()],
        "recipe": in_force(recipe),
        "renditions": _known(files, media.renditions),
        "confidence": sure,
        "build": settings.BUILD,
        "locale": get_language() or "en",
        **({"sound_recipe": in_force("listen")} if sounding else {}),
        **({"changed": changed_as_told(changed_beside(seen))} if sure else {}),
        **({"veil": veil} if veil else {}),
        **({"names": True} if any(one.named for one in prior) else {}),
        **({"appeal": complaint_of(seen.task_id).shown} if seen.kind == "appeal" else {}),
    }


def card_shown(seen: Row) -> int | None:
    """Give the card of the model that a claim shows; none where what the model proposed is hidden, or there is none.

    Nor one to be acknowledged first: that keeps nobody from redoing what they took back.
    """
    return None if hides_proposal(seen) or seen.card_due else seen.card_id


def files_of(seen: Row) -> list[str]:
    """List the files that a looked-at seat's item refers to, in order."""
    return sorted(files_in(sent_of(seen.item_body).get("data", {})))


def _known(files: list[str], renditions: dict[str, str]) -> dict[str, str]:
    return {file: renditions[file] for file in files if file in renditions} if len(files) <= MOST_FILES else {}


def _marking(person_id: int, seen: Row, at: dt.datetime) -> list[Fact]:
    """Give the watermark to write where a claim passed over many seats."""
    if seen.place < MARK_FROM:
        return []
    mark = (person_id, seen.lane_id, seen.rank, seen.due_at, seen.seat_id - 1, at + dt.timedelta(minutes=1), at)
    return [Fact("marked", MARK, mark)]
