"""E-mails that a mail server did not take, as those see it who run the project that they tell of."""

import datetime as dt
from dataclasses import dataclass

from audit.models.sql import ask

SHOWN = 20
UNMAILED = f"""
SELECT p.name, b.tries, b.tried_at, b.rests_until, b.said
FROM reviews_postbox b JOIN accounts_person p ON p.id = b.person_id
WHERE b.tries > 0 AND EXISTS (SELECT 1 FROM reviews_notice n JOIN reviews_item i ON i.id = n.item_id
    WHERE n.person_id = b.person_id AND n.state = 'waiting' AND i.project_id = %s)
ORDER BY b.tries DESC, b.person_id LIMIT {SHOWN}
"""  # noqa: S608 - a constant


@dataclass(frozen=True, slots=True)
class Unmailed:
    """Somebody whom an e-mail has not reached, after so many tries; `said` is what went wrong at the last."""

    name: str
    tries: int
    tried_at: dt.datetime
    next_at: dt.datetime | None
    said: str


def unmailed(project_id: int) -> list[Unmailed]:
    """List those who are to be told something of a project and whose e-mails are not taken; one statement."""
    rows = ask(UNMAILED, [project_id])
    return [Unmailed(row.name, row.tries, row.tried_at, row.rests_until, row.said) for row in rows]
