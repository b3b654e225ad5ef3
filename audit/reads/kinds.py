"""The kinds of events, told to the ledger by the apps that record them."""

from dataclasses import dataclass

Text = object
"""A string, or one that gettext translates late."""


@dataclass(frozen=True)
class EventKind:
    """A kind of event: its type, and the sentence that tells it to people.

    `sentence` may name members of the payload in braces; one that is absent or erased reads as a dash.
    """

    type: str
    sentence: Text


KINDS: dict[str, EventKind] = {}


def learn(*kinds: EventKind) -> None:
    """Take up kinds of events; called from `ready()` of the app that records them."""
    for kind in kinds:
        KINDS[kind.type] = kind
