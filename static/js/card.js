// @ts-check
// The card of the model that proposed: read in the place of the guideline, once a card, and put away again.

/** @type {Map<string, string>} cards as they were read, by their address: a published card never changes */
const kept = new Map();

/**
 * Reads a card, once.
 * @param {string} url
 */
async function read(url) {
  const known = kept.get(url);
  if (known !== undefined) return known;
  const answer = await fetch(url, { credentials: "same-origin", headers: { "HX-Request": "true" } });
  if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
  const html = await answer.text();
  kept.set(url, html);
  return html;
}

/**
 * Mounts the panel; the button that controls it stands elsewhere in the pane.
 * @param {HTMLElement} root
 */
export function mountCard(root) {
  const pane = root.closest("#task-pane") ?? document;
  const button = pane.querySelector(`[aria-controls="${root.id}"]`);
  const guide = /** @type {HTMLElement | null} */ (pane.querySelector("[data-guide]"));
  const part = /** @type {HTMLElement} */ (root.querySelector("[data-card-part]"));
  const close = root.querySelector("[data-card-close]");

  /** @param {boolean} open */
  const show = (open) => {
    root.hidden = !open;
    if (guide) guide.hidden = open;
    button?.setAttribute("aria-expanded", String(open));
  };
  const shut = () => {
    if (root.hidden) return;
    show(false);
    if (button instanceof HTMLElement) button.focus({ preventScroll: true });
  };
  const press = async () => {
    if (!root.hidden) {
      shut();
      return;
    }
    show(true);
    part.focus({ preventScroll: true });
    const html = await read(root.dataset.card ?? "").catch(() => null);
    if (!root.isConnected) return;
    if (html === null) part.textContent = root.dataset.failed ?? "";
    else part.innerHTML = html;
    part.scrollTo({ top: 0 });
  };

  button?.addEventListener("click", press);
  close?.addEventListener("click", shut);
  document.addEventListener("hitl:escape", shut);
  return {
    destroy() {
      button?.removeEventListener("click", press);
      close?.removeEventListener("click", shut);
      document.removeEventListener("hitl:escape", shut);
    },
  };
}
