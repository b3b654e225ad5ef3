// @ts-check
// Keys as each person has them: which key an act has on this page, and what its hint says.

/**
 * Says which key each act has, where some keys are taken by what the page itself brings: labels of a project.
 * What is taken stays with the page. The act then has its own key, unless that is another act's by now.
 * @param {Record<string, string>} mine acts, each named by its own key, and the keys wanted for them ("" for none)
 * @param {Iterable<string>} present the keys that controls of this page carry
 * @returns {(act: string) => string} "" where an act has none here
 */
export function assign(mine, present) {
  const taken = new Set([...present].filter((key) => !(key in mine)));
  const wanted = new Set(Object.values(mine));
  return (act) => {
    const key = mine[act];
    if (key === undefined || key === "") return key ?? act;
    if (!taken.has(key)) return key;
    return wanted.has(act) ? "" : act;
  };
}

/**
 * Assigns this person's keys on the page as it stands.
 * @param {Record<string, string>} mine
 */
export function fit(mine) {
  const carried = [...document.querySelectorAll("[data-key]")].map((one) => one.getAttribute("data-key") ?? "");
  return assign(mine, carried);
}

/**
 * Writes this person's keys into the hints; one without a key is hidden.
 * @param {Record<string, string>} mine
 */
export function paint(mine) {
  const keys = fit(mine);
  for (const hint of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("kbd"))) {
    hint.dataset.of ??= (hint.textContent ?? "").toLowerCase();
    const act = hint.dataset.of;
    if (!(act in mine)) continue;
    const key = keys(act).toUpperCase();
    if (hint.textContent !== key) hint.textContent = key;
    hint.hidden = !key;
  }
}
