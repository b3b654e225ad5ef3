"""Which changes of state happen, noted by triggers in the database, against those that docs/states.md draws."""

import re
from pathlib import Path

from django.db import connection

CHART = Path(__file__).parent.parent / "docs" / "states.md"
TABLES = ("item", "task", "seat")
Change = tuple[str, str, str]  # of an item, a task, a seat, an override, ...; from ("" for none), to
WAITS = "CASE WHEN NEW.second THEN 'waits' ELSE '' END"
ENDS = "CASE WHEN (SELECT v.second FROM reviews_override v WHERE v.id = NEW.override_id) THEN 'waits' ELSE '' END"
NOTED = "CREATE TABLE charted (thing text NOT NULL, was text NOT NULL, now text NOT NULL)"
FUNCTION = """
CREATE FUNCTION chart_{thing}() RETURNS trigger AS $$ BEGIN
INSERT INTO charted VALUES ('{thing}', CASE WHEN TG_OP = 'INSERT' THEN '' ELSE OLD.state END, NEW.state);
RETURN NULL; END $$ LANGUAGE plpgsql
"""
TRIGGER = """
CREATE TRIGGER chart_{thing}_{event} AFTER {event} ON reviews_{thing} FOR EACH ROW EXECUTE FUNCTION chart_{thing}()
"""
ON_SQLITE = """
CREATE TRIGGER chart_{thing}_{event} AFTER {event} ON reviews_{thing} BEGIN
INSERT INTO charted VALUES ('{thing}', {was}, NEW.state); END
"""
OF_ROWS = (
    """
CREATE FUNCTION chart_{table}_{event}() RETURNS trigger AS $$ BEGIN
INSERT INTO charted VALUES ('{thing}', {was}, {now}); RETURN NULL; END $$ LANGUAGE plpgsql
""",
    """
CREATE TRIGGER chart_{table}_{event} AFTER {event} ON reviews_{table} FOR EACH ROW
EXECUTE FUNCTION chart_{table}_{event}()
""",
)
OF_ROWS_ON_SQLITE = (
    """
CREATE TRIGGER chart_{table}_{event} AFTER {event} ON reviews_{table} BEGIN
INSERT INTO charted VALUES ('{thing}', {was}, {now}); END
""",
)
CONSENT = (
    "CASE WHEN {row}.ended_at IS NULL AND {row}.given_at IS NULL THEN 'asked' WHEN {row}.ended_at IS NULL THEN 'given' "
    "WHEN {row}.given_at IS NULL THEN 'declined' ELSE 'withdrawn' END"
)
WAS, NOW = CONSENT.format(row="OLD"), CONSENT.format(row="NEW")
ROWS = (
    ("override", "override", "INSERT", "''", WAITS),
    ("override", "overrideend", "INSERT", ENDS, "NEW.how"),
    ("question", "question", "INSERT", "''", "'open'"),
    ("question", "questionend", "INSERT", "'open'", "NEW.how"),
    ("consent", "consent", "INSERT", "''", NOW),
    ("consent", "consent", "UPDATE", WAS, NOW),
)
"""Thing, table, event, and the states before and after, of what keeps no column of its state."""


def drawn() -> set[Change]:
    """Read the arrows of the chart: lines like `open --> held: why`, under a heading a thing; [*] is none."""
    found: set[Change] = set()
    thing = ""
    for line in CHART.read_text().splitlines():
        if line.startswith("## "):
            thing = line[3:].strip().lower().removeprefix("an ").removeprefix("a ")
        if arrow := re.fullmatch(r"\s*(\[\*\]|\w+) --> (\w+)(?:: .+)?", line):
            found.add((thing, arrow[1].replace("[*]", ""), arrow[2]))
    return found


def watch() -> None:
    """From now on note each change of state in this database, by whatever connection."""
    with connection.cursor() as cursor:
        cursor.execute(NOTED)
        for thing in TABLES:
            if connection.vendor == "postgresql":
                cursor.execute(FUNCTION.format(thing=thing))
            for event, was in (("INSERT", "''"), ("UPDATE", "OLD.state")):
                sql = TRIGGER if connection.vendor == "postgresql" else ON_SQLITE
                cursor.execute(sql.format(thing=thing, event=event, was=was))
        for thing, table, event, was, now in ROWS:
            for statement in OF_ROWS if connection.vendor == "postgresql" else OF_ROWS_ON_SQLITE:
                cursor.execute(statement.format(thing=thing, table=table, event=event, was=was, now=now))


def happened() -> set[Change]:
    """Give the changes that were noted; what stayed as it was is none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT thing, was, now FROM charted WHERE was <> now")
        return {(thing, was, now) for thing, was, now in cursor.fetchall()}
