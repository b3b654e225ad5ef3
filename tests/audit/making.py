"""Makes export bundles in plain Python with real keys, by the definitions of RFC 6962 and docs/bundle.md."""

import base64
import datetime as dt
import hashlib
import hmac
import json
import random
import uuid
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ORIGIN, COSIGNER = "example.org/log/one", "example.org/witness"
START = dt.datetime(2026, 3, 1, 8, tzinfo=dt.UTC)
MONTH, PROJECT = "2026-03", "0195a000-0000-7000-8000-000000000001"
SEED = hashlib.sha256(b"the seed of March").digest()
ERASED_AT = 6  # this item's `received` section, and the body that it names, are erased
Files = dict[str, bytes]


def private(name: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())


def public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()


def hint(name: str, kind: int, raw: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + raw).digest()[:4]


def verifier_key(name: str, kind: int, raw: bytes) -> str:
    return f"{name}+{hint(name, kind, raw).hex()}+{b64(bytes([kind]) + raw)}"


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


LOG, WITNESS = private("log"), private("witness")
KEYS = f"# keys\n{verifier_key(ORIGIN, 1, public(LOG))}\n{verifier_key(COSIGNER, 4, public(WITNESS))}\n"


def signature(text: bytes, key: Ed25519PrivateKey = LOG, name: str = ORIGIN) -> str:
    return f"— {name} {b64(hint(name, 1, public(key)) + key.sign(text))}\n"


def cosignature(text: bytes, seconds: int) -> str:
    signed = WITNESS.sign(f"cosignature/v1\ntime {seconds}\n".encode() + text)
    return f"— {COSIGNER} {b64(hint(COSIGNER, 4, public(WITNESS)) + seconds.to_bytes(8, 'big') + signed)}\n"


# ------------------------------------------------------------------- the tree, as RFC 6962 section 2.1 defines it


def leaf_hash(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + leaf).digest()


def split(n: int) -> int:
    return 1 << ((n - 1).bit_length() - 1)


def tree_hash(hashes: list[bytes]) -> bytes:
    if len(hashes) < 2:
        return hashes[0] if hashes else hashlib.sha256(b"").digest()
    k = split(len(hashes))
    return hashlib.sha256(b"\x01" + tree_hash(hashes[:k]) + tree_hash(hashes[k:])).digest()


def inclusion(m: int, hashes: list[bytes]) -> list[bytes]:
    if len(hashes) == 1:
        return []
    k = split(len(hashes))
    if m < k:
        return [*inclusion(m, hashes[:k]), tree_hash(hashes[k:])]
    return [*inclusion(m - k, hashes[k:]), tree_hash(hashes[:k])]


def consistency(m: int, hashes: list[bytes], *, known: bool = True) -> list[bytes]:
    if m == len(hashes):
        return [] if known else [tree_hash(hashes)]
    k = split(len(hashes))
    if m <= k:
        return [*consistency(m, hashes[:k], known=known), tree_hash(hashes[k:])]
    return [*consistency(m - k, hashes[k:], known=False), tree_hash(hashes[:k])]


def perfect(hashes: list[bytes], start: int, end: int) -> list[bytes]:
    found = []
    while start < end:
        size = 1
        while start % (2 * size) == 0 and start + 2 * size <= end:
            size *= 2
        found.append(tree_hash(hashes[start : start + size]))
        start += size
    return found


# ---------------------------------------------------------------------------------------------- a log's events


@dataclass
class Event:
    """An event: the members of its leaf, its sections as (salt, body), stored bodies as (commitment, salt, body)."""

    fields: dict[str, Any]
    sections: dict[str, tuple[bytes, str]]
    contents: list[tuple[str, bytes, str]] = field(default_factory=list)

    @property
    def leaf(self) -> bytes:
        return canonical(self.fields).encode()


def commitment(section: str, salt: bytes, body: str) -> str:
    return hmac.digest(salt, f"hitl-audit/payload/v1\n{section}\n{body}".encode(), "sha256").hex()


def content_of(chance: random.Random, body: str) -> tuple[str, bytes, str]:
    salt = chance.randbytes(32)
    return hmac.digest(salt, f"hitl-content/v1\n{body}".encode(), "sha256").hex(), salt, body


