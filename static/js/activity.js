// @ts-check
// Time at work: what passes between signs of life, without long pauses and hidden tabs.

const IDLE_MS = 30_000;
export const SIGNS = /** @type {const} */ (["pointermove", "pointerdown", "keydown", "input", "wheel", "touchstart"]);

/**
 * Adds up the time at work. After 30 s without a sign of life the rest of a pause does not count.
 * @param {number} startMs what was at work before, in an earlier load of the same claim
 * @param {() => number} [clock] milliseconds that only grow
 */
export function meter(startMs, clock = () => performance.now()) {
  let total = startMs;
  let last = clock();
  let visible = true;
  const add = () => {
    const now = clock();
    if (visible) total += Math.min(now - last, IDLE_MS);
    last = now;
  };
  return {
    sign: add,
    /** @param {boolean} shown */
    show(shown) {
      if (visible) add();
      visible = shown;
      last = clock();
    },
    /** @returns {number} whole milliseconds, at most a day */
    read() {
      add();
      return Math.min(Math.round(total), 86_400_000);
    },
  };
}

/**
 * Runs a meter on this page's signs of life.
 * @param {number} startMs
 * @param {() => void} [onSign]
 */
export function watchActivity(startMs, onSign = () => {}) {
  const metering = meter(startMs);
  const sign = () => {
    metering.sign();
    onSign();
  };
  const turned = () => metering.show(document.visibilityState === "visible");
  for (const name of SIGNS) addEventListener(name, sign, { passive: true, capture: true });
  document.addEventListener("visibilitychange", turned);
  turned();
  return {
    read: metering.read,
    destroy() {
      for (const name of SIGNS) removeEventListener(name, sign, { capture: true });
      document.removeEventListener("visibilitychange", turned);
    },
  };
}
