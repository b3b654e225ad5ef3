// @ts-check
// Light, dark, or as the system: one button, kept in a cookie that the server reads before it draws.

const ORDER = /** @type {const} */ (["system", "light", "dark"]);

/**
 * Mounts the button that changes the theme.
 * @param {HTMLElement} root carries a word for each theme in data-system, data-light, data-dark
 */
export function mountTheme(root) {
  const page = document.documentElement;
  const word = root.querySelector(".word");
  const standing = () => ORDER.find((name) => name === page.dataset.theme) ?? "system";
  const paint = () => {
    if (word) word.textContent = root.dataset[standing()] ?? "";
  };
  const turn = () => {
    const next = ORDER[(ORDER.indexOf(standing()) + 1) % ORDER.length];
    if (next === "system") delete page.dataset.theme;
    else page.dataset.theme = next;
    // biome-ignore lint/suspicious/noDocumentCookie: not every browser has a Cookie Store, and the server reads this one
    document.cookie = `theme=${next}; path=/; max-age=31536000; samesite=lax`;
    paint();
  };
  paint();
  root.addEventListener("click", turn);
  return { destroy: () => root.removeEventListener("click", turn) };
}
