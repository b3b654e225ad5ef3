// @ts-check
// Asking about the guideline without leaving the page: a dialog that keeps what is typed until it is sent.

import { say } from "./live.js";
import { ask } from "./requests.js";
import { sends } from "./sendkey.js";
import { forget, keepAt, keptAt } from "./storage.js";

const FORM = { "Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true" };

/**
 * Gives the address of the form, with the section that the panel beside the item stands at.
 * @param {HTMLAnchorElement} link
 */
export function addressOf(link) {
  const url = new URL(link.href);
  const opened = link.closest("#task-pane")?.querySelector("[data-guide]")?.getAttribute("data-opened");
  if (opened?.startsWith("section-")) url.searchParams.set("at", opened.slice("section-".length));
  return url.href;
}

/**
 * Mounts the dialog.
 * @param {HTMLElement} root
 */
export function mountAsk(root) {
  const dialog = /** @type {HTMLDialogElement} */ (root);
  const body = /** @type {HTMLElement} */ (root.querySelector("[data-body]"));
  const told = /** @type {HTMLElement} */ (root.querySelector("[data-told]"));
  let [place, sending] = ["", false];

  const form = () => body.querySelector("form");
  /** @param {string} sentence */
  const tell = (sentence) => {
    told.textContent = sentence;
    told.hidden = !sentence;
  };
  const typed = () => {
    const made = form();
    if (made) keepAt(place, Object.fromEntries(new FormData(made)));
  };
  /** Puts back what was typed here before, under the name that it had: sent twice it is one question. */
  const restore = () => {
    const kept = keptAt(place);
    for (const name of kept?.text ? ["text", "section", "question"] : []) {
      const field = form()?.elements.namedItem(name);
      if (field && "value" in field && kept[name] !== undefined) field.value = String(kept[name]);
    }
    const list = form()?.elements.namedItem("section");
    if (list instanceof HTMLSelectElement && list.selectedIndex < 0) list.selectedIndex = 0;
  };
  /** @param {HTMLAnchorElement} link */
  const open = async (link) => {
    place = `hitl-question:${root.dataset.person}:${link.dataset.ask}`;
    const answer = await fetch(addressOf(link), { headers: { "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok || answer.redirected) return location.assign(link.href);
    if (dialog.open || !link.isConnected) return;
    body.innerHTML = await answer.text();
    tell("");
    restore();
    dialog.showModal();
    /** @type {HTMLElement | null} */ (body.querySelector("textarea"))?.focus();
  };
  const send = async () => {
    const made = form();
    if (!made || sending) return;
    sending = true;
    const sent = new URLSearchParams(/** @type {any} */ (new FormData(made))).toString();
    const answer = await ask("POST", made.action, { body: sent, headers: FORM }).catch(() => null);
    sending = false;
    if (answer?.status === 201) return asked(await answer.text());
    if (answer && (answer.status === 422 || answer.status === 409)) {
      body.innerHTML = await answer.text();
      tell("");
      /** @type {HTMLElement | null} */ (body.querySelector("textarea"))?.focus();
    } else tell(root.dataset.failed ?? "");
  };
  /** @param {string} sentence */
  const asked = (sentence) => {
    forget(place);
    body.replaceChildren();
    dialog.close();
    const quiet = document.querySelector("[data-kept]");
    if (quiet) quiet.textContent = sentence;
    say(sentence);
  };

  /** @param {MouseEvent} event */
  const click = (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[data-ask]") : null;
    if (!(link instanceof HTMLAnchorElement) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    void open(link);
  };
  /** @param {SubmitEvent} event */
  const submit = (event) => {
    if (event.target !== form()) return;
    event.preventDefault();
    void send();
  };
  /** @param {KeyboardEvent} event */
  const press = (event) => {
    if (!sends(event) || event.repeat) return;
    event.preventDefault();
    void send();
  };
  /** @type {[EventTarget, string, (event: any) => void][]} */
  const hears = [
    [document, "click", click],
    [root, "submit", submit],
    [root, "input", typed],
    [root, "keydown", press],
  ];
  for (const [on, name, hear] of hears) on.addEventListener(name, hear);
  return {
    destroy() {
      for (const [on, name, hear] of hears) on.removeEventListener(name, hear);
    },
  };
}
