// @ts-check
// Writes on paper when it was printed.

/**
 * Mounts the time of printing.
 * @param {HTMLElement} root a <time>
 */
export function mountPrinted(root) {
  const stamp = () => {
    const now = new Date();
    if (root instanceof HTMLTimeElement) root.dateTime = now.toISOString();
    root.textContent = now.toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "long" });
  };
  addEventListener("beforeprint", stamp);
  return { destroy: () => removeEventListener("beforeprint", stamp) };
}
