// @ts-check
// Says when the connection is gone, and when it is back.

import { say } from "./live.js";

/**
 * Mounts the strip that stands over a page without connection.
 * @param {HTMLElement} root carries the sentence of the return in data-back
 */
export function mountOffline(root) {
  const gone = () => {
    if (!root.hidden) return;
    root.hidden = false;
    say(root.textContent?.trim() ?? "");
  };
  const back = () => {
    if (root.hidden) return;
    root.hidden = true;
    say(root.dataset.back ?? "");
  };
  const answered = () => back();
  if (!navigator.onLine) gone();
  addEventListener("offline", gone);
  addEventListener("online", back);
  document.addEventListener("htmx:sendError", gone);
  document.addEventListener("htmx:afterOnLoad", answered);
  return {
    destroy: () => {
      removeEventListener("offline", gone);
      removeEventListener("online", back);
      document.removeEventListener("htmx:sendError", gone);
      document.removeEventListener("htmx:afterOnLoad", answered);
    },
  };
}
