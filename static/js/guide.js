// @ts-check
// The guideline beside the item: open where a label or an error is chosen, found as one types, kept from item to item.

import { mark, wordsOf } from "./finding.js";

const PAUSE_MS = 150;
const MOST_KEPT = 60;

/** @type {Map<string, string>} what was read, by its address: a version never changes */
const kept = new Map();

/**
 * Reads a part of the guideline, once.
 * @param {string} url
 * @returns {Promise<string>}
 */
async function read(url) {
  const known = kept.get(url);
  if (known !== undefined) return known;
  const answer = await fetch(url, { credentials: "same-origin", headers: { "HX-Request": "true" } });
  if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
  const html = await answer.text();
  const oldest = kept.keys().next().value;
  if (kept.size >= MOST_KEPT && oldest !== undefined) kept.delete(oldest);
  kept.set(url, html);
  return html;
}

/**
 * Says where the guideline opens: at the error chosen last, else the label chosen last, else where the page says.
 * What is hidden from the reviewer is in none of them.
 * @param {Element} pane
 * @param {string} fallback
 * @param {EventTarget | null} last what was changed last
 */
export function placeOf(pane, fallback, last) {
  const marks = /** @type {HTMLInputElement[]} */ ([
    ...pane.querySelectorAll("[data-when=wrong]:not([hidden]) [name=category]:checked"),
    ...pane.querySelectorAll(":not([hidden]) > .choice > :is([name=label], [data-on-turn]):checked"),
  ]);
  const chosen = marks.find((one) => one === last) ?? marks[0];
  if (!chosen) return fallback;
  return `${chosen.name === "category" ? "error" : "label"}-${chosen.value}`;
}

/**
 * Mounts the panel.
 * @param {HTMLElement} root
 */
export function mountGuide(root) {
  const pane = /** @type {HTMLElement} */ (root.closest("#task-pane") ?? root);
  const part = /** @type {HTMLElement} */ (root.querySelector("[data-guide-part]"));
  const line = /** @type {HTMLInputElement} */ (root.querySelector("[type=search]"));
  const back = /** @type {HTMLElement} */ (root.querySelector("[data-back]"));
  const meanings = /** @type {HTMLElement} */ (root.querySelector("[data-meanings]"));
  const all = root.querySelector("[data-guide-all]");
  const fallback = root.dataset.at ?? "";
  /** @type {EventTarget | null} */
  let last = null;
  let [opened, shown, timer] = ["", "", 0];

  /** Gives the address of what is to be seen now. */
  const wanted = () => {
    const url = new URL(root.dataset.panel ?? "", location.href);
    if (line.value.trim()) url.searchParams.set("find", line.value.trim());
    else if (opened) url.searchParams.set("at", opened);
    else if (!root.hasAttribute("data-all")) url.searchParams.set("at", placeOf(pane, fallback, last));
    return url.href;
  };
  const show = async () => {
    const url = wanted();
    const away = Boolean(line.value.trim() || opened);
    root.dataset.opened = line.value.trim() ? "" : opened;
    back.hidden = !away;
    meanings.hidden = away;
    if (url === shown) return;
    shown = url;
    const html = await read(url).catch(() => null);
    if (url !== shown || !root.isConnected) return;
    if (html === null) {
      shown = "";
      part.textContent = root.dataset.failed ?? "";
      return;
    }
    part.innerHTML = html;
    if (away) part.parentElement?.scrollTo({ top: 0 });
    mark([part], wordsOf(line.value));
    document.dispatchEvent(new Event("hitl:swapped"));
  };
  const soon = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(show, PAUSE_MS);
  };
  /** @param {Event} event */
  const chosen = (event) => {
    if (!(event.target instanceof HTMLInputElement) || event.target === line) return;
    if (event.target.checked) last = event.target;
    opened = "";
    line.value = "";
    soon();
  };
  const follow = () => {
    [opened, line.value] = ["", ""];
    void show();
  };
  /** @param {MouseEvent} event */
  const press = (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (button?.dataset.open) {
      opened = button.dataset.open;
      line.value = "";
      void show().then(() => /** @type {HTMLElement} */ (part.parentElement).focus({ preventScroll: true }));
    } else if (button && back.contains(button)) follow();
  };
  /** @param {KeyboardEvent} event */
  const key = (event) => {
    if (event.key === "Enter") event.preventDefault();
    if (event.key !== "Escape" || !line.value) return;
    follow();
  };

  /** @type {[EventTarget | null, string, (event: any) => void][]} */
  const hears = [
    [pane, "input", chosen],
    [pane, "hitl:turn", soon],
    [line, "input", soon],
    [line, "keydown", key],
    [root, "click", press],
    [all, "click", follow],
  ];
  for (const [on, name, hear] of hears) on?.addEventListener(name, hear);
  soon();
  return {
    destroy() {
      window.clearTimeout(timer);
      mark([], []);
      for (const [on, name, hear] of hears) on?.removeEventListener(name, hear);
    },
  };
}
