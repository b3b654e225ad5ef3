// @ts-check
// A video whose parts are marked: played and sought beside the drawing on it, which stands over its own controls.

import { patient } from "./clip.js";
import { say } from "./live.js";
import { placeOf } from "./sound.js";

const NEW_MS = 1000;

/**
 * Gives the stretch of a part that is begun at a time, inside a video.
 * @param {number} now_s
 * @param {number} length_s
 */
export function stretchFrom(now_s, length_s) {
  const end = Math.round(length_s * 1000);
  const from = Math.max(0, Math.min(Math.round(now_s * 1000), end - 1));
  return { from, to: Math.min(from + NEW_MS, end) };
}

/**
 * Mounts the video of an example that is written.
 * @param {HTMLElement} root carries the words data-place, data-waiting and data-failed
 */
export function mountFrames(root) {
  const video = /** @type {HTMLVideoElement} */ (root.querySelector("video"));
  const controls = /** @type {HTMLElement} */ (root.querySelector("[data-controls]"));
  const button = /** @type {HTMLElement} */ (root.querySelector("[data-turn]"));
  const word = /** @type {HTMLElement} */ (root.querySelector("[data-word]"));
  const line = /** @type {HTMLInputElement} */ (root.querySelector("input[type=range]"));
  const now = /** @type {HTMLElement} */ (root.querySelector("[data-now]"));
  const whole = /** @type {HTMLElement} */ (root.closest("[data-module=regions]") ?? root);
  const words = [word.textContent ?? "", word.dataset.word ?? ""];
  const loading = patient(video, root);
  /** @type {HTMLElement | null} the part that was written last */
  let last = null;

  const show = () => {
    const place = placeOf(video.currentTime);
    now.textContent = `${Math.round(video.currentTime * 1000)} ms`;
    line.value = String(video.currentTime);
    const sentence = (root.dataset.place ?? "").replace("{now}", place);
    line.setAttribute("aria-valuetext", sentence.replace("{whole}", placeOf(Number(line.max))));
  };
  const turn = () => {
    word.textContent = words[video.paused ? 0 : 1] ?? "";
  };
  const play = () => {
    if (video.paused)
      void video.play().catch(() => {}); // what is wrong is told by its error
    else video.pause();
  };
  /** @param {Event} event */
  const quiet = (event) => event.stopPropagation(); // no field of the form around it
  /** @param {Event} event */
  const slide = (event) => {
    quiet(event);
    video.currentTime = Number(line.value);
    show();
  };
  /**
   * @param {HTMLElement | null} row
   * @param {string} name
   * @param {number} ms
   */
  const write = (row, name, ms) => {
    const field = row?.querySelector(`[name=region-${name}]`);
    if (field instanceof HTMLInputElement) field.value = String(ms);
    return field;
  };
  /** @param {CustomEvent} event */
  const added = (event) => {
    last = event.target instanceof HTMLElement ? event.target : null;
    const part = stretchFrom(video.currentTime, Number(line.max));
    write(last, "start_ms", part.from);
    write(last, "end_ms", part.to);
  };
  /** @param {FocusEvent} event */
  const touched = (event) => {
    const row = event.target instanceof Element ? event.target.closest("[data-rows] > li") : null;
    if (row instanceof HTMLElement) last = row;
  };
  /** @param {MouseEvent} event */
  const set = (event) => {
    const pressed = event.target instanceof Element ? event.target.closest("[data-sets]") : null;
    if (!(pressed instanceof HTMLElement)) return;
    const rows = whole.querySelectorAll("[data-rows] > li");
    const row = last?.isConnected ? last : rows.item(rows.length - 1);
    if (!(row instanceof HTMLElement)) return;
    const field = write(row, pressed.dataset.sets ?? "", Math.round(video.currentTime * 1000));
    field?.dispatchEvent(new Event("input", { bubbles: true }));
    say(`${pressed.textContent?.trim()}: ${now.textContent}`);
  };

  /** @type {[EventTarget, string, (event: any) => void][]} */
  const hears = [
    [video, "timeupdate", show],
    [video, "seeked", show],
    [video, "play", turn],
    [video, "pause", turn],
    [video, "ended", turn],
    [button, "click", play],
    [line, "input", slide],
    [line, "change", quiet],
    [whole, "part-added", added],
    [whole, "focusin", touched],
    [root, "click", set],
  ];
  for (const [on, name, hear] of hears) on.addEventListener(name, hear);
  video.controls = false;
  controls.hidden = false;
  if (video.error) video.load();
  show();
  turn();
  return {
    destroy() {
      for (const [on, name, hear] of hears) on.removeEventListener(name, hear);
      loading.destroy();
    },
  };
}
