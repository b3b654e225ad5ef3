// @ts-check
// Which verdict is ready, and how a decision is written for the wire.

import { categories, rationale } from "./answer.js";

/** @typedef {import("./answer.js").Facts} Facts */
/** @typedef {import("./answer.js").Json} Json */

/**
 * Says which verdict Enter sends, given what was done; null while there is none.
 * @param {Facts} facts
 * @param {{intent: string | null, touched: boolean, complete: boolean, count: number}} done
 * @returns {string | null}
 */
export function readyVerdict(facts, done) {
  if (done.intent) return done.intent;
  if (facts.takes.length && !done.touched) return null;
  if (facts.proposal === null) return done.complete ? "correct" : null;
  if (done.count > 0) return facts.allowed.includes("correct") ? "correct" : null;
  if (facts.allowed.includes("approve")) return "approve";
  return facts.takes.length && done.complete ? "correct" : null;
}

/**
 * Writes a decision's body, without its active time.
 * @param {string} verdict
 * @param {Json} output
 * @param {HTMLFormElement} form
 * @param {Facts} facts
 * @param {(section: string) => boolean} shows tells whether a section of the form is asked for
 * @returns {{[key: string]: Json}}
 */
export function bodyOf(verdict, output, form, facts, shows) {
  /** @type {{[key: string]: Json}} */
  const body = { verdict };
  if (verdict === "correct") body.output = output;
  if (facts.proposal === null && verdict === "correct") delete body.verdict;
  const reason = rationale(form);
  if (reason && shows("reason")) body.rationale = reason;
  if (categories(form).length && shows("wrong")) body.error_categories = categories(form);
  return body;
}

/**
 * Says why a verdict cannot be sent as things stand; "" when it can.
 * @param {string} verdict
 * @param {import("./answer.js").Answer} answer
 * @param {number} count how much was changed
 * @param {Facts} facts
 * @param {ReturnType<typeof import("./panes.js").showAnswer>} view
 * @param {DOMStringMap} words
 * @returns {string}
 */
export function missing(verdict, answer, count, facts, view, words) {
  if (view.never(verdict)) return words.never ?? "";
  if (verdict === "approve" && count > 0) return words.changed ?? "";
  if (verdict !== "correct") return "";
  if (answer.problem) return view.fault(answer.problem, words.fields ?? "");
  if (!answer.complete) return view.fault(null, words.first ?? "");
  return count === 0 && facts.proposal !== null && !facts.takes.length ? view.fault(null, words.nothing ?? "") : "";
}
