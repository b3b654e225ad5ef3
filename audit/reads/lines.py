"""The lines of a bundle's large files, a piece at a time in bounded memory.

PostgreSQL writes them itself and sends a piece as one value; for SQLite, which runs in this process, they are written
here. Both give the same bytes.
"""

from collections.abc import Callable, Iterable
from itertools import groupby
from json.encoder import encode_basestring as text_of
from operator import itemgetter
from typing import Any

from audit.models.sql import ask, in_turn, postgres
from audit.reads.filters import Filter
from audit.reads.telling import BODIES

MOST = 1 << 20
"""Bytes of bodies in a piece, unless one entry alone has more."""
Piece = tuple[bytes, int]
"""Lines, and the index of the entry to go on with."""
LEAVES = """
SELECT string_agg(e.leaf || '\\x0a'::bytea, ''::bytea ORDER BY l.log_index) AS lines, count(*) AS number
FROM audit_leaf l JOIN audit_event e ON e.id = l.event_id
WHERE l.log_id = %s AND l.log_index >= %s AND l.log_index < %s
"""
LEAVES_IN_TURN = """
SELECT e.leaf FROM audit_leaf l JOIN audit_event e ON e.id = l.event_id
WHERE l.log_id = %s AND l.log_index >= %s AND l.log_index < %s ORDER BY l.log_index
"""
PAYLOADS = """, told AS (
    SELECT c.i, p.section AS part, p.salt, p.body FROM chosen c JOIN audit_payload p ON p.event_id = c.event_id
    WHERE p.body IS NOT NULL
)"""
CONTENTS = """, stored AS ({sources}), told AS (
    SELECT s.i, s.commitment AS part, s.salt, s.body FROM stored s JOIN audit_payload p
        ON p.event_id = s.event_id AND p.section = s.section AND p.body IS NOT NULL
    WHERE s.body IS NOT NULL
)"""
WRITTEN = """, weighed AS (SELECT sum(octet_length(body)) AS bytes FROM told)
SELECT bytes, CASE WHEN bytes <= {most}
    THEN (SELECT convert_to(string_agg({line}, '' ORDER BY i, {order}), 'UTF8') FROM told) END AS lines
FROM weighed
"""
IN_TURN = " SELECT i, part, salt, body FROM told ORDER BY i, part"
BODY = "'{\"body\":' || to_json(convert_from(body, 'UTF8'))::text || "
TAIL = "'\"i\":' || i || ',\"salt\":\"' || encode(salt, 'hex') || '\"'"
PAYLOAD_LINE = f"{BODY} ',' || {TAIL} || ',\"section\":' || to_json(part)::text || E'}}\\n'"
CONTENT_LINE = f"{BODY} ',\"commitment\":\"' || encode(part, 'hex') || '\",' || {TAIL} || E'}}\\n'"


class Missing(LookupError):  # noqa: N818 - a fact
    """A place of the log has no entry."""


def leaf_lines(log_id: int, begin: int, end: int) -> bytes:
    """Give the leaves of [begin, end), a line each.

    Raises:
        Missing: there are fewer.
    """
    if postgres():
        found = ask(LEAVES, [log_id, begin, end])[0]
        lines, number = bytes(found.lines or b""), found.number
    else:
        rows = in_turn(LEAVES_IN_TURN, [log_id, begin, end])
        leaves = [bytes(row[0]) for row in rows]
        lines, number = b"".join([leaf + b"\n" for leaf in leaves]), len(leaves)
    if number != end - begin:
        raise Missing(f"Of the entries {begin} to {end} of log {log_id} {end - begin - number} are missing.")
    return lines


def payload_lines(log_id: int, begin: int, end: int, chosen: Filter) -> Piece:
    """Give the disclosed payload sections of [begin, end), or of the first entries of it."""
    return _piece((log_id, begin, end), chosen, PAYLOADS, (PAYLOAD_LINE, 'part COLLATE "C"', payload_line))


def content_lines(log_id: int, begin: int, end: int, chosen: Filter) -> Piece:
    """Give the stored bodies that disclosed payloads of [begin, end), or of its first entries, commit to."""
    if not BODIES:
        return b"", end
    told = CONTENTS.format(sources=sources())
    return _piece((log_id, begin, end), chosen, told, (CONTENT_LINE, "part", _content))


def sources() -> str:
    """Give the SELECT of all stored bodies that apps have told of."""
    return " UNION ALL ".join(one.sql(postgres()) for one in BODIES.values())


def _piece(place: tuple[int, int, int], chosen: Filter, told: str, form: tuple[str, str, Callable[..., str]]) -> Piece:
    log_id, begin, end = place
    line, order, write = form
    if not postgres():
        with_, params = chosen.chosen(log_id, begin, end)
        return _written(in_turn(with_ + told + IN_TURN, params), end, write)
    while True:
        with_, params = chosen.chosen(log_id, begin, end)
        most = MOST if end - begin > 1 else 1 << 40
        found = ask(with_ + told + WRITTEN.format(line=line, order=order, most=most), params)[0]
        if not found.bytes or found.lines is not None:
            return bytes(found.lines or b""), end
        end = begin + max(1, (end - begin) * MOST // (2 * found.bytes))


def _written(rows: Iterable[tuple[Any, ...]], end: int, write: Callable[..., str]) -> Piece:
    lines: list[str] = []
    taken = 0
    for i, parts in groupby(rows, key=itemgetter(0)):
        entry = list(parts)
        taken += sum(len(row[3]) for row in entry)
        if lines and taken > MOST:
            return "".join(lines).encode(), i
        lines += [write(*row) for row in entry]
    return "".join(lines).encode(), end


def payload_line(i: int, section: str, salt: bytes, body: bytes) -> str:
    """Write a line of a disclosed payload section."""
    return f'{{"body":{text_of(body.decode())},"i":{i},"salt":"{salt.hex()}","section":{text_of(section)}}}\n'


def _content(i: int, commitment: bytes, salt: bytes, body: bytes) -> str:
    return f'{{"body":{text_of(body.decode())},"commitment":"{commitment.hex()}","i":{i},"salt":"{salt.hex()}"}}\n'
