// @ts-check
// A video of an example: its picture until somebody plays it, parts played from their times, boxes shown while they last.

import { say } from "./live.js";

const PAUSES_S = [1, 2, 4, 8, 15, 30, 30, 60];

/**
 * Tells whether a part of a video lasts at a time.
 * @param {number} now_s
 * @param {{from?: string, to?: string}} part its beginning and end in ms
 */
export function lasts(now_s, part) {
  const now = now_s * 1000;
  return now >= Number(part.from) - 40 && now <= Number(part.to) + 40; // a picture stands for so long
}

/**
 * Loads a video again and again while it is being prepared.
 * @param {HTMLVideoElement} video
 * @param {HTMLElement} root carries the words data-waiting and data-failed, and holds data-told
 */
export function patient(video, root) {
  const told = root.querySelector("[data-told]");
  const address = video.src;
  let [tries, timer] = [0, 0];
  /** @param {string} sentence */
  const tell = (sentence) => {
    if (!(told instanceof HTMLElement)) return;
    if (sentence && told.textContent !== sentence) say(sentence);
    told.textContent = sentence;
    told.hidden = !sentence;
  };
  const failed = () => {
    const pause = PAUSES_S[tries];
    tries += 1;
    tell((pause === undefined ? root.dataset.failed : root.dataset.waiting) ?? "");
    if (pause === undefined) return;
    timer = window.setTimeout(() => {
      video.src = address;
      video.load();
    }, pause * 1000);
  };
  const come = () => tell("");
  video.addEventListener("error", failed);
  video.addEventListener("loadedmetadata", come);
  return {
    destroy() {
      window.clearTimeout(timer);
      video.removeEventListener("error", failed);
      video.removeEventListener("loadedmetadata", come);
      video.pause();
      video.removeAttribute("src");
      video.load(); // lets go of what was loaded
    },
  };
}

/**
 * Mounts the video of an example.
 * @param {HTMLElement} root holds a link with data-play around its picture
 */
export function mountClip(root) {
  const link = /** @type {HTMLAnchorElement} */ (root.querySelector("[data-play]"));
  const drawn = link.querySelector("svg.regions");
  const figure = root.closest("figure") ?? root;
  /** @type {HTMLVideoElement | null} */
  let video = null;
  let loading = { destroy() {} };
  let end_s = Number.POSITIVE_INFINITY;

  const parts = () => /** @type {NodeListOf<SVGElement>} */ (root.querySelectorAll(".playing [data-from]"));
  const show = () => {
    if (!video) return;
    if (video.currentTime >= end_s) {
      video.pause();
      video.currentTime = end_s; // it is told of the time a few times a second only
      end_s = Number.POSITIVE_INFINITY;
    }
    for (const one of parts()) one.toggleAttribute("data-off", !lasts(video.currentTime, one.dataset));
  };
  const opened = () => {
    if (video) return video;
    video = document.createElement("video");
    video.controls = video.playsInline = true;
    video.preload = "auto";
    video.src = link.href;
    video.setAttribute("aria-label", link.querySelector("img")?.alt ?? "");
    const frame = document.createElement("div");
    frame.className = "shot playing";
    frame.append(video, ...(drawn ? [drawn.cloneNode(true)] : []));
    for (const name of ["timeupdate", "seeked", "play"]) video.addEventListener(name, show);
    video.addEventListener("keydown", held);
    link.dataset.away = "";
    root.prepend(frame);
    loading = patient(video, root);
    show();
    return video;
  };
  /** @param {KeyboardEvent} event */
  const held = (event) => {
    if (event.key === " " || event.key.startsWith("Arrow")) event.stopPropagation(); // they are the player's
  };
  /** @param {HTMLVideoElement} one */
  const play = (one) => void one.play().catch(() => {}); // what is wrong is told by its error

  /** @param {MouseEvent} event */
  const press = (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const part = target?.closest("button[data-from]");
    if (part instanceof HTMLElement) {
      const one = opened();
      one.currentTime = Number(part.dataset.from) / 1000;
      end_s = Number(part.dataset.to) / 1000;
      play(one);
    } else if (target?.closest("[data-play]") === link && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      const one = opened();
      one.focus();
      play(one);
    }
  };

  for (const span of figure.querySelectorAll(".notes span[data-from]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "link num";
    Object.assign(button.dataset, /** @type {HTMLElement} */ (span).dataset);
    button.append(...span.childNodes);
    span.replaceWith(button);
  }
  figure.addEventListener("click", /** @type {EventListener} */ (press));
  return {
    destroy() {
      figure.removeEventListener("click", /** @type {EventListener} */ (press));
      loading.destroy();
    },
  };
}
