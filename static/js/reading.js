// @ts-check
// A guideline's page: find as you type, examples by label and verdict, from section to section, on paper.

import { has, mark, plainOf, wordsOf } from "./finding.js";
import { say } from "./live.js";

const PAUSE_MS = 90;

/** @typedef {{root: HTMLElement, text: string, verdict: string, of: string}} Shown */
/** @typedef {{root: HTMLElement, line: HTMLElement | null, text: string, examples: Shown[]}} Part */

/**
 * Reads what can be found.
 * @param {HTMLElement} root
 * @returns {Part[]}
 */
function partsOf(root) {
  /** @type {Map<string, HTMLElement | null>} */
  const lines = new Map();
  for (const link of root.querySelectorAll(".toc a")) lines.set(link.getAttribute("href") ?? "", link.closest("li"));
  return [.../** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll(".part"))].map((part) => {
    const words = part.querySelectorAll(":scope > :not(.examples)");
    const figures = /** @type {NodeListOf<HTMLElement>} */ (part.querySelectorAll(":scope > .examples > figure"));
    return {
      root: part,
      line: lines.get(`#${part.id}`) ?? null,
      text: plainOf([...words].map((one) => one.textContent).join(" ")),
      examples: [...figures].map((one) => ({
        root: one,
        text: plainOf(`${one.textContent} ${one.querySelector("img")?.alt ?? ""}`),
        verdict: one.dataset.verdict ?? "",
        of: one.dataset.of ?? "",
      })),
    };
  });
}

/**
 * Mounts the page's reader.
 * @param {HTMLElement} root
 */
export function mountReading(root) {
  const search = /** @type {HTMLElement} */ (root.querySelector("[data-search]"));
  const line = /** @type {HTMLInputElement} */ (search.querySelector("input"));
  const told = /** @type {HTMLElement} */ (search.querySelector("[data-told]"));
  const filters = /** @type {HTMLFormElement | null} */ (root.querySelector("[data-filters]"));
  const nothing = /** @type {HTMLElement} */ (root.querySelector("[data-nothing]"));
  const article = /** @type {HTMLElement} */ (root.querySelector("article"));
  const print = /** @type {HTMLElement | null} */ (root.querySelector("[data-print]"));
  const steps = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-step]"));
  for (const one of [search, filters, print, ...steps]) if (one) one.hidden = false;
  /** @type {Part[] | null} */
  let read = null;
  let timer = 0;

  const show = () => {
    read ??= partsOf(root);
    const words = wordsOf(line.value);
    const verdicts = [...(filters?.querySelectorAll("[name=verdict]:checked") ?? [])].map((one) =>
      one.getAttribute("value"),
    );
    const of = filters?.querySelector("select")?.value ?? "";
    const kept = verdicts.length > 0 || of !== "";
    let [sections, examples] = [0, 0];
    const marked = [];
    for (const part of read) {
      const named = has(part.text, words);
      let count = 0;
      for (const one of part.examples) {
        const fits = (!verdicts.length || verdicts.includes(one.verdict)) && (!of || of === one.of);
        const shown = fits && (named || has(one.text, words));
        one.root.hidden = !shown;
        if (shown) count += 1;
      }
      const shown = count > 0 || (named && !kept);
      part.root.hidden = !shown;
      if (part.line) part.line.hidden = !shown;
      if (!shown) continue;
      sections += 1;
      examples += count;
      marked.push(part.root);
    }
    mark(marked, words);
    const asked = words.length > 0 || kept;
    nothing.hidden = sections > 0 || !asked;
    const sentence = (sections ? root.dataset.found : root.dataset.none) ?? "";
    const counted = sentence.replace("{sections}", String(sections)).replace("{examples}", String(examples));
    told.textContent = asked ? counted : "";
  };
  const soon = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(show, PAUSE_MS);
  };
  /** @param {KeyboardEvent} event */
  const enter = (event) => {
    if (event.key === "Escape" && line.value) {
      line.value = "";
      show();
    }
    if (event.key !== "Enter") return;
    event.preventDefault();
    window.clearTimeout(timer);
    show();
    go(1, true);
  };
  const reset = () => window.setTimeout(show);

  /**
   * Goes to a section from the one in view, or to the first that is shown.
   * @param {number} way
   * @param {boolean} [first]
   */
  const go = (way, first = false) => {
    const parts = [.../** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll(".part:not([hidden])"))];
    const focused = document.activeElement?.closest(".part");
    const seen = parts.filter((one) => one.getBoundingClientRect().top < 100).length - 1;
    const now = focused instanceof HTMLElement ? parts.indexOf(focused) : seen;
    const part = parts[first ? 0 : Math.max(0, Math.min(parts.length - 1, now + way))];
    const heading = /** @type {HTMLElement | null | undefined} */ (part?.querySelector("h2"));
    if (!part || !heading) return;
    part.scrollIntoView();
    heading.focus({ preventScroll: true });
    history.replaceState(history.state, "", `#${part.id}`);
    say(heading.textContent?.trim() ?? "");
    point();
  };
  /** Shows in the contents which section is read. */
  const point = () => {
    const here = document.activeElement?.closest(".part")?.id ?? location.hash.slice(1);
    for (const link of root.querySelectorAll(".toc a")) {
      const now = link.getAttribute("href") === `#${here}`;
      link.toggleAttribute("aria-current", now);
      if (!now) continue;
      link.setAttribute("aria-current", "true");
      link.scrollIntoView({ block: "nearest" });
    }
  };
  /** @param {MouseEvent} event */
  const step = (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-step]") : null;
    if (button instanceof HTMLElement) go(Number(button.dataset.step));
  };
  const onPaper = async () => {
    const pictures = [...article.querySelectorAll("img")];
    for (const one of pictures) one.loading = "eager";
    await Promise.allSettled(pictures.map((one) => one.decode()));
    window.print();
  };

  /** @type {[EventTarget | null, string, (event: any) => void][]} */
  const hears = [
    [line, "input", soon],
    [line, "keydown", enter],
    [filters, "change", show],
    [filters, "reset", reset],
    [filters, "submit", (event) => event.preventDefault()],
    [print, "click", onPaper],
    [document, "click", step],
    [window, "hashchange", point],
  ];
  for (const [on, name, hear] of hears) on?.addEventListener(name, hear);
  point();
  return {
    destroy() {
      window.clearTimeout(timer);
      mark([], []);
      for (const [on, name, hear] of hears) on?.removeEventListener(name, hear);
    },
  };
}
