"""A kill at a chosen statement: work in a forked child that SIGKILLs itself."""

import os
import signal
from collections.abc import Callable
from typing import Any

from django.db import connection, connections


def killed_at(step: int, work: Callable[[], None]) -> bool:
    """Run work in a child that is killed before its step-th statement or commit; tell whether it got that far."""
    connection.close()
    child = os.fork()
    if child == 0:
        count = 0

        def count_down() -> None:
            nonlocal count
            count += 1
            if count == step:
                os.kill(os.getpid(), signal.SIGKILL)

        def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            count_down()
            return execute(sql, params, many, context)

        wrapper = type(connections["default"])
        commit = wrapper._commit  # type: ignore[attr-defined]

        def commit_or_die(self: Any) -> Any:
            count_down()  # everything is written, nothing is committed
            found = commit(self)
            count_down()  # committed, and nobody told
            return found

        wrapper._commit = commit_or_die  # type: ignore[attr-defined]
        try:
            with connection.execute_wrapper(watch):
                work()
            connection.close()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def killed_in_journal(after: int, work: Callable[[], object]) -> bool:
    """Run an export in a child that is killed when its journal is written to for the `after`-th time."""
    connections.close_all()
    child = os.fork()
    if not child:
        try:
            from audit.bundle.journal import Journal

            say, left = Journal._say, [after]

            def counted(journal: Journal, said: dict[str, Any]) -> None:
                left[0] -= 1
                if not left[0]:
                    os.kill(os.getpid(), signal.SIGKILL)
                say(journal, said)

            Journal._say = counted  # type: ignore[method-assign]
            work()
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])
