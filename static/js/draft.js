// @ts-check
// What is typed is kept as one types.

import { ask } from "./requests.js";

const WAIT_MS = 600;
const AGAIN_MS = 4_000;

/**
 * Saves what `read` gives, a moment after the last change, and at once when the page is left.
 * @param {string} url
 * @param {() => object} read
 * @param {(saved: boolean) => void} tell
 */
export function keepDraft(url, read, tell) {
  let timer = 0;
  let sending = false;
  let waiting = false;
  let ended = false;
  const plan = (/** @type {number} */ ms) => {
    clearTimeout(timer);
    timer = window.setTimeout(send, ms);
  };
  const send = async () => {
    timer = 0;
    if (ended) return;
    if (sending) {
      waiting = true;
      return;
    }
    sending = true;
    const answer = await ask("PUT", url, { body: JSON.stringify(read()) }).catch(() => null);
    sending = false;
    if (ended) return;
    tell(Boolean(answer?.ok));
    if (!answer || answer.status >= 500) plan(AGAIN_MS);
    else if (waiting) plan(WAIT_MS);
    waiting = false;
  };
  const leave = () => {
    if (!timer || ended) return;
    clearTimeout(timer);
    timer = 0;
    void ask("PUT", url, { body: JSON.stringify(read()), keepalive: true }).catch(() => null);
  };
  addEventListener("pagehide", leave);
  return {
    changed: () => plan(WAIT_MS),
    /** Saves nothing from here on: what was typed has been sent. */
    end() {
      ended = true;
      clearTimeout(timer);
    },
    destroy() {
      leave();
      ended = true;
      removeEventListener("pagehide", leave);
    },
  };
}
