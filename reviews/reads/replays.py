"""Replays that were asked for, as pages list them and as publishing asks for them."""

from reviews.models import Replay, ReplayState, Setup

SHOWN = 50


def replays_of(project_id: int) -> list[Replay]:
    """Give a project's replays, the newest first, at most 50, each with who asked; one statement."""
    rows = Replay.objects.select_related("person", "base").filter(project_id=project_id)
    return list(rows.defer("tally", "body", "result").order_by("-pk")[:SHOWN])


def requires_replay(project_id: int) -> bool:
    """Tell whether a project asks for a replay before decision rights are published; one statement."""
    return Setup.objects.filter(project=project_id, require_replay=True).exists()


def is_replayed(project_id: int, base_id: int, digest: str) -> bool:
    """Tell whether a document was tried on the past against a version, to the end; one statement."""
    done = Replay.objects.filter(project=project_id, base=base_id, digest=digest, state=ReplayState.DONE)
    return done.exists()


def may_be_published(project_id: int, base_id: int, digest: str) -> bool:
    """Tell whether a document may be published over a version, as far as replays are asked for."""
    return not requires_replay(project_id) or is_replayed(project_id, base_id, digest)
