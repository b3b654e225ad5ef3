// @ts-check
// Mounts what the page asks for by data-module, and lets go of what a swap took away.

import { mountFigures } from "./figures.js";
import { mountKeys } from "./keys.js";
import { mountOffline } from "./offline.js";
import { mountPrinted } from "./printed.js";
import { mountTheme } from "./theme.js";
import { mountWorkbench } from "./workbench.js";

/** @type {Record<string, (root: HTMLElement) => {destroy: () => void}>} */
const MODULES = {
  figures: mountFigures,
  keys: mountKeys,
  offline: mountOffline,
  printed: mountPrinted,
  theme: mountTheme,
  workbench: mountWorkbench,
};

/** @type {Map<HTMLElement, {destroy: () => void}>} */
const mounted = new Map();

function settle() {
  for (const [root, module] of mounted) {
    if (root.isConnected) continue;
    module.destroy();
    mounted.delete(root);
  }
  for (const root of document.querySelectorAll("[data-module]")) {
    if (!(root instanceof HTMLElement) || mounted.has(root)) continue;
    const mount = MODULES[root.dataset.module ?? ""];
    if (mount) mounted.set(root, mount(root));
  }
}

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
// biome-ignore lint/suspicious/noDocumentCookie: cookieStore is missing in Firefox and on plain HTTP
if (zone) document.cookie = `zone=${encodeURIComponent(zone)}; path=/; max-age=31536000; samesite=lax`;
document.addEventListener("htmx:afterSettle", settle);
settle();
