// Check a bundle's checkpoint and record proofs with @sigstore/verify: sigstore.js FOLDER VERIFIER-KEY
//
// Its package offers whole Sigstore bundles only, so the two functions that it checks them with are taken by their path.
"use strict";
const { createPublicKey } = require("node:crypto");
const { readFileSync, readdirSync } = require("node:fs");
const { dirname, join } = require("node:path");

const inside = join(dirname(require.resolve("@sigstore/verify/package.json")), "dist", "tlog");
const { verifyCheckpoint } = require(join(inside, "checkpoint.js"));
const { verifyMerkleInclusion } = require(join(inside, "merkle.js"));

const [folder, key] = process.argv.slice(2);
const [name, hint, encoded] = [key.split("+")[0], key.split("+")[1], key.split("+").slice(2).join("+")];
const raw = Buffer.from(encoded, "base64").subarray(1);
const publicKey = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: raw.toString("base64url") }, format: "jwk" });
const logs = [{ logID: Buffer.from(hint, "hex"), baseURL: name, publicKey }];

try {
  const envelope = readFileSync(join(folder, "checkpoint"), "utf8");
  const checkpoint = verifyCheckpoint({ inclusionProof: { checkpoint: { envelope } } }, logs);
  if (checkpoint.origin !== name) throw new Error(`a checkpoint of ${checkpoint.origin}`);
  const leaves = readFileSync(join(folder, "entries.ndjson"), "utf8").split("\n");
  const proofs = readdirSync(join(folder, "proofs"));
  for (const file of proofs) {
    const lines = readFileSync(join(folder, "proofs", file), "utf8").split("\n");
    const logIndex = lines[1].replace(/^index /, "");
    const hashes = lines.slice(2, lines.indexOf("")).map((line) => Buffer.from(line, "base64"));
    const canonicalizedBody = Buffer.from(leaves[Number(logIndex)]);
    verifyMerkleInclusion({ inclusionProof: { logIndex, hashes }, canonicalizedBody }, checkpoint);
  }
  console.log("ACCEPTED", proofs.length);
} catch (problem) {
  console.log("REFUSED", problem.message);
  process.exit(1);
}
