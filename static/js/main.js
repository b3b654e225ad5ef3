// @ts-check
// Mounts what the page asks for by data-module, and lets go of what a swap took away.

import { mountArrivals } from "./arrivals.js";
import { mountAsk } from "./ask.js";
import { mountBatch } from "./batch.js";
import { mountCard } from "./card.js";
import { mountClip } from "./clip.js";
import { mountCopy } from "./copy.js";
import { mountCounts } from "./counts.js";
import { mountDrop } from "./drop.js";
import { mountFigures } from "./figures.js";
import { mountFlow } from "./flow.js";
import { mountFrames } from "./frames.js";
import { mountGuide } from "./guide.js";
import { mountKeyfields } from "./keyfields.js";
import { mountKeys } from "./keys.js";
import { mountOffline } from "./offline.js";
import { mountPicture } from "./picture.js";
import { mountPrinted } from "./printed.js";
import { mountReading } from "./reading.js";
import { mountRegions } from "./regions.js";
import { mountRest } from "./rest.js";
import { mountRights } from "./rights.js";
import { mountSendkey } from "./sendkey.js";
import { mountSound } from "./sound.js";
import { mountTheme } from "./theme.js";
import { mountTold } from "./told.js";
import { mountTurnlabels } from "./turnlabels.js";
import { mountTurns } from "./turns.js";
import { mountVeil } from "./veil.js";
import { mountWorkbench } from "./workbench.js";
import { mountWriting } from "./writing.js";
import { mountWritten } from "./written.js";
import "./zone.js";
import { mountZoom } from "./zoom.js";

/** @type {Record<string, (root: HTMLElement) => {destroy: () => void}>} */
const MODULES = {
  arrivals: mountArrivals,
  ask: mountAsk,
  batch: mountBatch,
  card: mountCard,
  clip: mountClip,
  copy: mountCopy,
  counts: mountCounts,
  drop: mountDrop,
  figures: mountFigures,
  flow: mountFlow,
  frames: mountFrames,
  guide: mountGuide,
  keyfields: mountKeyfields,
  keys: mountKeys,
  offline: mountOffline,
  picture: mountPicture,
  printed: mountPrinted,
  reading: mountReading,
  regions: mountRegions,
  rest: mountRest,
  rights: mountRights,
  sendkey: mountSendkey,
  sound: mountSound,
  theme: mountTheme,
  told: mountTold,
  turnlabels: mountTurnlabels,
  turns: mountTurns,
  veil: mountVeil,
  workbench: mountWorkbench,
  written: mountWritten,
  zoom: mountZoom,
  writing: mountWriting,
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

document.addEventListener("htmx:afterSettle", settle);
document.addEventListener("hitl:swapped", settle);
settle();
