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
 * Mounts a conversation.
 * @param {HTMLElement} root
 */
export function mountTurns(root) {
  const turns = /** @type {HTMLElement[]} */ ([...root.querySelectorAll(".turn")]);
  let now = -1;

  /** @param {number} number */
  const mark = (number) => {
    if (number === now) return;
    turns[now]?.removeAttribute("aria-current");
    turns[number]?.setAttribute("aria-current", "true");
    now = number;
  };
  /** @param {MouseEvent} event */
  const click = (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-step]") : null;
    if (!(button instanceof HTMLElement)) return;
    mark(nextTurn(now, Number(button.dataset.step), turns.length));
    turns[now]?.focus({ preventScroll: true });
    turns[now]?.scrollIntoView({ block: "center" });
  };
  root.addEventListener("click", click);
  return { destroy: () => root.removeEventListener("click", click) };
}
