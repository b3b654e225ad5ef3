// @ts-check
// The workbench: which verdict is ready, what is asked before it is sent, and that it is sent once.

import { watchActivity } from "./activity.js";
import { changes, rationale, readAnswer, writeDraft } from "./answer.js";
import { watchClaim } from "./claim.js";
import { keepDraft, stranded } from "./draft.js";
import { fillDraft } from "./filling.js";
import { say } from "./live.js";
import { refusalOf, showAnswer } from "./panes.js";
import { bodyOf, missing, readyVerdict } from "./verdicts.js";

/** @typedef {import("./answer.js").Facts} Facts */

/**
 * Mounts the pane of one claim, or of an empty queue.
 * @param {HTMLElement} root
 */
export function mountWorkbench(root) {
  const form = root.querySelector("#decision-form");
  const heading = root.querySelector("h1");
  document.title = root.dataset.title ?? document.title;
  if (root.dataset.said) {
    say(`${root.dataset.said} ${heading?.textContent ?? ""}`);
    heading?.focus({ preventScroll: true });
  }
  const told = root.querySelector("#pane-facts")?.textContent;
  if (!(form instanceof HTMLFormElement) || !told) return { destroy() {} };
  return bench(root, form, /** @type {Facts} */ (JSON.parse(told)));
}

/**
 * @param {HTMLElement} root
 * @param {HTMLFormElement} form
 * @param {Facts} facts
 */
