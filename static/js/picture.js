// @ts-check
// A picture that is not ready yet: says so, and asks again with growing pauses.

import { say } from "./live.js";

const PAUSES_S = [1, 2, 4, 8, 15, 30];

/**
 * Mounts a frame with one picture.
 * @param {HTMLElement} root carries the words for a picture being made and for one that never came, in data-waiting and data-failed
 */
export function mountPicture(root) {
  const image = root.querySelector("img");
  const words = root.querySelector("[data-told]");
  if (!image || !(words instanceof HTMLElement)) return { destroy: () => {} };
  const address = image.src;
  let tries = 0;
  let timer = 0;

  /** @param {string} sentence */
  const tell = (sentence) => {
    if (words.textContent !== sentence) say(sentence);
    words.textContent = sentence;
    words.hidden = !sentence;
    image.hidden = sentence !== "";
  };
  const failed = () => {
    const pause = PAUSES_S[tries];
    tries += 1;
    tell((pause === undefined ? root.dataset.failed : root.dataset.waiting) ?? "");
    if (pause === undefined) return;
    timer = window.setTimeout(() => {
      image.src = address;
    }, pause * 1000);
  };
  const loaded = () => tell("");

  image.addEventListener("error", failed);
  image.addEventListener("load", loaded);
  if (image.complete && image.naturalWidth === 0) failed();
  return {
    destroy: () => {
      window.clearTimeout(timer);
      image.removeEventListener("error", failed);
      image.removeEventListener("load", loaded);
    },
  };
}
