// @ts-check
// Small requests beside htmx: drafts, claims, decisions.

/**
 * Sends a request as the signed-in person; the body is JSON unless `headers` says otherwise.
 * @param {"PUT" | "PATCH" | "POST" | "DELETE"} method
 * @param {string} url
 * @param {{body?: string, keepalive?: boolean, headers?: Record<string, string>, signal?: AbortSignal}} [more]
 * @returns {Promise<Response>}
 */
export function ask(method, url, more = {}) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]");
  const headers = {
    "Content-Type": "application/json",
    "X-CSRFToken": token instanceof HTMLInputElement ? token.value : "",
    ...more.headers,
  };
  return fetch(url, { credentials: "same-origin", ...more, method, headers });
}
