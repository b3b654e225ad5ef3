// @ts-check
// Labels on turns as the form holds them: one field a label, with the numbers of its turns, counted from 1.

/** @typedef {import("./answer.js").Json} Json */
/** @typedef {Map<number, string[]>} Turns labels by turn, which counts from 0 */

/**
 * Reads the labels of turns out of an output, or of what was typed before.
 * @param {Json | undefined} output
 * @returns {Turns}
 */
export function turnsOf(output) {
  const told = output && typeof output === "object" && !Array.isArray(output) ? output.turns : null;
  /** @type {Turns} */
  const found = new Map();
  for (const one of Array.isArray(told) ? told : []) {
    if (!one || typeof one !== "object" || Array.isArray(one) || !Array.isArray(one.labels)) continue;
    found.set(Number(one.turn), one.labels.map(String));
  }
  return found;
}

/** @param {HTMLFormElement} form */
function fields(form) {
  return /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("[name^='on:']")]);
}

/**
 * Reads the labels of turns out of the form; those that were proposed stand first, as they were.
 * @param {HTMLFormElement} form
 * @param {Turns} [proposed]
 * @returns {Turns}
 */
export function readTurns(form, proposed = new Map()) {
  /** @type {Turns} */
  const found = new Map();
  for (const field of fields(form))
    for (const number of field.value.split(",").map(Number).filter(Boolean))
      found.set(number - 1, [...(found.get(number - 1) ?? []), field.name.slice(3)]);
  const turns = [...found].sort(([one], [other]) => one - other);
  return new Map(turns.map(([turn, labels]) => [turn, inOrder(labels, proposed.get(turn) ?? [])]));
}

/**
 * @param {string[]} labels
 * @param {string[]} before
 */
function inOrder(labels, before) {
  return [...before.filter((label) => labels.includes(label)), ...labels.filter((label) => !before.includes(label))];
}

/**
 * Writes labels of turns into the form.
 * @param {HTMLFormElement} form
 * @param {Turns} turns
 */
export function writeTurns(form, turns) {
  for (const field of fields(form)) {
    const on = [...turns].filter(([, labels]) => labels.includes(field.name.slice(3))).map(([turn]) => turn + 1);
    field.value = on.sort((one, other) => one - other).join(", ");
  }
}

/**
 * Writes labels of turns as an output has them.
 * @param {Turns} turns
 * @returns {Json[]}
 */
export function asOutput(turns) {
  return [...turns].map(([turn, labels]) => ({ turn, labels }));
}

/**
 * Counts the labels that turns gained or lost, one for another counted once.
 * @param {Turns} before
 * @param {Turns} after
 */
export function turnChanges(before, after) {
  let count = 0;
  for (const turn of new Set([...before.keys(), ...after.keys()])) {
    const [old, now] = [before.get(turn) ?? [], after.get(turn) ?? []];
    const added = now.filter((label) => !old.includes(label)).length;
    count += Math.max(added, old.filter((label) => !now.includes(label)).length);
  }
  return count;
}
