// @ts-check
// The tiles of a batch as they look, the one in question, and the keys that move between them.

import { stepTo } from "./gridkeys.js";
import { say } from "./live.js";

/** @typedef {import("./marks.js").Facts} Facts */
/** @typedef {import("./marks.js").Known} Known */
/** @typedef {import("./marks.js").Mark} Mark */
/** @typedef {import("./batch.js").Said} Said */
/** @typedef {{toggle: (token: string) => void, give: (token: string, code: string) => void, go: () => void, undo: () => void}} Hears */

/**
 * Shows the tiles of a batch.
 * @param {HTMLElement} root
 * @param {Facts} facts
 * @param {DOMStringMap} words
 * @param {Map<string, Mark>} marks
 */
export function showTiles(root, facts, words, marks) {
  /** @param {string} what @returns {HTMLElement} */
  const part = (what) => /** @type {HTMLElement} */ (root.querySelector(what));
  const list = [...root.querySelectorAll("[data-tile]")].filter((one) => one instanceof HTMLElement);
  const tiles = new Map(list.map((one) => [one.dataset.tile ?? "", one]));
  const choices = [...root.querySelectorAll("[data-code]")].filter((one) => one instanceof HTMLElement);
  let now = list[0]?.dataset.tile ?? "";
  const stop = new AbortController();
  const signal = { signal: stop.signal };

  /** @param {string} token */
  const point = (token) => {
    now = token;
    for (const [key, tile] of tiles) {
      tile.toggleAttribute("data-now", key === token);
      tile.tabIndex = key === token ? 0 : -1;
    }
    const tile = tiles.get(token);
    part("[data-one-id]").textContent = tile?.querySelector(".id")?.textContent ?? "";
    const look = tile?.querySelector(".look")?.cloneNode(true);
    part("[data-loupe]").replaceChildren(...(look ? [look] : []));
    side();
  };
  const side = () => {
    const mark = marks.get(now);
    const proposed = facts.tiles.find((tile) => tile.token === now)?.labels ?? [];
    const labels = mark?.labels.length ? mark.labels : proposed;
    for (const choice of choices) {
      choice.setAttribute("aria-pressed", String(!mark?.left && labels.includes(choice.dataset.code ?? "")));
    }
    part("[data-leave]").setAttribute("aria-pressed", String(Boolean(mark?.left)));
  };

  /** @param {Hears} hears */
  const hear = (hears) => {
    const scroller = part("[data-scroller]");
    scroller.addEventListener(
      "click",
      (event) => {
        const tile = event.target instanceof Element ? event.target.closest("[data-tile]") : null;
        if (!(tile instanceof HTMLElement)) return;
        point(tile.dataset.tile ?? "");
        hears.toggle(now);
      },
      signal,
    );
    scroller.addEventListener(
      "focusin",
      (event) => {
        const tile = event.target instanceof HTMLElement ? event.target.dataset.tile : "";
        if (tile && tile !== now) point(tile);
      },
      signal,
    );
    scroller.addEventListener("keydown", (event) => move(event, hears), signal);
    for (const name of ["load", "error"]) scroller.addEventListener(name, pictured, { capture: true, ...signal });
    for (const choice of choices) {
      choice.addEventListener(
        "click",
        () => {
          hears.give(now, choice.dataset.code ?? "");
          back();
        },
        signal,
      );
    }
    part("[data-leave]").addEventListener(
      "click",
      () => {
        hears.toggle(now);
        back();
      },
      signal,
    );
    part("button[data-confirm]").addEventListener("click", hears.go, signal);
    part("[data-undo]").addEventListener("click", hears.undo, signal);
  };
  /** Shows at the side what became of a picture, once the tile says so. @param {Event} event */
  const pictured = (event) => {
    if (event.target instanceof Element && event.target.closest("[data-now]")) setTimeout(() => point(now));
  };
  /** Puts the focus back on the tile in question, so that Enter and the arrows go on from there. */
  const back = () => tiles.get(now)?.focus({ preventScroll: true });
  /** @param {KeyboardEvent} event @param {Hears} hears */
  const move = (event, hears) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Enter") {
      event.preventDefault(); // Space marks a tile, Enter sends
      if (!event.repeat) hears.go();
      return;
    }
    const from = list.findIndex((one) => one.dataset.tile === now);
    const to = stepTo(event.key, list, from);
    if (to === undefined) return;
    event.preventDefault();
    const tile = list[to];
    if (tile) show(tile.dataset.tile ?? "", "nearest");
  };
  /** @param {string} token @param {ScrollLogicalPosition} [block] */
  const show = (token, block = "start") => {
    const tile = tiles.get(token);
    if (!tile) return;
    point(token);
    tile.focus({ preventScroll: true });
    tile.scrollIntoView({ block });
  };

  /** @param {Known} tile @param {"approve" | "correct" | "left"} choice */
  const dress = (tile, choice) => {
    const shown = tiles.get(tile.token);
    const badge = shown?.querySelector("[data-state]");
    if (!shown || !(badge instanceof HTMLElement) || shown.dataset.done) return;
    shown.dataset.choice = choice;
    shown.setAttribute("aria-pressed", String(choice === "left"));
    badge.hidden = choice === "approve";
    badge.dataset.tone = choice === "correct" ? "correct" : "escalate";
    const given = (marks.get(tile.token)?.labels ?? []).map((code) => facts.names[code] ?? code).join(", ");
    badge.textContent = choice === "left" ? (words.leaving ?? "") : given;
  };
  /** @param {Said} said */
  const finish = (said) => {
    const tile = tiles.get(said.token);
    const badge = tile?.querySelector("[data-state]");
    if (!tile || !(badge instanceof HTMLElement)) return;
    tile.querySelector("[data-why]")?.remove();
    const final = !said.refusal || ["claim_lost", "already_decided", "not_found"].includes(said.refusal.code);
    const corrected = tile.dataset.choice === "correct";
    const left = !said.refusal && !said.decision;
    if (final) tile.dataset.done = said.refusal ? "refused" : left ? "left" : "sent";
    if (final) tile.setAttribute("aria-disabled", "true");
    badge.hidden = false;
    badge.dataset.tone = said.refusal ? "reject" : left ? "escalate" : corrected ? "correct" : "approve";
    badge.textContent =
      (said.refusal ? words.refused : left ? words.gone : corrected ? words.corrected : words.confirmed) ?? "";
    if (!said.refusal) return;
    const why = document.createElement("span");
    why.dataset.why = "";
    why.textContent = said.refusal.sentence;
    tile.append(why);
  };

  return {
    elements: () => tiles,
    hear,
    show,
    finish,
    /** @param {string} token */
    done: (token) => tiles.get(token)?.dataset.done ?? "",
    /** @param {(tile: Known) => "approve" | "correct" | "left"} choice */
    paint(choice) {
      for (const tile of facts.tiles) dress(tile, choice(tile));
      side();
    },
    /** @param {number} seen @param {number} all */
    progress(seen, all) {
      part("[data-progress]").textContent = (words.progress ?? "")
        .replace("%s", String(seen))
        .replace("%s", String(all));
    },
    /** @param {string} told */
    primary(told) {
      part("[data-confirm-words]").textContent = told;
    },
    /** @param {boolean} shown */
    undo(shown) {
      part("[data-undo]").hidden = !shown;
    },
    /** @param {string} told @param {string} tone */
    notice(told, tone) {
      const line = part("[data-notice]");
      line.textContent = told;
      line.dataset.tone = tone;
      say(told);
    },
    destroy: () => stop.abort(),
  };
}
