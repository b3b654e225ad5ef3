// @ts-check
// Which tiles have been on screen: most of a tile, of words all of it, its picture loaded, the page in view.

const MOST = 0.6;
const ALL = 0.97;
const FULL = 0.75;
const STEPS = Array.from({ length: 34 }, (_, step) => step * 0.03);
const EACH_MS = 250;

/**
 * Watches tiles come on screen and tells the server, several at once.
 * @param {HTMLElement} root
 * @param {Map<string, HTMLElement>} tiles by token
 * @param {(tokens: string[]) => Promise<boolean>} tell true when it is on record
 */
export function watchSight(root, tiles, tell) {
  /** @type {Set<string>} */
  const seen = new Set();
  /** @type {Set<string>} */
  const visible = new Set();
  let busy = false;

  const flush = async () => {
    if (busy || document.visibilityState !== "visible") return;
    const fresh = [...visible].filter((token) => !seen.has(token) && loaded(tiles.get(token)));
    if (!fresh.length) return;
    busy = true;
    for (const token of fresh) seen.add(token);
    if (!(await tell(fresh))) for (const token of fresh) seen.delete(token);
    busy = false;
  };
  const watch = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        const token = entry.target instanceof HTMLElement ? (entry.target.dataset.tile ?? "") : "";
        if (enough(entry)) visible.add(token);
        else visible.delete(token);
      }
    },
    { root: root.querySelector("[data-scroller]"), threshold: STEPS },
  );
  for (const tile of tiles.values()) watch.observe(tile);
  const timer = setInterval(flush, EACH_MS);
  return {
    /** @param {string} token */
    seen: (token) => seen.has(token),
    destroy() {
      clearInterval(timer);
      watch.disconnect();
    },
  };
}

/**
 * Tells whether enough of a tile is in view; a tile of words that is taller than the view fills it.
 * @param {IntersectionObserverEntry} entry
 */
function enough(entry) {
  if (!entry.target.querySelector(".saying, .fact")) return entry.intersectionRatio >= MOST;
  const view = entry.rootBounds?.height ?? Number.POSITIVE_INFINITY;
  return entry.intersectionRatio >= ALL || entry.intersectionRect.height >= FULL * view;
}

/**
 * Tells whether a tile's picture is there to be seen; one that failed is not.
 * @param {HTMLElement | undefined} tile
 */
function loaded(tile) {
  return [...(tile?.querySelectorAll("img") ?? [])].every((one) => one.complete && one.naturalWidth > 0);
}
