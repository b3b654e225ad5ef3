"""The statements that fill a town: plausible rows by generate_series, with the ids that each other's keys need.

Item, task, prediction, route and open seat n belong together; the event that took item n in is EVENTS + n.
"""

# ruff: noqa: E501 - statements read best unbroken

EVENTS = 10_000
HASH = "sha256(('{kind}' || n)::bytea)"
ALL = "FROM generate_series(%(first)s::bigint, %(last)s::bigint) n"
CONFIDENCE = "(0.20 + 0.40 * (('x' || left(md5(n::text), 6))::bit(24)::int / 16777216.0))::numeric(6, 4)"
RANK = f"(1500000 - round(log(1 - {CONFIDENCE}) * 20000))::int"
CAME = "(%(at)s::timestamptz - make_interval(secs => 0.01) * (3000000 - n))"


def _uuid(kind: str) -> str:
    """Give an id of the shape of UUIDv7: they come in order, as the product's do."""
    return f"('0190{kind}-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid"


BODY = f"""convert_to('{{"confidence":' || {CONFIDENCE} || ',"data":{{"text":"Is there a cat in the picture that camera '
|| n || ' took this morning?"}},"external_id":"frame-' || n || '","model":{{"name":"shelf-detector","version":"2026.11.1"}},'
|| '"prediction":{{"labels":["cat"]}},"segments":{{"geography":"DE"}}}}', 'UTF8')"""


def _event(kind: str, stream: str, type_: str, of: str, sseq: int, shift: str) -> str:
    """Write one event for each n, with a leaf of the usual size."""
    leaf = (
        f'convert_to(\'{{"actor":"s_000000000000000000000000","id":"\' || {_uuid(kind)} || \'","log":"bench","pay":{{"first":"\''
        f" || encode({HASH.format(kind='pay')}, 'hex') || '\",\"second\":\"' || encode({HASH.format(kind='two')}, 'hex') || '\"}},"
        f'"proj":"\' || %(project_uuid)s || \'","role":null,"stream":"{stream}/\' || {_uuid(of)} || \'","type":"{type_}","v":1}}\', \'UTF8\')'
    )
    return (
        "INSERT INTO audit_event (id, event_id, recorded_at, leaf, leaf_hash, stream, sseq, type, actor, project, log_id) "
        f"SELECT {shift} + n, {_uuid(kind)}, {CAME}, leaf, sha256('\\x00'::bytea || leaf), '{stream}/' || {_uuid(of)}, {sseq}, "
        f"'{type_}', 's_000000000000000000000000', %(project_uuid)s::uuid, %(log)s FROM (SELECT n, {leaf} AS leaf {ALL}) made"
    )


