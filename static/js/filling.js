// @ts-check
// Puts an answer, or what was typed before, into the form.

import { writeNumber } from "./numbers.js";
import { turnsOf, writeTurns } from "./onturns.js";

/** @typedef {import("./answer.js").Json} Json */

/**
 * Fills the form with an answer.
 * @param {HTMLFormElement} form
 * @param {Json} output
 */
export function fill(form, output) {
  const told = /** @type {{[key: string]: Json}} */ (output);
  const labels = Array.isArray(told.labels) ? told.labels : [];
  for (const mark of /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll("[name=label]")))
    mark.checked = labels.includes(mark.value);
  writeTurns(form, turnsOf(output));
  for (const part of /** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll("[data-field]"))) {
    const value = told[part.dataset.field ?? ""];
    for (const input of part.querySelectorAll("input")) {
      if (part.dataset.kind === "choice")
        input.checked = JSON.stringify(value) === JSON.stringify(JSON.parse(input.value));
      else if (part.dataset.kind === "boolean") input.checked = value === true;
      else if (typeof value === "number") input.value = writeNumber(value);
      else input.value = value === undefined || value === null ? "" : String(value);
    }
  }
  const area = form.elements.namedItem("json");
  if (area instanceof HTMLTextAreaElement) area.value = JSON.stringify(output, null, 2);
}

/**
 * Fills the form with a draft, as `writeDraft` wrote it.
 * @param {HTMLFormElement} form
 * @param {{[key: string]: Json}} draft
 */
export function fillDraft(form, draft) {
  if (draft.labels) fill(form, { labels: draft.labels, turns: draft.turns ?? [] });
  if (draft.fields) fill(form, draft.fields);
  for (const [name, text] of Object.entries({ json: draft.text, rationale: draft.rationale })) {
    const area = form.elements.namedItem(name);
    if (area instanceof HTMLTextAreaElement && typeof text === "string") area.value = text;
  }
  const chosen = Array.isArray(draft.error_categories) ? draft.error_categories : [];
  for (const mark of /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll("[name=category]")))
    mark.checked = chosen.includes(mark.value);
  for (const [section, shown] of [
    ["wrong", chosen.length > 0],
    ["reason", Boolean(draft.rationale)],
  ]) {
    const part = form.querySelector(`[data-when=${section}]`);
    if (part instanceof HTMLElement && shown) part.hidden = false;
  }
}
