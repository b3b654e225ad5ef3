// @ts-check
// Looks at figures again while somebody looks at them: with some chance in the time, so that many screens do not ask
// at once, never while the page is hidden, and more seldom while no answer comes.

const EVERY_MS = 10_000;
const LONGEST_MS = 300_000;

/**
 * Says how long to wait before the next look.
 * @param {number} failed how many looks in a row went wrong
 * @param {number} chance from 0 to 1
 */
export function pause(failed, chance) {
  return Math.min(EVERY_MS * 2 ** failed, LONGEST_MS) * (0.8 + 0.4 * chance);
}

/**
 * Mounts figures that htmx loads anew on `look-again`; the server answers 204 while nothing has changed.
 * @param {HTMLElement} root
 */
export function mountFigures(root) {
  let timer = 0;
  let failed = 0;
  const look = () => {
    if (!document.hidden) root.dispatchEvent(new CustomEvent("look-again"));
    else timer = 0;
  };
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(look, pause(failed, Math.random()));
  };
  /** @param {Event} event */
  const answered = (event) => {
    if (event.target !== root || !(event instanceof CustomEvent)) return;
    failed = event.detail.successful ? 0 : failed + 1;
    wait();
  };
  const seen = () => {
    if (!document.hidden && !timer) look();
  };
  root.addEventListener("htmx:afterRequest", answered);
  document.addEventListener("visibilitychange", seen);
  wait();
  return {
    destroy: () => {
      clearTimeout(timer);
      root.removeEventListener("htmx:afterRequest", answered);
      document.removeEventListener("visibilitychange", seen);
    },
  };
}
