// @ts-check
// What is typed is kept as one types.

import { ask } from "./requests.js";
import { forget, keepAt, keptAt } from "./storage.js";

const WAIT_MS = 600;
const AGAIN_MS = 4_000;
const DAY_MS = 86_400_000;

/**
 * Gives what was typed at a place in this browser and had not reached the server, or null.
 * @param {string} place
 * @returns {{[key: string]: import("./answer.js").Json} | null}
 */
export function stranded(place) {
  const found = keptAt(place);
  return found && Date.now() - found.at < DAY_MS ? found.draft : null;
}

/**
 * Saves what `read` gives, a moment after the last change, and at once when the page is left.
 * @param {string} url
 * @param {string} place where this browser keeps it until the server has it
 * @param {() => object} read
 * @param {(saved: boolean) => void} tell
 */
export function keepDraft(url, place, read, tell) {
  let timer = 0;
  let sending = false;
  let waiting = false;
  let ended = false;
  let rests = false;
  let unsaved = false;
  let flying = new AbortController();
  const plan = (/** @type {number} */ ms) => {
    clearTimeout(timer);
    timer = window.setTimeout(send, ms);
  };
  const keep = () => {
    const draft = read();
    keepAt(place, { at: Date.now(), draft });
    return JSON.stringify(draft);
  };
  const send = async () => {
    timer = 0;
    if (ended) return;
    if (sending) {
      waiting = true;
      return;
    }
    sending = true;
    flying = new AbortController();
    const answer = await ask("PUT", url, { body: keep(), signal: flying.signal }).catch(() => null);
    sending = false;
    if (ended || rests) return;
    if (answer?.ok && !waiting && !timer) forget(place);
    tell(Boolean(answer?.ok));
    if (!answer || answer.status >= 500) plan(AGAIN_MS);
    else if (waiting) plan(WAIT_MS);
    waiting = false;
  };
  const leave = () => {
    if ((!timer && !waiting) || ended) return;
    clearTimeout(timer);
    timer = 0;
    void ask("PUT", url, { body: keep(), keepalive: true }).catch(() => null);
  };
  addEventListener("pagehide", leave);
  return {
    changed() {
      if (!rests) return plan(WAIT_MS);
      unsaved = true;
      keep();
    },
    /**
     * Lets saving rest while the decision is on its way, whose claim takes no draft any more; goes on where it failed.
     * @param {boolean} now
     */
    rest(now) {
      rests = now;
      if (now) {
        unsaved = Boolean(timer) || sending;
        if (unsaved) keep();
        clearTimeout(timer);
        timer = 0;
        flying.abort();
      } else if (unsaved) {
        unsaved = false;
        plan(WAIT_MS);
      }
    },
    rests: () => rests,
    /** Saves nothing from here on: what was typed has been sent. */
    end() {
      ended = true;
      clearTimeout(timer);
      forget(place);
    },
    destroy() {
      leave();
      ended = true;
      removeEventListener("pagehide", leave);
    },
  };
}
