// @ts-check
// The answer that stands in the form: read, compared with the proposal, and written for the wire.

import { numberOf } from "./numbers.js";
import { asOutput, readTurns, turnChanges, turnsOf } from "./onturns.js";

/** @typedef {null | boolean | number | string | Json[] | {[key: string]: Json}} Json */
/**
 * What the page tells the script of a claim.
 * @typedef {object} Facts
 * @property {string} token
 * @property {"labels" | "fields" | "json"} shape
 * @property {boolean} many
 * @property {boolean} turns whether single turns can be labelled here
 * @property {Json} proposal null where hidden or absent
 * @property {string} said the proposal in words
 * @property {string[]} allowed
 * @property {string[]} reasonFor
 * @property {{output: Json, verdict: string}[]} takes
 * @property {number} activeMs
 * @property {string | null} intent
 * @property {boolean} drafted
 */
/** @typedef {{output: Json, problem: HTMLElement | null, complete: boolean}} Answer */

/**
 * Tells whether two values say the same; the order of an object's keys says nothing.
 * @param {Json | undefined} one
 * @param {Json | undefined} other
 * @returns {boolean}
 */
export function same(one, other) {
  if (one === other) return true;
  if (!one || !other || typeof one !== "object" || typeof other !== "object") return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [left, right] = [Object.entries(one), Object.entries(other)];
  if (left.length !== right.length) return false;
  return left.every(([key, value]) => key in other && same(value, /** @type {Record<string, Json>} */ (other)[key]));
}

/**
 * Counts what differs: labels put in the place of others, members of an object, else one.
 * @param {Json} proposal
 * @param {Json} output
 * @returns {number}
 */
export function changes(proposal, output) {
  if (same(proposal, output)) return 0;
  const [before, after] = [members(proposal), members(output)];
  if (!before || !after) return 1;
  if (Array.isArray(before.labels) && Array.isArray(after.labels)) {
    const [old, now] = [before.labels, after.labels];
    const added = now.filter((label) => !old.includes(label)).length;
    const removed = old.filter((label) => !now.includes(label)).length;
    return Math.max(added, removed) + turnChanges(turnsOf(before), turnsOf(after));
  }
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => !same(before[name], after[name])).length;
}

/**
 * @param {Json} value
 * @returns {{[key: string]: Json} | null}
 */
function members(value) {
  return value && typeof value === "object" && !Array.isArray(value) ? value : null;
}

/**
 * Reads the answer out of the form.
 * @param {HTMLFormElement} form
 * @param {Facts} facts
 * @returns {Answer}
 */
export function readAnswer(form, facts) {
  if (facts.shape === "labels") return readLabels(form, facts);
  return facts.shape === "fields" ? readFields(form, facts) : readJson(form);
}

/**
 * @param {HTMLFormElement} form
 * @param {Facts} facts
 * @returns {Answer}
 */
function readLabels(form, facts) {
  const chosen = [...form.querySelectorAll("[name=label]:checked")].map(
    (box) => /** @type {HTMLInputElement} */ (box).value,
  );
  const before = members(facts.proposal)?.labels;
  const known = Array.isArray(before) ? before : [];
  const order = [
    ...known.filter((label) => chosen.includes(String(label))),
    ...chosen.filter((label) => !known.includes(label)),
  ];
  const turns = facts.turns ? asOutput(readTurns(form, turnsOf(facts.proposal))) : [];
  const output = /** @type {Json} */ (turns.length ? { labels: order, turns } : { labels: order });
  return { output, problem: null, complete: facts.many || chosen.length > 0 };
}

/**
 * @param {HTMLFormElement} form
 * @param {Facts} facts
 * @returns {Answer}
 */
function readFields(form, facts) {
  const output = { ...members(facts.proposal) };
  /** @type {HTMLElement | null} */
  let problem = null;
  for (const box of form.querySelectorAll("[data-field]")) {
    if (!(box instanceof HTMLElement)) continue;
    const name = box.dataset.field ?? "";
    const value = readField(box);
    const unasked = value === false && !(name in output) && !box.hasAttribute("data-required");
    if (value === undefined) delete output[name];
    else if (unasked) continue;
    else if (typeof value === "number" && Number.isNaN(value)) problem ??= box;
    else output[name] = value;
    if (value === undefined && box.hasAttribute("data-required")) problem ??= box;
  }
  return { output, problem, complete: !problem };
}

/**
 * Reads one field: undefined where nothing is given, NaN where a number does not read.
 * @param {HTMLElement} box
 * @returns {Json | undefined}
 */
function readField(box) {
  const input = box.querySelector("input");
  if (box.dataset.kind === "choice") {
    const chosen = box.querySelector("input:checked");
    return chosen instanceof HTMLInputElement ? JSON.parse(chosen.value) : undefined;
  }
  if (box.dataset.kind === "boolean") return input?.checked ?? false;
  const text = input?.value.trim() ?? "";
  if (!text) return undefined;
  if (box.dataset.kind === "text") return text;
  const number = numberOf(text);
  return box.dataset.kind === "integer" && !Number.isInteger(number) ? Number.NaN : number;
}

/**
 * @param {HTMLFormElement} form
 * @returns {Answer}
 */
function readJson(form) {
  const area = form.querySelector("[name=json]");
  const text = area instanceof HTMLTextAreaElement ? area.value.trim() : "";
  const box = /** @type {HTMLElement | null} */ (form.querySelector("[data-answer]"));
  if (!text) return { output: null, problem: box, complete: false };
  try {
    return { output: JSON.parse(text), problem: null, complete: true };
  } catch {
    return { output: null, problem: box, complete: false };
  }
}

/**
 * Writes what stands in the form as a draft: raw text, so that nothing typed is lost.
 * @param {HTMLFormElement} form
 * @param {Facts} facts
 * @returns {{[key: string]: Json}}
 */
export function writeDraft(form, facts) {
  const draft = /** @type {{[key: string]: Json}} */ ({});
  if (facts.shape === "labels") Object.assign(draft, facts.turns ? { turns: [] } : {}, readLabels(form, facts).output);
  if (facts.shape === "fields") {
    const fields = /** @type {{[key: string]: Json}} */ ({});
    for (const box of form.querySelectorAll("[data-field]")) {
      if (!(box instanceof HTMLElement)) continue;
      const typed = box.dataset.kind === "number" || box.dataset.kind === "integer";
      const value = typed ? readTyped(box) : readField(box);
      if (value !== undefined) fields[box.dataset.field ?? ""] = value;
    }
    draft.fields = fields;
  }
  if (facts.shape === "json") draft.text = String(new FormData(form).get("json") ?? "");
  return { ...draft, rationale: rationale(form), error_categories: categories(form) };
}

/**
 * Reads what stands in a number's field: a number where it reads, else the text as typed.
 * @param {HTMLElement} box
 */
function readTyped(box) {
  const value = readField(box);
  return typeof value === "number" && Math.abs(value) < 2 ** 53 ? value : (box.querySelector("input")?.value ?? "");
}

/** @param {HTMLFormElement} form */
export function rationale(form) {
  return String(new FormData(form).get("rationale") ?? "").trim();
}

/** @param {HTMLFormElement} form */
export function categories(form) {
  return new FormData(form).getAll("category").map(String);
}