ITEMS = [
    "INSERT INTO reviews_item (id, uuid, external_id, received_at, impact, units, body, salt, commitment, state, sseq, head, project_id) "
    f"SELECT n, {_uuid('0001')}, 'frame-' || n, {CAME}, 'normal', 1, {BODY}, {HASH.format(kind='s')}, {HASH.format(kind='c')}, "
    f"'open', 1, {HASH.format(kind='h')}, %(project)s {ALL}",
    "INSERT INTO reviews_prediction (id, purpose, confidence, body, salt, commitment, item_id, model_version_id) "
    f'SELECT n, \'route\', {CONFIDENCE}, convert_to(\'{{"prediction":{{"labels":["cat"]}},"scores":{{}}}}\', \'UTF8\'), '
    f"{HASH.format(kind='ps')}, {HASH.format(kind='pc')}, n, %(version)s {ALL}",
    "INSERT INTO reviews_route (id, number, arm, rule, problem, conditions, switch, draws, routed_at, item_id, rights_id) "
    'SELECT n, 1, \'review\', \'Unsure\', \'\', \'[{"field":"confidence","op":"<","result":true,"rule":"Unsure","seen":"\' || '
    f"{CONFIDENCE} || '\",\"value\":\"0.60\"}}]', 'normal', '[]', {CAME}, n, %(rights)s {ALL}",
    _event("0002", "item", "reviews.item_received", "0001", 1, str(EVENTS)),
    "INSERT INTO reviews_task (id, uuid, kind, wanted, opened_at, state, sseq, event_id, item_id, queue_id) "
    f"SELECT n, {_uuid('0003')}, 'work', %(wanted)s, {CAME}, 'open', 0, {EVENTS} + n, n, %(queue)s {ALL}",
    "INSERT INTO reviews_seat (id, number, rank, due_at, apart, state, item_id, lane_id, task_id) "
    f"SELECT n, %(number)s, {RANK}, {CAME} + interval '3650 days', true, 'open', n, %(lane)s, n {ALL}",
]
_CLAIM = (
    "INSERT INTO reviews_claim (id, token, via, claimed_at, event_id, person_id, seat_id, task_id) "
    f"SELECT {{claim}}, {_uuid('0005')}, 'api', {CAME}, {{event}}, {{person}}, {{seat}}, n {ALL}"
)
_SHOWN = (
    "INSERT INTO reviews_presentation (claim_id, taxonomy_id, manifest) "
    f"SELECT {{claim}}, %(taxonomy)s, convert_to('{{{{\"v\":1,\"item\":\"' || encode({HASH.format(kind='c')}, 'hex') || '\"}}}}', 'UTF8') {ALL}"
)
_HEAD = f"UPDATE reviews_task SET sseq = 1, head = {HASH.format(kind='t')} FROM (SELECT n {ALL}) made WHERE id = n"
_HOLDER = "%(holders)s::bigint + (n - %(first)s) / 2"
LEASES = [
    "INSERT INTO accounts_person (id, uuid, pseudonym, name, is_owner, created_at, sseq) "
    "SELECT %(holders)s::bigint + n, gen_random_uuid(), 'p_' || left(md5('holder' || n), 24), 'Holder ' || n, false, %(at)s, 0 "
    "FROM generate_series(0, (%(last)s::bigint - %(first)s) / 2) n",
    _event("0006", "task", "reviews.claimed", "0003", 1, "%(claims)s"),
    _CLAIM.format(claim="n", event="%(claims)s + n", person=_HOLDER, seat="n"),
    _SHOWN.format(claim="n"),
    _HEAD,
    f"UPDATE reviews_seat SET state = 'leased', person_id = {_HOLDER}, claim_id = n, "
    "slot = CASE WHEN (n - %(first)s) %% 2 = 0 THEN 'open' ELSE 'prefetch' END, "
    f"lease_until = %(at)s::timestamptz + interval '1 day' FROM (SELECT n {ALL}) made WHERE id = n",
]
DECISIONS = [
    "UPDATE reviews_seat SET rank = 400000 + id %% 1000 WHERE id BETWEEN %(first)s AND %(last)s",
    _event("0007", "task", "reviews.claimed", "0003", 1, "%(claims)s"),
    _event("0008", "task", "reviews.decision_submitted", "0003", 2, "%(decisions)s"),
    "INSERT INTO reviews_seat (id, number, rank, due_at, apart, state, person_id, claim_id, item_id, lane_id, task_id) "
    f"SELECT %(claims)s + n, 1, 400000 + n %% 1000, {CAME} + interval '3650 days', true, 'decided', %(veteran)s, n, n, %(lane)s, n {ALL}",
    _CLAIM.format(claim="n", event="%(claims)s + n", person="%(veteran)s", seat="%(claims)s + n"),
    _SHOWN.format(claim="n"),
    "INSERT INTO reviews_decision (id, uuid, attempt, verdict, body, salt, commitment, mode, via, decided_at, claim_id, event_id, "
    f"person_id, seat_id, task_id) SELECT n, {_uuid('0009')}, 1, 'approve', "
    'convert_to(\'{"differences":[],"output":{"labels":["cat"]},"sent":{"verdict":"approve"}}\', \'UTF8\'), '
    f"{HASH.format(kind='ds')}, {HASH.format(kind='dc')}, 'single', 'api', {CAME}, n, %(decisions)s + n, %(veteran)s, %(claims)s + n, n {ALL}",
    _HEAD.replace("sseq = 1", "sseq = 2"),
]
