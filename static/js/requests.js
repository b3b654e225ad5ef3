// @ts-check
// Small requests beside htmx: drafts and claims.

/**
 * Sends a request as the signed-in person.
 * @param {"PUT" | "PATCH" | "POST"} method
 * @param {string} url
 * @param {{body?: string, keepalive?: boolean}} [more]
 * @returns {Promise<Response>}
 */
export function ask(method, url, more = {}) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]");
  const headers = {
    "Content-Type": "application/json",
    "X-CSRFToken": token instanceof HTMLInputElement ? token.value : "",
  };
  return fetch(url, { method, headers, credentials: "same-origin", ...more });
}
