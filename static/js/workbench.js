// @ts-check
// The workbench: which verdict is ready, what is asked before it is sent, and that it is sent once.

import { watchActivity } from "./activity.js";
import { categories, changes, rationale, readAnswer, writeDraft } from "./answer.js";
import { watchClaim } from "./claim.js";
import { keepDraft } from "./draft.js";
import { say } from "./live.js";
import { refusalOf, showAnswer } from "./panes.js";

/** @typedef {import("./answer.js").Facts} Facts */

/**
 * Says which verdict Enter sends, given what was done; null while there is none.
 * @param {Facts} facts
 * @param {{intent: string | null, touched: boolean, complete: boolean, count: number}} done
 * @returns {string | null}
 */
export function readyVerdict(facts, done) {
  if (done.intent) return done.intent;
  if (facts.takes.length && !done.touched) return null;
  if (facts.proposal === null) return done.complete ? "correct" : null;
  if (done.count > 0) return facts.allowed.includes("correct") ? "correct" : null;
  if (facts.allowed.includes("approve")) return "approve";
  return facts.takes.length && done.complete ? "correct" : null;
}

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
  const state = { intent: facts.intent, touched: facts.drafted, sending: false, sent: "", key: "" };

  const claim = watchClaim(root, {
    onSoon: () => say(words.soon ?? ""),
    onLapse: () => view.notice(words.lapsed ?? "", true),
  });
  const activity = watchActivity(facts.activeMs, () => void claim.prolong());
  const saved = root.querySelector("[data-kept]");
  const draft = keepDraft(
    root.dataset.draft ?? "",
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
   * Says why a verdict cannot be sent as things stand; "" when it can.
   * @param {string} verdict
   * @returns {string}
   */
  const missing = (verdict) => {
    const { answer, count } = paint();
    if (claim.lapsed()) return words.lapsed ?? "";
    if (view.never(verdict)) return words.never ?? "";
    if (verdict === "approve" && count > 0) return words.changed ?? "";
    if (verdict !== "correct") return "";
    if (answer.problem) return view.fault(answer.problem, words.fields ?? "");
    if (!answer.complete) return view.fault(null, words.first ?? "");
    return count === 0 && facts.proposal !== null && !facts.takes.length ? view.fault(null, words.nothing ?? "") : "";
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
    const verdict = pressed || paint().ready;
    const why = verdict && !state.sending ? missing(verdict) : "";
    if (why) view.notice(why, claim.lapsed());
    if (!verdict || state.sending || why || !settled(verdict)) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    state.sending = true;
    view.send(write(verdict));
  };

  /**
   * Writes the body; the same judgement sent again after a failure is the same bytes.
   * @param {string} verdict
   */
  const write = (verdict) => {
    const { answer } = paint();
    /** @type {{[key: string]: import("./answer.js").Json}} */
    const body = { verdict };
    if (verdict === "correct") body.output = answer.output;
    if (facts.proposal === null && verdict === "correct") delete body.verdict;
    const reason = rationale(form);
    if (reason && view.shows("reason")) body.rationale = reason;
    if (categories(form).length && view.shows("wrong")) body.error_categories = categories(form);
    const key = JSON.stringify(body);
    if (key !== state.key) state.sent = JSON.stringify({ ...body, active_ms: activity.read() });
    state.key = key;
    return state.sent;
  };

  /** @param {Event} event */
  const changed = (event) => {
    const name = event.target instanceof Element ? (event.target.getAttribute("name") ?? "") : "";
    if (name === "take") state.intent = view.take(event.target);
    else if (name !== "rationale" && name !== "category") {
      state.intent = null;
      view.untake();
    }
    state.touched ||= name !== "rationale";
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
    state.sending = false;
    const refusal = refusalOf(xhr.responseText);
    view.failed(refusal.sentence || (words.failed ?? ""), refusal.code === "claim_lost" || claim.lapsed());
  };
  const lost = () => {
    state.sending = false;
    view.failed(words.failed ?? "", claim.lapsed());
  };
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
    [document, "hitl:escape", letGo, false],
  ];
  for (const [on, name, hear, capture] of hears) on.addEventListener(name, hear, capture);
  paint();
  return {
    destroy() {
      for (const [on, name, hear, capture] of hears) on.removeEventListener(name, hear, capture);
      draft.destroy();
      activity.destroy();
      claim.destroy();
    },
  };
}