function bench(root, form, facts) {
  const words = /** @type {HTMLElement} */ (root.querySelector("[data-sentences]")).dataset;
  const view = showAnswer(root, form, facts);
  const again = root.dataset.refused !== undefined;
  const state = { intent: facts.intent, touched: facts.drafted || again, sent: "", key: "" };
  if (again) state.intent = root.dataset.intent || null;

  const claim = watchClaim(root, {
    onSoon: () => say(words.soon ?? ""),
    onLapse: () => view.notice(words.lapsed ?? "", true),
  });
  const activity = watchActivity(Number(root.dataset.active ?? facts.activeMs), () => void claim.prolong());
  const saved = root.querySelector("[data-kept]");
  const place = `hitl-draft:${root.closest("[data-person]")?.getAttribute("data-person")}:${root.dataset.task}`;
  const found = again ? null : stranded(place);
  if (found) fillDraft(form, found);
  state.touched ||= found !== null;
  const draft = keepDraft(
    root.dataset.draft ?? "",
    place,
    () => ({ ...writeDraft(form, facts), active_ms: activity.read(), verdict: state.intent }),
    (ok) => {
      const sentence = (ok ? words.saved : words.unsaved) ?? "";
      if (saved) saved.textContent = sentence;
      say(sentence);
    },
  );

  const paint = () => {
    const answer = readAnswer(form, facts);
    const count = facts.proposal === null || !answer.complete ? 0 : changes(facts.proposal, answer.output);
    const ready = readyVerdict(facts, { ...state, complete: answer.complete, count });
    view.paint(ready, count);
    return { answer, count, ready };
  };

  /**
   * Asks for what a verdict needs first; true when it may go.
   * @param {string} verdict
   */
  const settled = (verdict) => {
    const reason = facts.reasonFor.includes(verdict);
    const asks =
      (reason && !rationale(form)) || (verdict === "reject" && state.intent !== verdict && view.hasCategories());
    if (!asks) return true;
    const again = state.intent === verdict;
    if (verdict !== "correct") state.intent = verdict;
    paint();
    view.ask(reason && !rationale(form), again || verdict === "correct");
    draft.changed();
    return false;
  };

  /** @param {SubmitEvent} event */
  const submit = (event) => {
    if (event.target !== form) return;
    const pressed = event.submitter instanceof HTMLButtonElement ? event.submitter.value : "";
    if (!judged(pressed || paint().ready)) return;
    event.preventDefault();
    event.stopPropagation();
  };

  /**
   * Sends a verdict as far as it can be sent; false where the form itself is to be sent now.
   * @param {string | null} verdict
   */
  const judged = (verdict) => {
    if (!verdict || draft.rests() || root.hasAttribute("data-fresh")) return true;
    const { answer, count } = paint();
    const why = claim.lapsed() ? (words.lapsed ?? "") : missing(verdict, answer, count, facts, view, words);
    if (why) view.notice(why, claim.lapsed());
    if (why || !settled(verdict)) return true;
    draft.rest(true);
    const text = write(verdict);
    view.send(text);
    Object.assign(root.dataset, { intent: state.intent ?? "", active: String(activity.read()), verdict });
    const detail = { text, gone: draft.end };
    return !root.dispatchEvent(new CustomEvent("hitl:decided", { bubbles: true, cancelable: true, detail }));
  };
  const stay = (/** @type {Event} */ event) => {
    draft.rest(false);
    root.removeAttribute("aria-busy");
    const button = event.type === "hitl:again" && root.querySelector(`.verdict[value="${root.dataset.verdict}"]`);
    if (button instanceof HTMLButtonElement) form.requestSubmit(button);
  };

  /**
   * Writes the body; the same judgement sent again after a failure is the same bytes.
   * @param {string} verdict
   */
  const write = (verdict) => {
    const body = bodyOf(verdict, paint().answer.output, form, facts, view.shows);
    const key = JSON.stringify(body);
    if (key !== state.key) state.sent = JSON.stringify({ ...body, active_ms: activity.read() });
    state.key = key;
    return state.sent;
  };

  /** @param {any} event */
  const changed = (event) => {
    const name = event.target instanceof Element ? (event.target.getAttribute("name") ?? "") : "";
    if (name === "take") state.intent = view.take(event.target);
    else if (name !== "rationale" && name !== "category") {
      state.intent = null;
      view.untake();
    }
    state.touched ||= name !== "rationale";
    if (name !== "rationale") event.target.closest("label")?.scrollIntoView({ block: "nearest" });
    paint();
    draft.changed();
  };
  /** @param {Event} event */
  const answered = (event) => {
    const { detail } = /** @type {CustomEvent} */ (event);
    const { xhr } = detail;
    if (xhr.status < 400 && xhr.responseText.includes('id="task-pane"')) return draft.end();
    if (xhr.status < 400) {
      detail.shouldSwap = false; // the sign-in has ended: what was typed is kept, this page asks to sign in
      return location.reload();
    }
    draft.rest(false);
    const { sentence, code } = refusalOf(xhr.responseText);
    view.failed(sentence || (words.failed ?? ""), code === "claim_lost" || claim.lapsed(), code);
  };
  const lost = () => {
    draft.rest(false);
    view.failed(words.failed ?? "", claim.lapsed());
  };
  const told = (/** @type {CustomEvent} */ event) => view.notice(event.detail);
  const letGo = () => {
    state.intent = null;
    paint();
  };

  /** @type {[EventTarget, string, (event: any) => void, boolean][]} */
  const hears = [
    [root, "submit", submit, true],
    [form, "input", changed, false],
    [root, "htmx:beforeSwap", answered, false],
    [root, "htmx:sendError", lost, false],
    [root, "htmx:timeout", lost, false],
    [root, "hitl:again", stay, false],
    [root, "hitl:unsent", stay, false],
    [root, "hitl:told", told, false],
    [document, "hitl:escape", letGo, false],
    [root, "hitl:turn", paint, false],
  ];
  for (const [on, name, hear, capture] of hears) on.addEventListener(name, hear, capture);
  paint();
  if (found || again) draft.changed();
  if (again) {
    const code = root.dataset.refusedCode ?? "";
    view.failed(root.dataset.refused ?? "", code === "claim_lost", code);
    delete root.dataset.refused;
  }
  return {
    destroy() {
      for (const [on, name, hear, capture] of hears) on.removeEventListener(name, hear, capture);
      draft.destroy();
      activity.destroy();
      claim.destroy();
    },
  };
}
