// @ts-check
// Whether somebody is there: away after five minutes without a sign of life, back with the next one.

import { SIGNS } from "./activity.js";

const AWAY_MS = 300_000;
const EACH_MS = 10_000;

/**
 * Watches for signs of life on this page.
 * @param {{away: () => void, back: () => void}} hears
 */
export function watchLife(hears) {
  let [last, away] = [Date.now(), false];
  const sign = () => {
    last = Date.now();
    if (!away) return;
    away = false;
    hears.back();
  };
  const turned = () => {
    if (document.visibilityState === "visible") sign();
  };
  const timer = setInterval(() => {
    if (away || Date.now() - last < AWAY_MS) return;
    away = true;
    hears.away();
  }, EACH_MS);
  for (const name of SIGNS) addEventListener(name, sign, { passive: true, capture: true });
  document.addEventListener("visibilitychange", turned);
  return {
    away: () => away,
    destroy() {
      clearInterval(timer);
      for (const name of SIGNS) removeEventListener(name, sign, { capture: true });
      document.removeEventListener("visibilitychange", turned);
    },
  };
}
