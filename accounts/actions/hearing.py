"""Who is told of a change of memberships: higher apps that keep something worked out from them."""

from collections.abc import Callable

_listeners: list[Callable[[int], None]] = []


def hear_of_memberships(listener: Callable[[int], None]) -> None:
    """Have a verb called with the project's row id in the transaction of every change; called from `ready()`."""
    if listener not in _listeners:
        _listeners.append(listener)


def tell_of_memberships(project_id: int) -> None:
    """Tell the listeners that memberships of a project have changed."""
    for listener in _listeners:
        listener(project_id)
