// Judge a bundle, or proofs of records one by one, with @sigstore/verify.
//
//   sigstore.js FOLDER VERIFIER-KEY...   ACCEPTED, or REFUSED and the rule that is broken
//   sigstore.js < PROOFS                 one JSON object a line; true or false for each
//
// Its package offers whole Sigstore bundles only, so the two functions that it checks them with are taken by their path.
// The rules: checkpoint and older (signatures), record (proofs of single records), quoted (signatures of the checkpoints in
// those).
"use strict";
const { createPublicKey } = require("node:crypto");
const { existsSync, readFileSync, readdirSync } = require("node:fs");
const { dirname, join } = require("node:path");

const inside = join(dirname(require.resolve("@sigstore/verify/package.json")), "dist", "tlog");
const { verifyCheckpoint } = require(join(inside, "checkpoint.js"));
const { verifyMerkleInclusion } = require(join(inside, "merkle.js"));

const [folder, ...keys] = process.argv.slice(2);
let rule = "keys";

function authority(key) {
  const [name, hint, ...encoded] = key.split("+");
  const x = Buffer.from(encoded.join("+"), "base64").subarray(1).toString("base64url");
  const publicKey = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  return { logID: Buffer.from(hint, "hex"), baseURL: name, publicKey };
}

function opened(envelope, logs) {
  const checkpoint = verifyCheckpoint({ inclusionProof: { checkpoint: { envelope } } }, logs);
  if (checkpoint.origin !== logs[0].baseURL) throw new Error(`a checkpoint of ${checkpoint.origin}`);
  return checkpoint;
}

function listed(name) {
  return existsSync(join(folder, name)) ? readdirSync(join(folder, name)).map((file) => join(folder, name, file)) : [];
}

function leavesByIndex() {
  const begin = Number(/^range ([0-9]+) /m.exec(readFileSync(join(folder, "manifest.note"), "utf8"))[1]);
  const lines = readFileSync(join(folder, "entries.ndjson"), "utf8").split("\n");
  return (index) => Buffer.from(lines[Number(index) - begin] ?? "");
}

function checkRecord(path, logs, target, leaf) {
  const [head, ...rest] = readFileSync(path, "utf8").split("\n\n");
  rule = "quoted";
  const own = opened(rest.join("\n\n"), logs);
  rule = "record";
  if (own.logSize !== target.logSize || !own.logHash.equals(target.logHash)) throw new Error("another tree");
  const [, place, ...texts] = head.split("\n");
  const logIndex = place.replace(/^index /, "");
  const hashes = texts.map((text) => Buffer.from(text, "base64"));
  verifyMerkleInclusion({ inclusionProof: { logIndex, hashes }, canonicalizedBody: leaf(logIndex) }, own);
}

function bundle() {
  const logs = keys.map(authority);
  rule = "checkpoint";
  const target = opened(readFileSync(join(folder, "checkpoint"), "utf8"), logs);
  rule = "older";
  for (const path of listed("checkpoints")) opened(readFileSync(path, "utf8"), logs);
  const leaf = leavesByIndex();
  for (const path of listed("proofs")) checkRecord(path, logs, target, leaf);
  console.log("ACCEPTED", String(target.logSize));
}

function holds(told) {
  const hashes = told.proof.map((text) => Buffer.from(text, "base64"));
  const entry = {
    inclusionProof: { logIndex: String(told.small), hashes },
    canonicalizedBody: Buffer.from(told.body, "base64"),
  };
  try {
    verifyMerkleInclusion(entry, { logSize: BigInt(told.large), logHash: Buffer.from(told.root, "base64") });
  } catch (problem) {
    if (problem.code !== "TLOG_INCLUSION_PROOF_ERROR") throw problem;
    return false;
  }
  return true;
}

if (folder === undefined) {
  for (const line of readFileSync(0, "utf8").trim().split("\n")) console.log(holds(JSON.parse(line)));
} else {
  try {
    bundle();
  } catch (problem) {
    console.log("REFUSED", rule, problem.message);
    process.exit(1);
  }
}
