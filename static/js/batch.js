// @ts-check
// A batch: marks on its tiles, what Enter will send, and what became of each.

import { watchActivity } from "./activity.js";
import { watchClaim } from "./claim.js";
import { say } from "./live.js";
import { choiceOf, keep, remembered, sentence, share } from "./marks.js";
import { refusalOf } from "./panes.js";
import { ask } from "./requests.js";
import { watchSight } from "./sight.js";
import { showTiles } from "./tiles.js";

/** @typedef {import("./marks.js").Facts} Facts */
/** @typedef {import("./marks.js").Mark} Mark */
/** @typedef {{token: string, decision: string | null, refusal: {code: string, sentence: string} | null}} Said */

/**
 * Mounts the grid of one batch.
 * @param {HTMLElement} root
 */
export function mountBatch(root) {
  const facts = /** @type {Facts} */ (JSON.parse(root.querySelector("#batch-facts")?.textContent ?? "{}"));
  const words = /** @type {HTMLElement} */ (root.querySelector("[data-sentences]")).dataset;
  const marks = remembered(facts);
  const view = showTiles(root, facts, words, marks);
  /** @type {Map<string, string>} */
  const made = new Map();
  const state = { sending: false, used: 0, key: "", sent: "", over: false };
  /** @type {ReturnType<typeof watchClaim> | null} */
  let clock = null;

  const lapse = () => {
    state.over = true;
    view.notice(words.lapsed ?? "", "warn");
    paint();
  };
  const activity = watchActivity(0, () => void clock?.prolong());
  const sight = watchSight(root, view.elements(), async (tokens) => {
    const answer = await ask("PUT", root.dataset.openings ?? "", { body: JSON.stringify({ tokens }) }).catch(
      () => null,
    );
    if (answer?.ok && !answer.redirected) {
      const told = await answer.json();
      root.dataset.until = told.until;
      root.dataset.now = told.now;
      clock ??= watchClaim(root, { onSoon: () => say(words.soon ?? ""), onLapse: lapse });
      paint();
      return true;
    }
    if (answer?.status === 409) lapse();
    return false;
  });

  const active = () => facts.tiles.filter((tile) => !view.done(tile.token));
  const tally = () => {
    const count = { approve: 0, correct: 0, left: 0, unseen: 0 };
    for (const tile of active()) {
      count[choiceOf(tile.labels, mark(tile.token))] += 1;
      if (unseen(tile.token)) count.unseen += 1;
    }
    return count;
  };
  /** @param {string} token */
  const unseen = (token) => !mark(token).left && !sight.seen(token); // what is left for single review is seen there
  /** @param {string} token */
  const mark = (token) => /** @type {Mark} */ (marks.get(token));

  const paint = () => {
    const count = tally();
    const rest = active().length;
    view.paint((tile) => choiceOf(tile.labels, mark(tile.token)));
    view.progress(facts.tiles.filter((tile) => sight.seen(tile.token)).length, facts.tiles.length);
    view.undo(made.size > 0 && !state.over);
    root.toggleAttribute("data-over", !rest || state.over);
    if (state.sending) return view.primary(words.wait ?? "");
    if (!rest) return view.primary(words.next ?? "");
    if (state.over) return view.primary(words.again ?? "");
    if (count.unseen) return view.primary((words.unseen ?? "").replace("%s", String(count.unseen)));
    view.primary(sentence(words, count));
  };

  /** @param {string} token @param {Mark} next */
  const set = (token, next) => {
    if (view.done(token) || state.sending || state.over) return;
    marks.set(token, next);
    keep(facts, marks);
    paint();
  };
  const hears = {
    /** @param {string} token */
    toggle: (token) => set(token, { labels: [], left: !mark(token).left }),
    /** @param {string} token @param {string} code */
    give: (token, code) => {
      const proposed = facts.tiles.find((tile) => tile.token === token)?.labels ?? [];
      const now = mark(token).labels.length ? mark(token).labels : proposed;
      const labels = !facts.many ? [code] : now.includes(code) ? now.filter((one) => one !== code) : [...now, code];
      set(token, { labels, left: false });
    },
    go: () => {
      if (state.sending) return;
      if (!active().length || state.over) return location.reload();
      const next = active().find((tile) => unseen(tile.token));
      if (next) return view.show(next.token);
      void send();
    },
    undo: () => void undo(),
  };
  view.hear(hears);

  const body = () => {
    const left = active().filter((tile) => mark(tile.token).left);
    const rest = active().filter((tile) => !mark(tile.token).left);
    const decisions = rest.map((tile) => {
      const verdict = choiceOf(tile.labels, mark(tile.token));
      return {
        token: tile.token,
        verdict,
        ...(verdict === "correct" && { output: { labels: mark(tile.token).labels } }),
      };
    });
    const key = JSON.stringify([decisions, left.map((tile) => tile.token)]);
    if (key !== state.key) {
      const spent = activity.read();
      const active_ms = share(spent - state.used, decisions.length + left.length);
      state.used = spent;
      state.key = key;
      state.sent = JSON.stringify({
        decisions: decisions.map((one) => ({ ...one, active_ms })),
        left: left.map((tile) => tile.token),
      });
    }
    return state.sent; // the same judgement sent again after a failure is the same bytes
  };

  const send = async () => {
    state.sending = true;
    paint();
    const answer = await ask("POST", root.dataset.decisions ?? "", { body: body() }).catch(() => null);
    state.sending = false;
    if (answer?.redirected) return location.reload();
    if (!answer?.ok) {
      const told = answer ? refusalOf(await answer.text()).sentence : "";
      view.notice(told || (words.failed ?? ""), "reject");
      return paint();
    }
    settle((await answer.json()).answers);
  };

  /** @param {Said[]} answers */
  const settle = (answers) => {
    const refused = answers.filter((one) => one.refusal);
    for (const one of answers) {
      if (one.decision) made.set(one.token, one.decision);
      view.finish(one);
    }
    keep(facts, marks, (token) => ["sent", "left"].includes(view.done(token)));
    const told = [
      made.size ? (words.sent ?? "").replace("%s", String(made.size)) : "",
      refused.length ? (words.some ?? "").replace("%s", String(refused.length)) : "",
    ];
    view.notice(told.filter(Boolean).join(" "), refused.length ? "reject" : "approve");
    paint();
  };

  const undo = async () => {
    if (state.sending || !made.size) return;
    state.sending = true;
    const asked = JSON.stringify({ decisions: [...made.values()] });
    const answer = await ask("POST", root.dataset.withdrawals ?? "", { body: asked }).catch(() => null);
    state.sending = false;
    if (!answer?.ok || answer.redirected) {
      const told = answer ? refusalOf(await answer.text()).sentence : "";
      return view.notice(told || (words.failed ?? ""), "reject");
    }
    /** @type {{refusal: unknown}[]} */
    const told = (await answer.json()).answers;
    const stand = told.filter((one) => one.refusal).length;
    if (stand < told.length) return location.reload();
    made.clear();
    view.notice((words.stands ?? "").replace("%s", String(stand)), "warn");
    paint();
  };

  paint();
  view.show(facts.tiles[0]?.token ?? "");
  return {
    destroy() {
      clock?.destroy();
      activity.destroy();
      sight.destroy();
      view.destroy();
    },
  };
}
