// @ts-check
// The labels of the turn that is chosen: while one is, label keys go there; the marks on every turn follow the form.

import { say } from "./live.js";
import { readTurns, turnsOf, writeTurns } from "./onturns.js";

/**
 * Mounts the labels of turns beside the conversation.
 * @param {HTMLElement} root
 */
export function mountTurnlabels(root) {
  const pane = /** @type {HTMLElement} */ (root.closest(".pane"));
  const form = /** @type {HTMLFormElement} */ (root.closest("form"));
  const whole = /** @type {HTMLElement} */ (form.querySelector("[data-answer]"));
  const turns = /** @type {HTMLElement[]} */ ([...pane.querySelectorAll(".turn")]);
  const boxes = /** @type {HTMLInputElement[]} */ ([...root.querySelectorAll("[data-on-turn]")]);
  const legend = /** @type {HTMLElement} */ (root.querySelector("legend"));
  const proposed = turnsOf(JSON.parse(pane.querySelector("#pane-facts")?.textContent ?? "{}").proposal);
  const named = new Map(boxes.map((box) => [box.value, box.closest("label")]));
  let drawn = "";
  let now = turns.findIndex((turn) => turn.hasAttribute("aria-current"));

  /**
   * @param {string | undefined} words
   * @param {string} [label]
   */
  const told = (words, label = "") => (words ?? "").replace("%l", label).replace("%n", String(now + 1));
  const nameOf = (/** @type {string} */ code) => named.get(code)?.querySelector(".cut")?.textContent ?? code;

  /**
   * Makes the mark of a label on a turn.
   * @param {string} code
   * @param {boolean} model
   * @param {boolean} gone
   */
  const mark = (code, model, gone) => {
    const [badge, swatch, said] = ["span", "span", "span"].map((tag) => document.createElement(tag));
    const name = document.createElement(gone ? "del" : "span");
    badge.className = "badge";
    swatch.className = "swatch";
    swatch.dataset.label = named.get(code)?.dataset.label ?? "";
    for (const part of model ? [badge, swatch] : []) part.dataset.origin = "model";
    name.textContent = nameOf(code);
    said.className = "sr";
    said.textContent = gone ? ` ${root.dataset.gone}` : model ? ` ${root.dataset.model}` : "";
    badge.append(swatch, name, said);
    return badge;
  };

  /** @param {Map<number, string[]>} made */
  const draw = (made) => {
    for (const [number, turn] of turns.entries()) {
      const line = /** @type {HTMLElement | null} */ (turn.querySelector(".turn-marks"));
      const [before, after] = [proposed.get(number) ?? [], made.get(number) ?? []];
      const added = after.filter((code) => !before.includes(code));
      line?.replaceChildren(
        ...before.map((code) => mark(code, true, !after.includes(code))),
        ...added.map((code) => mark(code, false, false)),
      );
      if (line) line.hidden = !line.childElementCount;
    }
  };
  const paint = () => {
    const made = readTurns(form, proposed);
    const standing = JSON.stringify([...made]);
    if (standing !== drawn) draw(made);
    drawn = standing;
    for (const box of boxes) box.checked = made.get(now)?.includes(box.value) ?? false;
    root.hidden = now < 0;
    whole.hidden = now >= 0;
    legend.textContent = told(legend.dataset.legend);
  };

  /** @param {Event} event */
  const choose = (event) => {
    const before = now;
    now = /** @type {CustomEvent} */ (event).detail;
    if (before < 0 && now >= 0) say(told(root.dataset.chosen));
    if (before >= 0 && now < 0) say(told(root.dataset.whole));
    const away = now < 0 && (root.contains(document.activeElement) || turns[before] === document.activeElement);
    paint();
    if (away) /** @type {HTMLElement | null} */ (pane.querySelector(".stage"))?.focus({ preventScroll: true });
    if (now >= 0) root.scrollIntoView({ block: "nearest" });
  };
  /** @param {Event} event */
  const toggle = (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || now < 0) return;
    const made = readTurns(form, proposed);
    const rest = (made.get(now) ?? []).filter((code) => code !== box.value);
    writeTurns(form, new Map([...made, [now, box.checked ? [...rest, box.value] : rest]]));
    say(told(box.checked ? root.dataset.set : root.dataset.off, nameOf(box.value)));
  };
  /** @param {Event} event */
  const back = (event) => {
    if (event.target instanceof Element && event.target.closest("[data-back]"))
      document.dispatchEvent(new CustomEvent("hitl:escape"));
  };

  /** @type {[EventTarget, string, (event: Event) => void, boolean][]} */
  const hears = [
    [pane, "hitl:turn", choose, true], // before the workbench shows what the labels mean
    [root, "input", toggle, false],
    [root, "click", back, false],
    [form, "input", paint, false], // after the workbench, which puts a whole decision into the form when one is taken
  ];
  for (const [on, name, hear, capture] of hears) on.addEventListener(name, hear, capture);
  for (const part of form.querySelectorAll("[data-turn-hint]")) part.toggleAttribute("hidden", false);
  for (const part of form.querySelectorAll("[data-by-number]")) part.toggleAttribute("hidden", true);
  paint();
  return {
    destroy() {
      for (const [on, name, hear, capture] of hears) on.removeEventListener(name, hear, capture);
    },
  };
}
