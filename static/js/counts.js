// @ts-check
// What waits, kept up to date: asked again now and then while someone looks, and answered in one line when unchanged.

const EACH_MS = 30_000;

/**
 * Mounts the counts of the rail; the numbers of the page itself follow.
 * @param {HTMLElement} root carries the address in data-counts
 */
export function mountCounts(root) {
  let asked = Date.now();
  const look = async () => {
    if (document.hidden || Date.now() - asked < EACH_MS) return;
    asked = Date.now();
    const answer = await fetch(root.dataset.counts ?? "", { credentials: "same-origin" }).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    paint(await answer.json());
  };
  const timer = setInterval(() => void look(), EACH_MS / 6);
  const seen = () => void look();
  document.addEventListener("visibilitychange", seen);
  return {
    destroy() {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", seen);
    },
  };
}

/**
 * Writes the counts where they stand on the page, and the switches that are turned.
 * @param {{lines: Record<string, {waiting: number, soon: boolean}>, turned: string}} told counts by project/queue
 */
export function paint({ lines: counts, turned }) {
  paintTurned(turned);
  for (const place of document.querySelectorAll("[data-waits]")) {
    const found = counts[place.getAttribute("data-waits") ?? ""];
    const number = place.querySelector("[data-number]");
    if (!found || !number) continue;
    if (number.textContent !== String(found.waiting)) number.textContent = String(found.waiting);
    if (!place.classList.contains("count")) continue;
    place.toggleAttribute("hidden", found.waiting === 0);
    place.toggleAttribute("data-due", found.soon);
  }
}

/**
 * Tells of switches away from normal as the server words them; says so aloud when that has changed.
 * @param {string} turned HTML of our own
 */
function paintTurned(turned) {
  const place = document.getElementById("turned");
  const fresh = document.createElement("div");
  fresh.innerHTML = turned;
  if (!place || place.textContent?.trim() === fresh.textContent?.trim()) return;
  place.replaceChildren(...fresh.childNodes);
  place.hidden = turned === "";
  const live = document.getElementById("live");
  if (live) live.textContent = place.textContent;
}
