// @ts-check
// The editor of guidelines: says what is kept, keeps one revision for all forms, and moves cards by drag or keys.

import { say } from "./live.js";
import { mountRowDrag } from "./rowdrag.js";

/**
 * Says what a card's move is called, from where it lands among those shown.
 * @param {string} list
 * @param {string} row
 * @param {number} place
 * @param {number} from the place of the first card that is shown
 */
export function moveOf(list, row, place, from) {
  return `${list}:to:${row}:${from + place}`;
}

/**
 * Mounts the editor.
 * @param {HTMLElement} root carries the words data-saving, data-saved and data-lost
 */
export function mountWriting(root) {
  let unsent = false;
  let back = "";

  /** @param {string | undefined} words */
  const tell = (words) => {
    const part = root.querySelector("[data-part=status]");
    if (part) part.textContent = words ?? "";
  };
  /** All forms go on from the revision that the last answer told. */
  const agree = () => {
    const now = root.querySelector("#revision");
    if (!(now instanceof HTMLInputElement)) return;
    for (const one of root.querySelectorAll("[data-revision]")) {
      if (one instanceof HTMLInputElement) one.value = now.value;
    }
  };
  const ready = () => {
    root.dataset.ready = "";
    for (const one of root.querySelectorAll("[data-part=keys]")) if (one instanceof HTMLElement) one.hidden = false;
    agree();
  };
  /** @param {string} move */
  const send = (move) => {
    const form = root.querySelector("[data-moves]");
    const field = form?.querySelector("[name=move]");
    if (!(form instanceof HTMLFormElement) || !(field instanceof HTMLInputElement)) return;
    field.value = move;
    form.requestSubmit();
    field.value = "";
  };
  /** @param {Element} row */
  const listOf = (row) => {
    const list = row.closest("[data-list]");
    return list instanceof HTMLElement ? list.dataset : {};
  };

  /** Somebody else's change stands beside a form: only a button goes over it. @param {CustomEvent} event */
  const asked = (event) => {
    const form = event.detail.elt;
    const stale = form instanceof Element && form.matches("[data-keeps]") && form.querySelector("[name=over]");
    if (stale && event.detail.triggeringEvent?.type !== "submit") event.preventDefault();
  };
  /** @param {CustomEvent} event */
  const begun = (event) => {
    if (!(event.target instanceof Element) || !event.target.matches("[data-keeps], [data-moves]")) return;
    unsent = false;
    back = document.activeElement?.id ?? "";
    tell(root.dataset.saving);
  };
  /** @param {CustomEvent} event */
  const ended = (event) => {
    const form = event.detail.requestConfig?.elt; // one that was swapped away tells of its end elsewhere
    if (!(form instanceof Element) || !form.matches("[data-keeps], [data-moves]")) return;
    const status = event.detail.xhr?.status ?? 0;
    const refused = status === 409 || status === 422;
    const kept = status >= 200 && status < 300;
    tell(kept ? root.dataset.saved : refused ? "" : root.dataset.lost);
    if (!kept && !refused) {
      unsent = true;
      say(root.dataset.lost ?? "");
    }
  };
  const swapped = () => {
    ready();
    const here = document.activeElement;
    if (back && (!here || here === document.body)) {
      const again = document.getElementById(back);
      const row = again?.closest("li");
      const usable = again instanceof HTMLButtonElement && again.disabled ? row?.querySelector("summary, a") : again;
      if (usable instanceof HTMLElement) usable.focus();
    }
    back = "";
  };
  /** @param {Event} event */
  const typed = (event) => {
    if (event.target instanceof Element && event.target.closest("[data-keeps]")) unsent = true;
  };
  /** @param {KeyboardEvent} event */
  const pressed = (event) => {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    const row = event.target instanceof Element ? event.target.closest(".rule-row") : null;
    const list = row ? listOf(row).list : undefined;
    if (!(row instanceof HTMLElement) || !list) return;
    event.preventDefault();
    send(`${list}:${event.key === "ArrowUp" ? "up" : "down"}:${row.dataset.row}`);
  };
  /** @param {BeforeUnloadEvent} event */
  const leaving = (event) => {
    if (unsent) event.preventDefault();
  };
  const given = () => {
    unsent = false; // a form that is sent by itself leads away on purpose
  };
  /** @type {[EventTarget, string, (event: any) => void][]} */
  const heard = [
    [root, "htmx:configRequest", asked],
    [root, "htmx:beforeRequest", begun],
    [root, "htmx:afterRequest", ended],
    [document, "htmx:oobAfterSwap", agree],
    [root, "htmx:afterSwap", swapped],
    [root, "input", typed],
    [root, "submit", given],
    [root, "keydown", pressed],
    [window, "beforeunload", leaving],
  ];
  for (const [target, name, hear] of heard) target.addEventListener(name, hear);
  const dragging = mountRowDrag(root, (row, place) => {
    const card = [...root.querySelectorAll(".rule-row")].find(
      (one) => one instanceof HTMLElement && one.dataset.row === row && one.hasAttribute("data-held"),
    );
    const list = card ? listOf(card) : {};
    const from = Number(list.from ?? 0);
    if (list.list && from >= 0) send(moveOf(list.list, row, place, from));
  });
  ready();
  return {
    destroy: () => {
      dragging.destroy();
      for (const [target, name, hear] of heard) target.removeEventListener(name, hear);
    },
  };
}
