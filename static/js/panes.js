// @ts-check
// What the workbench shows of a judgement: the filled verdict, the fields it asks for, notices.

import { fill } from "./filling.js";
import { say } from "./live.js";

/** @typedef {import("./answer.js").Facts} Facts */
/** @typedef {import("./answer.js").Json} Json */

/**
 * Reads the refusal out of a page that the server answered.
 * @param {string} html
 */
export function refusalOf(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const [main, told] = [page.querySelector("[data-refusal]"), page.querySelector("[data-sentence]")];
  const more = [...page.querySelectorAll("main li")].map((line) => line.textContent?.trim() ?? "");
  const code = main instanceof HTMLElement ? (main.dataset.refusal ?? "") : "";
  return { code, sentence: [told?.textContent?.trim() ?? "", ...more].filter(Boolean).join(" ") };
}

/**
 * Paints the pane of a claim.
 * @param {HTMLElement} root
 * @param {HTMLFormElement} form
 * @param {Facts} facts
 */
export function showAnswer(root, form, facts) {
  const one = (/** @type {string} */ selector) => /** @type {HTMLElement | null} */ (root.querySelector(selector));
  const verdicts = /** @type {HTMLButtonElement[]} */ ([...root.querySelectorAll(".verdict")]);
  const [box, ready] = [one("[data-notice]"), one("[data-ready-words]")];
  const body = /** @type {HTMLInputElement} */ (form.elements.namedItem("body"));
  const reason = one("[data-when=reason]");

  /** @param {string} section */
  const shows = (section) => !(one(`[data-when=${section}]`)?.hidden ?? true);
  const show = (/** @type {string} */ section, /** @type {boolean} */ shown) => {
    const part = one(`[data-when=${section}]`);
    if (part) part.hidden = !shown;
  };
  const notice = (/** @type {string} */ sentence, next = false, stale = false) => {
    if (!box) return;
    box.hidden = !sentence;
    const told = one("[data-notice] [data-sentence]");
    if (told) told.textContent = sentence;
    for (const way of [one("[data-next]"), one("[data-again]")]) if (way) way.hidden = !next;
    const afresh = one("[data-afresh]");
    if (afresh) afresh.hidden = !stale;
    if (sentence) box.scrollIntoView({ block: "nearest" });
    say(sentence);
  };
  const meaning = () => {
    const chosen = [
      ...form.querySelectorAll(":not([hidden]) > .choice > :is([name=label], [data-on-turn]):checked"),
    ].map((mark) => mark.getAttribute("value"));
    one("[data-guide]")?.toggleAttribute("data-chosen", chosen.length > 0);
    for (const part of root.querySelectorAll("[data-meaning]"))
      part.toggleAttribute("data-now", chosen.includes(part.getAttribute("data-meaning")));
  };
  one("[data-guide-all]")?.addEventListener("click", (event) => {
    const all = one("[data-guide]")?.toggleAttribute("data-all") ?? false;
    /** @type {Element} */ (event.currentTarget).setAttribute("aria-pressed", String(all));
  });
  return {
    shows,
    notice,
    hasCategories: () => one("[data-when=wrong]") !== null,
    /** @param {string} verdict */
    never: (verdict) => verdicts.some((button) => button.value === verdict && button.hasAttribute("data-never")),
    /**
     * @param {string | null} verdict the one that Enter sends
     * @param {number} count how much was changed
     */
    paint(verdict, count) {
      for (const button of verdicts) {
        button.toggleAttribute("data-ready", button.value === verdict);
        const idle = button.value === "approve" && count > 0;
        button.setAttribute("aria-disabled", String(idle || button.hasAttribute("data-never")));
      }
      const tally = one(".tally");
      if (tally) tally.hidden = count === 0;
      const number = one("[data-count]");
      if (number) number.textContent = String(count);
      const named = verdicts.find((button) => button.value === verdict)?.dataset.name;
      const told = ready?.querySelector("span");
      if (ready) ready.hidden = !named;
      const what = verdict === "approve" && facts.said ? `${named}: ${facts.said}` : named;
      if (told) told.textContent = (ready?.dataset.words ?? "").replace("%s", what ?? "");
      const wrong = verdict === "reject" || (verdict === "correct" && facts.proposal !== null);
      const needed = verdict !== null && facts.reasonFor.includes(verdict);
      show("wrong", wrong);
      show("reason", verdict !== null && (verdict !== "approve" || needed || facts.takes.length > 0));
      const optional = one("[data-optional]");
      if (optional) optional.hidden = needed;
      meaning();
    },
    /**
     * Brings the reason and the categories forward.
     * @param {boolean} needed
     * @param {boolean} again asked before: now it is a fault
     */
    ask(needed, again) {
      const fault = /** @type {HTMLElement | null} */ (reason?.querySelector("[data-problem]") ?? null);
      if (fault) fault.hidden = !(needed && again);
      const area = reason?.querySelector("textarea");
      area?.setAttribute("aria-invalid", String(needed && again));
      const first = needed ? area : /** @type {HTMLElement | null} */ (root.querySelector("[name=category]"));
      first?.focus();
      if (needed && again) say(fault?.textContent?.trim() ?? "");
    },
    /**
     * Points at what is missing, and gives the sentence back.
     * @param {HTMLElement | null} part
     * @param {string} sentence
     */
    fault(part, sentence) {
      const at = part ?? one("[data-answer]");
      if (at?.hidden) document.dispatchEvent(new CustomEvent("hitl:escape")); // a turn is chosen
      /** @type {HTMLElement | null | undefined} */ (at?.querySelector("input, textarea"))?.focus();
      const problem = /** @type {HTMLElement | null | undefined} */ (at?.querySelector("[data-problem]"));
      if (problem && part) problem.hidden = false;
      return sentence;
    },
    /** @param {string} text */
    send(text) {
      notice("");
      body.disabled = false;
      body.value = text;
      root.setAttribute("aria-busy", "true");
    },
    failed(/** @type {string} */ sentence, /** @type {boolean} */ next, code = "") {
      root.removeAttribute("aria-busy");
      notice(sentence, next, code === "stale_form");
    },
    /**
     * Puts an earlier decision's answer into the form; gives the intent it stands for.
     * @param {EventTarget | null} radio
     */
    take(radio) {
      const taken = radio instanceof HTMLInputElement ? facts.takes[Number(radio.value)] : undefined;
      if (!taken || taken.output === null) return taken?.verdict === "reject" ? "reject" : null;
      fill(form, taken.output);
      return null;
    },
    untake() {
      const taken = /** @type {HTMLInputElement | null} */ (form.querySelector("[name=take]:checked"));
      if (taken) taken.checked = false;
    },
  };
}
