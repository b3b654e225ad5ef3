// @ts-check
// A part that was swapped in says its heading.

import { say } from "./live.js";

/**
 * Mounts a part; one that came with the page says nothing.
 * @param {HTMLElement} root carries data-swapped when it was swapped in
 */
export function mountTold(root) {
  if ("swapped" in root.dataset) say((root.querySelector("h2")?.textContent ?? "").trim());
  return { destroy: () => {} };
}
