// @ts-check
// What is said to screen readers.

/**
 * Says a sentence in the page's one live region; the same sentence twice is heard twice.
 * @param {string} sentence
 */
export function say(sentence) {
  const region = document.getElementById("live");
  if (!region || !sentence) return;
  region.textContent = "";
  requestAnimationFrame(() => {
    region.textContent = sentence;
  });
}
