// @ts-check
// One key, one act: a control carries its key in data-key; keys rest while someone types.

import { fit, paint } from "./keymap.js";
import { ask } from "./requests.js";

const QUIET = ["button", "checkbox", "color", "file", "image", "radio", "range", "reset", "submit"];

/**
 * Tells whether someone types in this element.
 * @param {EventTarget | null} target
 * @returns {boolean}
 */
export function isTyping(target) {
  if (target instanceof HTMLInputElement) return !QUIET.includes(target.type);
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLElement && target.isContentEditable;
}

/**
 * Gives the key of an event as controls carry it, or null where it is none of ours.
 * @param {KeyboardEvent} event
 * @returns {string | null}
 */
export function keyOf(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return null;
  if (event.key.length > 1) return event.key === "Enter" ? "enter" : null;
  const letter = event.key.toLowerCase();
  return event.shiftKey && letter !== event.key ? null : letter;
}

/**
 * Mounts the table of keys, and the keys themselves.
 * @param {HTMLElement} root the dialog that shows the table
 */
export function mountKeys(root) {
  const dialog = /** @type {HTMLDialogElement} */ (root);
  const single = /** @type {HTMLInputElement | null} */ (root.querySelector("[data-switch]"));
  const mine = /** @type {Record<string, string>} */ (JSON.parse(root.dataset.map ?? "{}"));
  const repaint = () => paint(mine);
  const watch = new MutationObserver(repaint);
  if (Object.keys(mine).length) {
    repaint();
    watch.observe(document.body, { childList: true, subtree: true }); // before what was swapped in is drawn
  }
  document.documentElement.removeAttribute("data-keys");

  /** @param {KeyboardEvent} event */
  const press = (event) => {
    if (event.defaultPrevented || document.querySelector("dialog:modal")) return;
    if (event.key === "Escape") return leave(event.target);
    if (isTyping(event.target)) return confirm(event);
    const key = keyOf(event);
    if (!key || event.repeat || (key !== "enter" && single && !single.checked)) return;
    if (key === "enter" && isNative(event.target)) return;
    const control = find(key, mine);
    if (!control) return;
    event.preventDefault();
    if (control.hasAttribute("data-hold")) hold(control, event.code);
    else if (isTyping(control)) control.focus();
    else control.click();
  };
  /** @param {MouseEvent} event */
  const click = (event) => {
    if (event.target instanceof Element && event.target.closest("[data-opens=keys]")) dialog.showModal();
  };
  const change = () => {
    ask(single?.checked ? "PUT" : "DELETE", root.dataset.save ?? "").catch(() => {}); // this page keeps to it anyway
  };
  document.addEventListener("keydown", press);
  document.addEventListener("click", click);
  single?.addEventListener("change", change);
  return {
    destroy() {
      watch.disconnect();
      document.removeEventListener("keydown", press);
      document.removeEventListener("click", click);
      single?.removeEventListener("change", change);
    },
  };
}

/**
 * Holds a control for as long as the key is down, or until the page is left.
 * @param {HTMLElement} control hears hitl:hold and hitl:release
 * @param {string} code of the key that is down
 */
function hold(control, code) {
  control.dispatchEvent(new CustomEvent("hitl:hold"));
  /** @param {Event} event */
  const release = (event) => {
    if (event instanceof KeyboardEvent && event.code !== code) return;
    removeEventListener("keyup", release, true);
    removeEventListener("blur", release);
    control.dispatchEvent(new CustomEvent("hitl:release"));
  };
  addEventListener("keyup", release, true);
  addEventListener("blur", release);
}

/**
 * Leaves a field; elsewhere the panel that listens is told.
 * @param {EventTarget | null} target
 */
function leave(target) {
  if (target instanceof HTMLElement && isTyping(target)) target.blur();
  else document.dispatchEvent(new CustomEvent("hitl:escape"));
}

/**
 * Enter in a line of the decision's form leaves the field; a search sends itself.
 * @param {KeyboardEvent} event
 */
function confirm(event) {
  const line = event.target;
  if (event.key !== "Enter" || !(line instanceof HTMLInputElement) || line.form?.id !== "decision-form") return;
  event.preventDefault();
  line.blur();
}

/** @param {EventTarget | null} target */
function isNative(target) {
  return target instanceof Element && Boolean(target.closest("a, button, summary"));
}

/**
 * Finds the visible control that has this key; Enter belongs to the verdict that is ready.
 * @param {string} key
 * @param {Record<string, string>} mine which key this person has for what
 * @returns {HTMLElement | null}
 */
function find(key, mine) {
  const keys = fit(mine);
  const wanted = key === "enter" ? '[data-key="enter"], [data-ready]' : "[data-key]";
  const shown = [...document.querySelectorAll(wanted)].filter(
    (one) =>
      one instanceof HTMLElement &&
      (key === "enter" || keys(one.dataset.key ?? "") === key) &&
      one.checkVisibility() &&
      !one.hasAttribute("disabled"),
  );
  return /** @type {HTMLElement | null} */ (shown[0] ?? null);
}
