// @ts-check
// A conversation: one turn at a time is current, brought into view and read aloud by being focused.

/**
 * Gives the turn to go to; the ends stay where they are.
 * @param {number} now the current one, -1 where there is none
 * @param {number} step 1 or -1
 * @param {number} count
 */
export function nextTurn(now, step, count) {
  if (now < 0) return step > 0 ? 0 : count - 1;
  return Math.max(0, Math.min(count - 1, now + step));
}

/**
 * Mounts a conversation. Where turns can be labelled the current one is the chosen one: a press chooses it too, Esc
 * lets it go, and hitl:turn tells which it is, -1 for none.
 * @param {HTMLElement} root
 */
export function mountTurns(root) {
  const turns = /** @type {HTMLElement[]} */ ([...root.querySelectorAll(".turn")]);
  const choosable = root.hasAttribute("data-choosable");
  let now = turns.findIndex((turn) => turn.hasAttribute("aria-current"));
  let last = now;

  /** @param {number} number */
  const mark = (number) => {
    if (number === now) return;
    turns[now]?.removeAttribute("aria-current");
    turns[number]?.setAttribute("aria-current", "true");
    now = number;
    last = now < 0 ? last : now;
    if (choosable) root.dispatchEvent(new CustomEvent("hitl:turn", { bubbles: true, detail: now }));
  };
  /** @param {MouseEvent} event */
  const click = (event) => {
    const pressed = event.target instanceof Element ? event.target : null;
    const button = pressed?.closest("[data-step]");
    const turn = pressed?.closest(".turn");
    if (button instanceof HTMLElement) {
      mark(nextTurn(last, Number(button.dataset.step), turns.length));
      turns[now]?.focus({ preventScroll: true });
      turns[now]?.scrollIntoView({ block: "center" });
    } else if (choosable && turn) mark(turns.indexOf(/** @type {HTMLElement} */ (turn)));
  };
  const letGo = () => choosable && mark(-1);
  root.addEventListener("click", click);
  document.addEventListener("hitl:escape", letGo);
  return {
    destroy() {
      root.removeEventListener("click", click);
      document.removeEventListener("hitl:escape", letGo);
    },
  };
}
