// @ts-check
// Rows that are moved by their grip, among their own kind.

/**
 * Says where a row lands that is dropped on another one.
 * @param {number} from its place, from 0
 * @param {number} over the place of the other one
 * @param {boolean} after whether it is dropped on the lower half
 */
export function landing(from, over, after) {
  const goal = over + (after ? 1 : 0);
  return goal > from ? goal - 1 : goal;
}

/**
 * Mounts dragging on all rows below.
 * @param {HTMLElement} root
 * @param {(row: string, place: number) => void} moved
 */
export function mountRowDrag(root, moved) {
  /** @type {HTMLElement | null} */
  let held = null;

  /** @param {Event} event */
  const rowAt = (event) => {
    const row = event.target instanceof Element ? event.target.closest(".rule-row") : null;
    return row instanceof HTMLElement ? row : null;
  };
  /** @param {Element} row */
  const placeOf = (row) => [...(row.parentElement?.children ?? [])].indexOf(row);
  const clear = () => {
    for (const one of root.querySelectorAll("[data-over]")) one.removeAttribute("data-over");
  };
  /** @param {PointerEvent} event */
  const down = (event) => {
    const row = event.target instanceof Element && event.target.closest("[data-grip]") ? rowAt(event) : null;
    if (row) row.draggable = true;
  };
  /** @param {DragEvent} event */
  const start = (event) => {
    held = rowAt(event);
    if (!held || !event.dataTransfer) return;
    event.dataTransfer.setData("text/plain", held.dataset.row ?? "");
    event.dataTransfer.effectAllowed = "move";
    held.dataset.held = "";
  };
  /**
   * @param {DragEvent} event
   * @param {HTMLElement} row
   */
  const lower = (event, row) => {
    const box = row.getBoundingClientRect();
    return event.clientY > box.top + box.height / 2;
  };
  /** @param {DragEvent} event */
  const over = (event) => {
    const row = rowAt(event);
    clear();
    if (!held || !row || row.parentElement !== held.parentElement) return;
    event.preventDefault();
    row.dataset.over = lower(event, row) ? "after" : "before";
  };
  /** @param {DragEvent} event */
  const drop = (event) => {
    const row = rowAt(event);
    if (!held || !row || row.parentElement !== held.parentElement) return;
    event.preventDefault();
    const from = placeOf(held);
    const goal = landing(from, placeOf(row), lower(event, row));
    if (goal !== from) moved(held.dataset.row ?? "", goal);
    end();
  };
  const end = () => {
    clear();
    if (held) {
      delete held.dataset.held;
      held.draggable = false;
    }
    held = null;
  };
  /** @type {[string, (event: any) => void][]} */
  const heard = [
    ["pointerdown", down],
    ["dragstart", start],
    ["dragover", over],
    ["drop", drop],
    ["dragend", end],
  ];
  for (const [name, hear] of heard) root.addEventListener(name, hear);
  return {
    destroy: () => {
      for (const [name, hear] of heard) root.removeEventListener(name, hear);
    },
  };
}