def stamp(at: dt.datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def uuid7(chance: random.Random, at: dt.datetime) -> str:
    value = int(at.timestamp() * 1000) << 80 | chance.getrandbits(80)
    return str(uuid.UUID(int=value & ~(0xF << 76) & ~(0x3 << 62) | 0x7 << 76 | 0x2 << 62))


def event(
    chance: random.Random, at: dt.datetime, kind: str, stream: str, sections: dict[str, Any], **tags: Any
) -> Event:
    salted = {name: (chance.randbytes(32), canonical(value)) for name, value in sorted(sections.items())}
    return Event(
        {
            "actor": f"p_{chance.randbytes(12).hex()}", "id": uuid7(chance, at), "log": ORIGIN,
            "pay": {name: commitment(name, *told) for name, told in salted.items()},
            "proj": PROJECT, "role": chance.choice(["reviewer", None]), "sprev": None, "sseq": 1, "stream": stream,
            "tags": {**dict.fromkeys(("item", "kind", "model", "queue", "rights", "source")), **tags},
            "ts": stamp(at), "type": kind, "v": 1, "via": chance.choice(["api", "browser"]),
        },
        salted,
    )  # fmt: skip


def draw_of(subject: str, pi: str = "0.5") -> dict[str, Any]:
    words = "\x1f".join(["hitl-draw/v1", PROJECT, "audit", subject])
    u = hmac.digest(SEED, words.encode(), "sha256")[:8]
    drawn = int.from_bytes(u, "big") < int(float(pi) * 2**64)
    return {"drawn": drawn, "month": MONTH, "pi": pi, "purpose": "audit", "u": u.hex()}


def item(chance: random.Random, at: dt.datetime, number: int) -> Event:
    body = content_of(chance, canonical({"text": f"Ein Körper, {number} € \U0001f600"}))
    subject = f"ext-{number}"
    sections = {
        "draws": {"draws": [draw_of(subject)], "external_id": subject, "tasks": []},
        "received": {"content": body[0], "external_id": subject},
    }
    one = event(chance, at, "reviews.item_received", f"item/{number}", sections, item=str(number), rights=number)
    one.contents = [body]
    return one


def story(n: int, seed: int = 1) -> list[Event]:
    """Tell a log of n events (20 or more): a seed promised, items, decisions, an erasure, the seed revealed."""
    chance = random.Random(seed)
    events: list[Event] = []
    for number in range(n):
        at = START + dt.timedelta(seconds=10 * number + chance.uniform(0, 9))
        if number == 0:
            promise = {"commitment": hashlib.sha256(SEED).hexdigest(), "month": MONTH}
            one = event(chance, at, "reviews.seed_committed", "project/1", {"seed": promise})
        elif number == n - 3:
            told = {"entries": [[ERASED_AT, "received"], [events[ERASED_AT].fields["id"], erased_body(events)]]}
            one = event(chance, at, "compliance.subject_erased", "project/1", {"erased": told})
        elif number == n - 2:
            one = event(
                chance, at, "reviews.seed_revealed", "project/1", {"seed": {"month": MONTH, "seed": SEED.hex()}}
            )
        elif number % 3 == 0:
            one = item(chance, at, number)
        elif number % 7 == 1:
            one = event(chance, at, "accounts.password_set", f"person/{chance.randrange(3)}", {})
        else:
            told = {"verdict": chance.choice(["correct", "wrong"]), "words": 'größer \u2028 \x7f " \\ \n'}
            one = event(chance, at, "reviews.decision_submitted", f"task/{chance.randrange(4)}", {"decision": told})
        events.append(one)
    relink(events)
    return events


def erased_body(events: list[Event]) -> str:
    return events[ERASED_AT].contents[0][0]


def relink(events: list[Event]) -> None:
    """Number each stream and link it, as if it had been so from the first."""
    heads: dict[str, tuple[int, str | None]] = {}
    for one in events:
        count, last = heads.get(one.fields["stream"], (0, None))
        one.fields.update(sseq=count + 1, sprev=last)
        heads[one.fields["stream"]] = count + 1, leaf_hash(one.leaf).hex()


# ------------------------------------------------------------------------------------------------- the bundle


@dataclass
class Plan:
    """What a bundle is to hold; every part can be changed before it is built."""

    events: list[Event]
    a: int = 0
    b: int | None = None
    filter: dict[str, Any] = field(default_factory=dict)
    sizes: tuple[int, ...] = (0, 5, 9, 16, 16)  # older checkpoints; the second of a size is a heartbeat
    matches: Callable[[dict[str, Any]], bool] = lambda fields: True
    beside: Files = field(default_factory=dict)

    @property
    def end(self) -> int:
        return len(self.events) if self.b is None else self.b


def note_text(size: int, root: bytes) -> bytes:
    return f"{ORIGIN}\n{size}\n{b64(root)}\n".encode()


def seconds_of(events: list[Event], size: int) -> int:
    """Give when a tree of this size is cosigned: soon after its last leaf, in the year that the leaf tells."""
    at = START + dt.timedelta(seconds=10 * size)
    year = events[size - 1].fields["ts"][:4] if size else ""
    return int(at.replace(year=int(year) if year.isdecimal() else at.year).timestamp())


def checkpoint(hashes: list[bytes], size: int, seconds: int) -> bytes:
    text = note_text(size, tree_hash(hashes[:size]))
    return text + b"\n" + (signature(text) + cosignature(text, seconds)).encode()


def line(value: Any) -> bytes:
    return canonical(value).encode() + b"\n"


def build(plan: Plan) -> Files:
    """Build every file but the manifest."""
    events, n, a, b = plan.events, len(plan.events), plan.a, plan.end
    hashes = [leaf_hash(one.leaf) for one in events]
    last = seconds_of(events, n)
    files: Files = {"checkpoint": checkpoint(hashes, n, last)}
    sizes = sorted({size for size in plan.sizes if a <= size <= n})
    proven = sorted({size for size in plan.sizes if 0 < size < n})  # those before the range too
    for beat, size in enumerate(size for size in sorted(plan.sizes) if a <= size <= n):
        seconds = seconds_of(events, size) + beat % 2
        files[f"checkpoints/{size}-{seconds}"] = checkpoint(hashes, size, seconds)
    proofs = [{"from": size, "proof": list(map(b64, consistency(size, hashes)))} for size in proven]
    files["consistency.json"] = line(proofs)
    files["entries.ndjson"] = b"".join(one.leaf + b"\n" for one in events[a:b])
    sides = {"left": perfect(hashes, 0, a), "right": perfect(hashes, b, n)}
    files["range_proof.json"] = line({side: list(map(b64, told)) for side, told in sides.items()})
    told = [i for i in range(a, b) if plan.matches(events[i].fields)]
    beside = [0, n - 3, n - 2]  # what erasures and draws rest upon is told in any case
    files.update(disclosures(events, sorted({*told, *beside})))
    outside = [i for i in beside if not a <= i < b]
    files["outside.ndjson"] = b"".join(
        line({"i": i, "leaf": events[i].leaf.decode(), "proof": list(map(b64, inclusion(i, hashes)))}) for i in outside
    )
    for i in (a, b - 1) if b > a else ():
        path = "".join(f"{b64(one)}\n" for one in inclusion(i, hashes))
        files[f"proofs/{i}.tlog-proof"] = f"c2sp.org/tlog-proof@v1\nindex {i}\n{path}\n".encode() + files["checkpoint"]
    seen = [(size, seconds_of(events, size)) for size in sizes if size] + [(n, last)]
    files["anchors/witness.ndjson"] = b"".join(
        line(
            {"checkpoint": checkpoint(hashes, size, at).decode(), "seen": stamp(dt.datetime.fromtimestamp(at, dt.UTC))}
        )
        for size, at in seen
    )
    files["records.csv"] = b"who\n"
    return files | plan.beside


def disclosures(events: list[Event], told: Iterable[int]) -> Files:
    payloads, contents, erased = [], [], []
    for i in told:
        one = events[i]
        for name, (salt, body) in one.sections.items():
            if (i, name) == (ERASED_AT, "received"):
                erased.append({"by": len(events) - 3, "i": i, "section": name})
            else:
                payloads.append(line({"body": body, "i": i, "salt": salt.hex(), "section": name}))
        for named, salt, body in one.contents:
            if i == ERASED_AT:
                erased.append({"by": len(events) - 3, "commitment": named, "i": i})
            else:
                contents.append(line({"body": body, "commitment": named, "i": i, "salt": salt.hex()}))
    erased.sort(key=lambda one: one.get("section") or one["commitment"])
    told_files = {"payloads.ndjson": payloads, "contents.ndjson": contents}
    return {name: b"".join(lines) for name, lines in told_files.items()} | {"erasures.json": line(erased)}


def manifest_text(plan: Plan, files: Files) -> bytes:
    listed = "".join(f"file {hashlib.sha256(files[p]).hexdigest()} {len(files[p])} {p}\n" for p in sorted(files))
    made = stamp(START + dt.timedelta(days=1))
    head = f"hitl-bundle/v1\norigin {ORIGIN}\nrange {plan.a} {plan.end}\ntree {len(plan.events)}\n"
    return f"{head}filter {canonical(plan.filter)}\nexporter p_1\nmade {made}\n{listed}".encode()


def sealed(plan: Plan, files: Files) -> Files:
    """Add the manifest, signed: what it says of the files is true, whatever they are."""
    text = manifest_text(plan, files)
    return {**files, "manifest.note": text + b"\n" + signature(text).encode()}


def bundle(plan: Plan) -> Files:
    return sealed(plan, build(plan))


def write_folder(root: Path, files: Files) -> Path:
    for path, raw in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(raw)
    return root


def write_zip(path: Path, files: Files, compression: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, raw in files.items():
            archive.writestr(name, raw)
    return path
