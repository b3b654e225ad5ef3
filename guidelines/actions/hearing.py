"""Who is told that another version is in force, or that somebody acknowledged one."""

from collections.abc import Callable

_listeners: list[Callable[[int], object]] = []


def hear_of_versions(listener: Callable[[int], object]) -> None:
    """Have a verb called with the project's row id in the transaction of every change; called from `ready()`."""
    if listener not in _listeners:
        _listeners.append(listener)


def tell_of_versions(project_id: int) -> None:
    """Tell the listeners that a project's version in force, or who has acknowledged it, has changed."""
    for listener in _listeners:
        listener(project_id)
