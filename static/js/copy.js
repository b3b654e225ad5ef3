// @ts-check
// One button that puts a text on the clipboard; without a clipboard it selects the text instead.

import { say } from "./live.js";

/**
 * Mounts a copying button; it is hidden until it works.
 * @param {HTMLElement} root names the element to copy in data-from and its word of success in data-said
 */
export function mountCopy(root) {
  const copy = async () => {
    const source = document.getElementById(root.dataset.from ?? "");
    if (!source) return;
    try {
      await navigator.clipboard.writeText(source.textContent ?? "");
      root.textContent = root.dataset.said ?? "";
      say(root.dataset.said ?? "");
    } catch {
      getSelection()?.selectAllChildren(source);
    }
  };
  root.hidden = false;
  if ("focus" in root.dataset) root.focus();
  root.addEventListener("click", copy);
  return { destroy: () => root.removeEventListener("click", copy) };
}
