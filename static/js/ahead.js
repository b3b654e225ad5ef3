// @ts-check
// The item that stands ready: claimed while another is on screen, kept while somebody is there, else given back.

import { watchLife } from "./life.js";
import { partsOf, warm } from "./parts.js";
import { ask } from "./requests.js";

const KEEP_MS = 60_000;
const LOOK_MS = 20_000;
const LONGEST_LOOK_MS = 4_000;

/**
 * Keeps an item ready beside the one on screen.
 * @param {{shown: () => HTMLElement | null, busy: () => boolean, looked: (moved: boolean) => void}} hears `looked` is
 *   told after each look, and whether another item came on screen meanwhile
 */
export function standAhead(hears) {
  /** @type {{pane: HTMLElement, pictures: HTMLImageElement[]} | null} */
  let ahead = null;
  let [looking, turn] = [false, 0];

  /** @param {HTMLElement | null} pane the item that stands ready now, if any */
  const put = (pane) => {
    ahead = pane && warm(pane);
  };
  const letGo = async (/** @type {{keepalive?: boolean}} */ how = {}) => {
    const gone = ahead;
    put(null);
    if (gone) await ask("DELETE", gone.pane.dataset.claim ?? "", how).catch(() => null);
  };
  const idle = () => document.hidden || life.away() || hears.shown()?.hasAttribute("data-lapsed") !== false;

  const look = async () => {
    const pane = hears.shown();
    const url = pane?.dataset.claims;
    if (!url || ahead || looking || hears.busy() || idle() || pane?.hasAttribute("data-ahead")) return;
    looking = true;
    const now = turn;
    const answer = await ask("POST", url, { signal: AbortSignal.timeout(LONGEST_LOOK_MS) }).catch(() => null);
    const html = answer?.status === 201 ? await answer.text().catch(() => "") : "";
    looking = false;
    if (now !== turn) return hears.looked(true);
    const found = partsOf(html).pane;
    if (found && found.dataset.token !== hears.shown()?.dataset.token) put(found);
    hears.looked(false);
  };

  /** Keeps the claim of the item that stands ready; takes a fresh one where the server keeps it not much longer. */
  const keep = async () => {
    if (!ahead || hears.busy() || idle()) return;
    const kept = ahead;
    const answer = await ask("PATCH", kept.pane.dataset.claim ?? "").catch(() => null);
    const { until } = answer?.ok ? await answer.json().catch(() => ({})) : { until: "" };
    const over = Date.parse(until) - Date.parse(answer?.headers.get("Date") ?? "") < KEEP_MS;
    if (ahead === kept && answer && !answer.ok) put(null);
    else if (ahead === kept && over) await letGo();
    await look();
  };

  const life = watchLife({ away: () => void letGo(), back: () => void look() });
  const lapsed = () => void letGo();
  document.addEventListener("hitl:lapsed", lapsed);
  const timers = [setInterval(() => void keep(), KEEP_MS), setInterval(() => void look(), LOOK_MS)];
  return {
    look,
    put,
    letGo,
    looking: () => looking,
    ready: () => ahead !== null,
    /** Gives the item that stands ready to the screen. */
    take() {
      const { pane } = /** @type {{pane: HTMLElement}} */ (ahead);
      put(null);
      return pane;
    },
    /** Says that another item is on screen: what is being looked for was for the one before. */
    turned: () => {
      turn += 1;
    },
    destroy() {
      timers.forEach(clearInterval);
      life.destroy();
      document.removeEventListener("hitl:lapsed", lapsed);
    },
  };
}
