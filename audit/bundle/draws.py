import hashlib, hmac, json, pathlib, sys
from fractions import Fraction
at, wrong, waits = pathlib.Path(sys.argv[1] if sys.argv[1:] else pathlib.Path(__file__).parent), [], []
first = int((at / "manifest.note").read_text("utf-8").split("\nrange ")[1].split()[0])
of = [json.loads(line)["proj"] for line in (at / "entries.ndjson").open("rb")]
rows = (json.loads(line) for line in (at / "payloads.ndjson").open("rb"))
told = [(it["i"], of[it["i"] - first], json.loads(it["body"])) for it in rows if it["section"] in ("seed", "draws")]
seeds, kept = ({(proj, it["month"]): it[word] for _, proj, it in told if word in it} for word in ("seed", "commitment"))
for i, proj, it in told:
    for draw in it.get("draws", ()):
        seed, words = bytes.fromhex(seeds.get((proj, draw["month"]), "")), [proj, draw["purpose"], it["external_id"]]
        u = int.from_bytes(hmac.digest(seed, "\x1f".join(["hitl-draw/v1", *words]).encode(), "sha256")[:8], "big")
        got = (f"{u:016x}", u < int(Fraction(draw["pi"]) * 2**64), digest := hashlib.sha256(seed).hexdigest())
        if (draw["u"], draw["drawn"], kept.get((proj, draw["month"]), digest)) != got: (wrong if seed else waits).append(f"entry {i}: {words[1]} of {words[2]}")
sys.exit(print(*(f"DIFFERS: {one}" for one in wrong), *(f"seed not revealed here: {one}" for one in waits), f"{len(wrong)} draws differ, {len(waits)} wait for their seed", sep="\n") or bool(wrong))
