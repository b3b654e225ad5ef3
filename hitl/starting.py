"""What a program looks at when it starts."""

import logging

from django.db import DatabaseError

from audit.models import flaws
from hitl.checks import REMEDY

logger = logging.getLogger(__name__)


def look_at_guards() -> None:
    """Say in the log which guards over frozen rows are missing; the clock makes it an alarm, and `migrate` mends it."""
    try:
        found = flaws()
    except DatabaseError as problem:
        logger.warning("The guards over frozen rows were not looked at: %s", problem)
        return
    for flaw in found:
        logger.error("A guard over frozen rows is not as it should be: %s. %s", flaw, REMEDY)
