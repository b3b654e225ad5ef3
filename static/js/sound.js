// @ts-check
// A player of one sound: by pointer, by Ctrl Space from anywhere, by arrows inside it. It is silent once it is left.

import { say } from "./live.js";

const PAUSES_S = [1, 2, 4, 8, 15, 30, 30, 60, 60];
const SPEEDS = [1, 1.25, 1.5, 2, 0.75];
const STEP_S = 5;

/** @type {HTMLElement | null} the player that was used last */
let last = null;

/**
 * Says a place in a sound: 1:04, from an hour on 1:02:04.
 * @param {number} seconds
 */
export function placeOf(seconds) {
  const whole = Math.floor(seconds);
  const two = (/** @type {number} */ part) => String(part).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return `${hours ? `${hours}:${two(minutes)}` : minutes}:${two(whole % 60)}`;
}

/** Gives the player that Ctrl Space means: the one in focus, else the one used last, else the first. */
function meant() {
  const focused = document.activeElement?.closest("[data-module=sound]");
  return focused ?? (last?.isConnected ? last : document.querySelector("[data-module=sound]"));
}

/**
 * Mounts a player.
 * @param {HTMLElement} root carries the sound's address, and the words for one that is being made or never came
 */
export function mountSound(root) {
  const audio = /** @type {HTMLAudioElement} */ (root.querySelector("audio"));
  const controls = /** @type {HTMLElement} */ (root.querySelector("[data-controls]"));
  const button = /** @type {HTMLElement} */ (root.querySelector("[data-play]"));
  const word = /** @type {HTMLElement} */ (root.querySelector("[data-word]"));
  const line = /** @type {HTMLInputElement} */ (root.querySelector("input"));
  const now = /** @type {HTMLElement} */ (root.querySelector("[data-now]"));
  const speed = /** @type {HTMLElement} */ (root.querySelector("[data-speed]"));
  const told = /** @type {HTMLElement} */ (root.querySelector("[data-told]"));
  const words = [word.textContent ?? "", word.dataset.word ?? ""];
  let [tries, timer, pace] = [0, 0, 0];

  /** @param {string} sentence */
  const tell = (sentence) => {
    if (sentence && told.textContent !== sentence) say(sentence);
    told.textContent = sentence;
    told.hidden = !sentence;
    controls.hidden = sentence !== "";
  };
  const load = () => {
    audio.src = root.dataset.src ?? "";
    audio.load();
  };
  const failed = () => {
    const pause = PAUSES_S[tries];
    tries += 1;
    tell((pause === undefined ? root.dataset.failed : root.dataset.waiting) ?? "");
    if (pause !== undefined) timer = window.setTimeout(load, pause * 1000);
  };
  const come = () => tell("");
  const show = () => {
    const place = placeOf(audio.currentTime);
    now.textContent = place;
    line.value = String(audio.currentTime);
    const [from, to] = ["{now}", "{whole}"];
    const sentence = (root.dataset.place ?? "").replace(from, place).replace(to, placeOf(Number(line.max)));
    line.setAttribute("aria-valuetext", sentence);
  };
  const turn = () => {
    word.textContent = words[audio.paused ? 0 : 1] ?? "";
    root.toggleAttribute("data-playing", !audio.paused);
  };
  const play = () => {
    last = root;
    if (audio.paused)
      void audio.play().catch(() => {}); // what is wrong is told by its error
    else audio.pause();
  };
  /** @param {number} seconds */
  const seek = (seconds) => {
    audio.currentTime = Math.max(0, Math.min(Number(line.max), seconds));
    show();
  };
  const slide = () => seek(Number(line.value));
  const hasten = () => {
    pace = (pace + 1) % SPEEDS.length;
    audio.playbackRate = audio.defaultPlaybackRate = SPEEDS[pace] ?? 1;
    const figure = speed.querySelector("span");
    if (figure) figure.textContent = `${SPEEDS[pace]}×`;
  };
  /** @param {KeyboardEvent} event */
  const step = (event) => {
    if (!["ArrowLeft", "ArrowRight"].includes(event.key) || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    seek(audio.currentTime + (event.key === "ArrowLeft" ? -STEP_S : STEP_S));
  };
  /** @param {KeyboardEvent} event */
  const press = (event) => {
    if (event.code !== "Space" || !event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    if (event.defaultPrevented || event.repeat || document.querySelector("dialog[open]") || meant() !== root) return;
    event.preventDefault();
    play();
  };

  /** @type {[EventTarget, string, (event: any) => void][]} */
  const hears = [
    [audio, "error", failed],
    [audio, "loadedmetadata", come],
    [audio, "timeupdate", show],
    [audio, "play", turn],
    [audio, "pause", turn],
    [audio, "ended", turn],
    [button, "click", play],
    [line, "input", slide],
    [speed, "click", hasten],
    [root, "keydown", step],
    [document, "keydown", press],
  ];
  for (const [on, name, hear] of hears) on.addEventListener(name, hear);
  audio.controls = false;
  audio.muted = audio.defaultMuted;
  controls.hidden = false;
  // A pane made ready ahead refuses to load, and one that comes back has let go.
  if (audio.error || !audio.hasAttribute("src")) load();
  show();
  turn();
  return {
    destroy() {
      window.clearTimeout(timer);
      for (const [on, name, hear] of hears) on.removeEventListener(name, hear);
      audio.pause();
      audio.removeAttribute("src");
      audio.load(); // lets go of what was loaded
      if (last === root) last = null;
    },
  };
}
