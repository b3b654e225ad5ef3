import fractions, hashlib, hmac, json, pathlib, sys
at = pathlib.Path(sys.argv[1] if sys.argv[1:] else pathlib.Path(__file__).parent)
first = int((at / "manifest.note").read_text("utf-8").split("\nrange ")[1].split()[0])
of = dict(enumerate((json.loads(line)["proj"] for line in (at / "entries.ndjson").open("rb")), first))
of.update((it["i"], json.loads(it["leaf"])["proj"]) for it in map(json.loads, (at / "outside.ndjson").open("rb")))
rows = (it for it in map(json.loads, (at / "payloads.ndjson").open("rb")) if it["section"] in ("seed", "draws"))
told = [(it["i"], of[it["i"]], json.loads(it["body"])) for it in rows]
seeds, kept = ({(proj, it["month"]): it[word] for _, proj, it in told if word in it} for word in ("seed", "commitment"))
for i, proj, draw, name in ((i, proj, draw, it["external_id"]) for i, proj, it in told for draw in it.get("draws", ())):
    seed, words = bytes.fromhex(seeds.get((proj, draw["month"]), "")), ["hitl-draw/v1", proj, draw["purpose"], name]
    u = int.from_bytes(hmac.digest(seed, "\x1f".join(words).encode(), "sha256")[:8], "big")
    promised = kept.get((proj, draw["month"]), digest := hashlib.sha256(seed).hexdigest()) == digest
    same = (draw["u"], draw["drawn"]) == (f"{u:016x}", u < int(fractions.Fraction(draw["pi"]) * 2**64)) and promised
    same or print(f"entry {i}, {draw['purpose']} of {name}:", "DIFFERS" if seed else "its seed is not revealed here")
print(f"{len(seeds)} seeds are revealed here")
