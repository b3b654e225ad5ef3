// @ts-check
// A break: counts down, says when it is over, and only then offers to go on. The server decides whether one may.

import { left } from "./claim.js";
import { say } from "./live.js";

/**
 * Mounts the page of a break.
 * @param {HTMLElement} root carries data-until, data-now and data-over
 */
export function mountRest(root) {
  const skew = Date.parse(root.dataset.now ?? "") - Date.now();
  const until = Date.parse(root.dataset.until ?? "") - skew;
  const face = root.querySelector("[data-left]");
  const on = /** @type {HTMLElement | null} */ (root.querySelector("[data-on]"));
  const tick = () => {
    const ms = until - Date.now();
    if (face) face.textContent = ms > 0 ? left(ms) : (root.dataset.over ?? "");
    if (ms > 0 || !on?.hidden) return;
    on.hidden = false;
    say(root.dataset.over ?? "");
  };
  const timer = setInterval(tick, 500);
  tick();
  return { destroy: () => clearInterval(timer) };
}
