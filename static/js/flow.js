// @ts-check
// The flow from item to item: the next one stands ready, the last decision is on its way.

import { standAhead } from "./ahead.js";
import { say } from "./live.js";
import { deliver, unsent } from "./outbox.js";
import { refusalOf } from "./panes.js";
import { closeLists, partsOf, settleIn, underWay } from "./parts.js";

const FRESH_MS = 250;

/**
 * Mounts the flow around the workbench's pane.
 * @param {HTMLElement} root
 */
export function mountFlow(root) {
  const person = root.dataset.person ?? "";
  const words = /** @type {HTMLElement} */ (root.querySelector(":scope > [data-words]")).dataset;
  /** @type {{pane: HTMLElement, text: string, gone: () => void} | null} */
  let waiting = null;
  let [sending, left] = [false, false];
  const shown = () => /** @type {HTMLElement | null} */ (root.querySelector("#task-pane"));

  /** @param {HTMLElement} pane */
  const show = (pane) => {
    ahead.turned();
    shown()?.replaceWith(pane);
    settleIn(pane);
  };

  const ahead = standAhead({
    shown,
    busy: () => sending,
    looked: (moved) => {
      if (moved || waiting) goOn();
    },
  });

  /**
   * Shows the item that stands ready and sends the decision behind it.
   * @param {HTMLElement} pane
   * @param {string} text
   * @param {() => void} gone
   */
  const go = async (pane, text, gone) => {
    const next = ahead.take();
    sending = true;
    gone();
    const way = underWay(next, words);
    show(next);
    next.toggleAttribute("data-fresh", true); // the second click of two is not meant for an item nobody has seen
    setTimeout(() => next.removeAttribute("data-fresh"), FRESH_MS);
    const letter = { person, url: pane.dataset.decision ?? "", body: text };
    const late = () => {
      way.tell(words.unsent);
      say(words.unsent ?? "");
    };
    const answer = await deliver(letter, { next: next.dataset.token ?? "", late, left: () => left });
    const html = answer ? await answer.text() : "";
    sending = false;
    if (left) return;
    if (!answer?.ok) giveBack(pane, next, answer ? refusalOf(html) : { code: "", sentence: words.failed ?? "" });
    else follow(next, partsOf(html));
    const undo = /** @type {HTMLFormElement | null} */ (way.wanted() ? next.querySelector("[data-undo]") : null);
    if (!undo) return goOn();
    hold();
    undo.requestSubmit();
  };

  /** Lets the decision that waited for the one before it stay unsent. */
  const hold = () => {
    waiting?.pane.dispatchEvent(new CustomEvent("hitl:unsent"));
    waiting = null;
  };

  /** Sends the decision that waited for the one before it, or for the next item. */
  const goOn = () => {
    const held = waiting;
    waiting = null;
    if (held && held.pane === shown() && ahead.ready()) void go(held.pane, held.text, held.gone);
    else if (held) held.pane.dispatchEvent(new CustomEvent("hitl:again"));
    else void ahead.look();
  };

  /**
   * Puts a pane back whose decision was refused; what was shown after it stands ready again.
   * @param {HTMLElement} pane
   * @param {HTMLElement} next
   * @param {{code: string, sentence: string}} refusal
   */
  const giveBack = (pane, next, refusal) => {
    pane.dataset.refused = refusal.sentence;
    pane.dataset.refusedCode = refusal.code;
    hold();
    show(pane);
    ahead.put(next);
  };

  /**
   * Takes what the server answered to a decision whose next item is on screen.
   * @param {HTMLElement} next
   * @param {ReturnType<typeof partsOf>} parts
   */
  const follow = (next, parts) => {
    if (parts.flow) {
      next.removeAttribute("data-ahead");
      Object.assign(next.dataset, { until: parts.flow.dataset.until, now: parts.flow.dataset.now });
      next.dispatchEvent(new CustomEvent("hitl:opened"));
      const part = next.querySelector("[data-part=last]");
      if (part && parts.last) part.replaceWith(parts.last);
      settleIn(next);
      if (parts.ahead) ahead.put(parts.ahead);
    } else if (parts.pane) {
      waiting = null;
      parts.pane.dataset.refused = words.moved ?? "";
      show(parts.pane);
    } else location.reload(); // the sign-in has ended; this address asks for it
  };

  /** @param {Event} event */
  const decided = (event) => {
    const { detail, target } = /** @type {CustomEvent} */ (event);
    const pane = /** @type {HTMLElement} */ (target);
    if (sending || ahead.looking()) waiting = { pane, ...detail };
    else if (ahead.ready()) void go(pane, detail.text, detail.gone);
    else return;
    event.preventDefault();
  };
  const swapped = () => {
    ahead.turned();
    ahead.put(null);
    void ahead.look();
  };
  const close = (/** @type {Event} */ event) => closeLists(root, event);
  const leave = () => {
    left = true;
    void ahead.letGo({ keepalive: true });
  };
  const back = (/** @type {PageTransitionEvent} */ event) => event.persisted && location.reload();
  const warn = (/** @type {BeforeUnloadEvent} */ event) => (sending || waiting) && event.preventDefault();

  /** @type {[EventTarget, string, (event: any) => void][]} */
  const hears = [
    [root, "hitl:decided", decided],
    [root, "htmx:afterSwap", swapped],
    [document, "visibilitychange", ahead.look],
    [document, "hitl:escape", close],
    [document, "pointerdown", close],
    [window, "pagehide", leave],
    [window, "pageshow", back],
    [window, "beforeunload", warn],
  ];
  for (const [on, name, hear] of hears) on.addEventListener(name, hear);
  /**
   * Sends what was not answered when the page went away; a refusal is said, whatever is on screen now.
   * @param {import("./outbox.js").Letter} letter
   */
  const sendOld = async (letter) => {
    const answer = await deliver(letter, { left: () => left });
    if (answer?.ok) return location.reload();
    const detail = answer && (words.refused ?? "").replace("%s", refusalOf(await answer.text()).sentence);
    if (detail) shown()?.dispatchEvent(new CustomEvent("hitl:told", { detail }));
    void ahead.look();
  };
  const old = unsent(person);
  void (old ? sendOld(old) : ahead.look());
  return {
    destroy() {
      leave();
      ahead.destroy();
      for (const [on, name, hear] of hears) on.removeEventListener(name, hear);
    },
  };
}
