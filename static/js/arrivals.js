// @ts-check
// What arrives, as it arrives: a small question every few seconds while the page is seen, answered 304 where nothing is new.

import { say } from "./live.js";

const OFTEN_MS = 3_000;
const SELDOM_MS = 15_000;
const QUIET = 40; // questions without news, after which it asks seldom

/**
 * Names those arrivals that were not there before, newest first.
 * @param {Set<string>} before ids
 * @param {Element} root
 * @returns {HTMLElement[]}
 */
export function news(before, root) {
  const rows = /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-arrival]"));
  return [...rows].filter((row) => !before.has(row.dataset.arrival ?? ""));
}

/**
 * Mounts the list of what arrives.
 * @param {HTMLElement} root carries data-url, and its words in data-said, data-watching, data-lost
 */
export function mountArrivals(root) {
  const sign = root.parentElement?.querySelector("[data-live]");
  let mark = "";
  let quiet = 0;
  let timer = 0;
  let gone = false;

  const known = () => new Set(news(new Set(), root).map((row) => row.dataset.arrival ?? ""));
  /** @param {string | undefined} word */
  const tell = (word) => {
    if (sign && word && sign.textContent !== word) sign.textContent = word;
  };
  /** @param {string} html */
  const show = (html) => {
    const before = known();
    const held = root.contains(document.activeElement) ? document.activeElement : null;
    const at = held?.getAttribute("href");
    root.innerHTML = html;
    document.dispatchEvent(new CustomEvent("hitl:swapped"));
    const again = at ? root.querySelector(`[href="${CSS.escape(at)}"]`) : held?.id && document.getElementById(held.id);
    if (again instanceof HTMLElement) again.focus();
    const fresh = news(before, root);
    for (const row of fresh) row.dataset.new = "";
    const names = fresh.slice(0, 3).map((row) => row.querySelector("th, h3")?.textContent ?? "");
    if (names.length) say(`${root.dataset.said} ${names.join(", ")}`);
  };
  const look = async () => {
    try {
      const headers = mark ? { "If-None-Match": mark } : undefined;
      const answer = await fetch(root.dataset.url ?? "", { headers, credentials: "same-origin", cache: "no-store" });
      if (gone) return;
      quiet = answer.status === 304 ? quiet + 1 : 0;
      if (answer.ok && !answer.redirected) {
        mark = answer.headers.get("ETag") ?? "";
        show(await answer.text());
      }
      tell(answer.status < 400 ? root.dataset.watching : root.dataset.lost);
    } catch {
      quiet += 1;
      tell(root.dataset.lost);
    }
    plan();
  };
  const plan = () => {
    clearTimeout(timer);
    if (!gone && !document.hidden) timer = setTimeout(look, quiet > QUIET ? SELDOM_MS : OFTEN_MS);
  };
  const seen = () => {
    quiet = 0;
    plan();
  };
  document.addEventListener("visibilitychange", seen);
  plan();
  return {
    destroy: () => {
      gone = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", seen);
    },
  };
}
