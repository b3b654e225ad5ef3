// @ts-check
// The marks that a person sets on the tiles of a batch, and what they amount to.

import { keepAt, keptAt } from "./storage.js";

/** @typedef {{token: string, task: string, labels: string[]}} Known */
/** @typedef {{person: string, tiles: Known[], names: Record<string, string>, many: boolean}} Facts */
/** @typedef {{labels: string[], left: boolean}} Mark */

const KEPT = "hitl-batch";

/**
 * Says what a mark amounts to beside the proposal.
 * @param {string[]} proposed
 * @param {Mark} mark
 * @returns {"approve" | "correct" | "left"}
 */
export function choiceOf(proposed, mark) {
  if (mark.left) return "left";
  const same = proposed.length === mark.labels.length && mark.labels.every((code) => proposed.includes(code));
  return same || !mark.labels.length ? "approve" : "correct";
}

/**
 * Gives each decision its share of the time at work: the same for every tile of one sending, rounded down.
 * @param {number} ms
 * @param {number} tiles
 * @returns {number}
 */
export function share(ms, tiles) {
  return tiles ? Math.floor(Math.max(0, ms) / tiles) : 0;
}

/**
 * Says what will be sent: Confirm 47, correct 2, leave 1 for single review.
 * @param {DOMStringMap} words
 * @param {{approve: number, correct: number, left: number}} count
 * @returns {string}
 */
export function sentence(words, count) {
  const parts = [
    [words.confirm, count.approve],
    [words.correct, count.correct],
    [words.left, count.left],
  ];
  const told = parts.filter(([, n]) => n).map(([part, n]) => String(part ?? "").replace("%s", String(n)));
  const whole = told.join(", ");
  return whole.charAt(0).toLocaleUpperCase() + whole.slice(1);
}

/**
 * Reads the marks that this person set in this browser tab; they outlive a reload and a lapsed lease.
 * @param {Facts} facts
 * @returns {Map<string, Mark>}
 */
export function remembered(facts) {
  /** @type {Record<string, Mark>} */
  const kept = keptAt(`${KEPT}:${facts.person}`, sessionStorage) ?? {};
  return new Map(facts.tiles.map((tile) => [tile.token, kept[tile.task] ?? { labels: [], left: false }]));
}

/**
 * Keeps the marks of tiles that are not sent yet.
 * @param {Facts} facts
 * @param {Map<string, Mark>} marks
 * @param {(token: string) => boolean} [sent]
 */
export function keep(facts, marks, sent = () => false) {
  const open = facts.tiles.filter((tile) => !sent(tile.token));
  const kept = Object.fromEntries(open.map((tile) => [tile.task, marks.get(tile.token)]));
  keepAt(`${KEPT}:${facts.person}`, kept, sessionStorage);
}
