// @ts-check
// The clock of a claim: counts down, turns orange, prolongs while someone works, says when it has lapsed.

import { ask } from "./requests.js";

const SOON_MS = 120_000;
const EACH_MS = 60_000;

/**
 * Writes what is left as minutes and seconds.
 * @param {number} ms
 * @returns {string}
 */
export function left(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/**
 * Runs the clock of the claim that `root` shows.
 * @param {HTMLElement} root carries data-until, data-now and data-claim
 * @param {{onSoon: () => void, onLapse: () => void}} hears
 */
export function watchClaim(root, hears) {
  const skew = Date.parse(root.dataset.now ?? "") - Date.now();
  let until = Date.parse(root.dataset.until ?? "") - skew;
  let asked = Date.now();
  let soon = false;
  let over = false;
  const face = root.querySelector("[data-clock]");
  const box = root.querySelector(".clock");
  const lapse = () => {
    if (over) return;
    over = true;
    root.toggleAttribute("data-lapsed", true);
    root.dispatchEvent(new CustomEvent("hitl:lapsed", { bubbles: true }));
    hears.onLapse();
  };
  const tick = () => {
    if (root.hasAttribute("data-ahead")) return;
    const ms = until - Date.now();
    if (face) face.textContent = left(ms);
    const now = ms < SOON_MS;
    if (now && !soon && ms > 0) hears.onSoon();
    soon = now;
    box?.toggleAttribute("data-soon", soon);
    if (ms <= 0) lapse();
  };
  const timer = setInterval(tick, 500);
  /** Reads the lease from the page: it begins when the server knows that the item is on screen. */
  const opened = () => {
    until = Date.parse(root.dataset.until ?? "") - (Date.parse(root.dataset.now ?? "") - Date.now());
    asked = Date.now();
    tick();
  };
  root.addEventListener("hitl:opened", opened);
  tick();
  return {
    /** Prolongs the lease, at most once a minute. */
    async prolong() {
      if (over || root.hasAttribute("data-ahead") || Date.now() - asked < EACH_MS) return;
      asked = Date.now();
      const answer = await ask("PATCH", root.dataset.claim ?? "").catch(() => null);
      if (!answer || answer.redirected || answer.status >= 500) return;
      if (answer.ok) until = Date.parse((await answer.json()).until) - skew;
      else lapse();
    },
    lapsed: () => over,
    destroy() {
      clearInterval(timer);
      root.removeEventListener("hitl:opened", opened);
    },
  };
}
