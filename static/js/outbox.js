// @ts-check
// A decision on its way: sent until the server has answered, and kept in the browser until then.

import { ask } from "./requests.js";
import { forget, keepAt, keptAt } from "./storage.js";

const KEPT = "hitl-outbox";
const WAITS_MS = [400, 1_000, 2_000, 4_000, 8_000];
const MOST_FAILURES = 3; // of the server itself; a lost connection is tried for as long as the page lives
const LONGEST_KEEPALIVE = 50_000;

/** @typedef {{person: string, url: string, body: string}} Letter */

/**
 * Gives the decision of this person that was not answered when the page went away, or null.
 * @param {string} person
 * @returns {Letter | null}
 */
export function unsent(person) {
  const found = keptAt(placeOf(person));
  return found && found.person === person ? found : null;
}

/** @param {string} person each has a place of their own in a browser that several use */
function placeOf(person) {
  return `${KEPT}:${person}`;
}

/**
 * Sends a decision until there is an answer below 500; the same bytes each time, which the server takes once.
 * Where the sign-in has ended, the answer leads to another page, and the decision is kept until its person is back.
 * @param {Letter} letter
 * @param {{next?: string, late?: () => void, left?: () => boolean}} [more]
 *   `next` is the claim that is on screen already, `late` hears that the connection is away
 * @returns {Promise<Response | null>} null where the page was left, or the server failed each time
 */
export async function deliver(letter, more = {}) {
  const place = placeOf(letter.person);
  keepAt(place, letter);
  const fields = new URLSearchParams({ body: letter.body });
  if (more.next) fields.set("next", more.next);
  const body = fields.toString();
  const headers = { "Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true" };
  let failures = 0;
  for (let tries = 0; !more.left?.(); tries += 1) {
    const keepalive = body.length < LONGEST_KEEPALIVE;
    const answer = await ask("POST", letter.url, { body, headers, keepalive }).catch(() => null);
    if (answer && answer.status < 500) {
      if (!answer.redirected) forget(place);
      return answer;
    }
    if (answer?.status === 500) failures += 1;
    if (failures === MOST_FAILURES) {
      forget(place);
      return null;
    }
    more.late?.();
    await new Promise((wake) => setTimeout(wake, WAITS_MS[Math.min(tries, WAITS_MS.length - 1)]));
  }
  return null;
}
