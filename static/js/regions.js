// @ts-check
// Parts marked on a picture: drawn with the pointer, moved and sized by it or by arrows; the numbers beside are the truth.

import { boxBetween, stepped } from "./boxes.js";
import { say } from "./live.js";

/** @typedef {import("./boxes.js").Box} Box */

const FIELDS = /** @type {const} */ (["x", "y", "width", "height"]);
const SPACE = "http://www.w3.org/2000/svg";

/**
 * Mounts the marking of one example.
 * @param {HTMLElement} root carries the words data-said and data-rect
 */
export function mountRegions(root) {
  const list = /** @type {HTMLElement} */ (root.querySelector("[data-rows]"));
  const found = root.querySelector("[data-draw]");
  const canvas = found instanceof SVGSVGElement ? found : null;
  const timed = root.dataset.kind === "video"; // a part of a video need not have a box
  const size = canvas ? canvas.viewBox.baseVal : { width: 0, height: 0 };
  for (const one of root.querySelectorAll("[data-part=how], [data-part=add], [data-remove]")) {
    if (one instanceof HTMLElement) one.hidden = false;
  }
  const spare = list.querySelector("[data-spare]");
  spare?.remove();
  /** @type {{pointer: number, from: {x: number, y: number}, row: HTMLElement, box: Box, how: string} | null} */
  let held = null;

  const rows = () => /** @type {HTMLElement[]} */ ([...list.children]);
  /**
   * @param {HTMLElement} row
   * @param {string} name
   */
  const field = (row, name) => {
    const input = row.querySelector(`[name=region-${name}]`);
    return input instanceof HTMLInputElement ? input : null;
  };
  /** @param {HTMLElement} row @returns {Box} */
  const boxOf = (row) => {
    const told = FIELDS.map((name) => Number.parseInt(field(row, name)?.value ?? "", 10) || 0);
    return { x: told[0] ?? 0, y: told[1] ?? 0, width: told[2] ?? 0, height: told[3] ?? 0 };
  };
  /**
   * @param {HTMLElement} row
   * @param {Box} box
   */
  const write = (row, box) => {
    for (const name of FIELDS) {
      const input = field(row, name);
      if (input) input.value = String(box[name]);
    }
  };
  const changed = () => list.dispatchEvent(new Event("input", { bubbles: true }));
  /** @param {HTMLElement} row */
  const told = (row) => {
    const box = boxOf(row);
    /** @type {Record<string, number>} */
    const values = { n: rows().indexOf(row) + 1, ...box };
    return (root.dataset.said ?? "").replace(/\{(\w+)\}/g, (_whole, name) => String(values[name] ?? ""));
  };
  const draw = () => {
    rows().forEach((row, place) => {
      const number = row.querySelector("[data-number]");
      if (number) number.textContent = String(place + 1);
    });
    if (!canvas) return;
    while (canvas.children.length > rows().length) canvas.lastElementChild?.remove();
    rows().forEach((row, place) => {
      let rect = canvas.children[place];
      if (!rect) {
        rect = document.createElementNS(SPACE, "rect");
        rect.setAttribute("tabindex", "0");
        rect.setAttribute("role", "button");
        canvas.append(rect);
      }
      const box = boxOf(row);
      for (const name of FIELDS) rect.setAttribute(name, String(box[name]));
      rect.setAttribute("display", box.width && box.height ? "inline" : "none");
      rect.setAttribute("aria-label", (root.dataset.rect ?? "").replace("{n}", String(place + 1)));
    });
  };
  /** @param {Box | null} box */
  const add = (box) => {
    const row = /** @type {HTMLElement} */ (spare?.cloneNode(true));
    row.removeAttribute("data-spare");
    list.append(row);
    if (box) write(row, box);
    row.dispatchEvent(new CustomEvent("part-added", { bubbles: true }));
    draw();
    return row;
  };
  /** @param {HTMLElement} row */
  const remove = (row) => {
    row.remove();
    draw();
    changed();
    /** @type {HTMLElement | null} */ (root.querySelector("[data-add]"))?.focus();
  };
  /** @param {PointerEvent} event */
  const point = (event) => {
    const place = canvas?.getScreenCTM()?.inverse();
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(place);
    return { x: at.x, y: at.y };
  };

  /** @param {PointerEvent} event */
  const down = (event) => {
    if (!canvas || event.button !== 0) return;
    event.preventDefault();
    const place = event.target instanceof Element ? [...canvas.children].indexOf(event.target) : -1;
    const from = point(event);
    const known = rows()[place];
    const row = known ?? add({ ...boxBetween(from, from, size), width: 1, height: 1 });
    const box = boxOf(row);
    const corner = Math.max(size.width, size.height) / 40;
    const sizes = Math.abs(from.x - box.x - box.width) < corner && Math.abs(from.y - box.y - box.height) < corner;
    held = { pointer: event.pointerId, from, row, box, how: !known ? "draw" : sizes ? "size" : "move" };
    canvas.setPointerCapture(event.pointerId);
  };
  /** @param {PointerEvent} event */
  const move = (event) => {
    if (!held || held.pointer !== event.pointerId) return;
    const at = point(event);
    const sizes = held.how === "size";
    const box =
      held.how === "draw"
        ? boxBetween(held.from, at, size)
        : stepped(held.box, at.x - held.from.x, at.y - held.from.y, sizes, size);
    write(held.row, box);
    draw();
  };
  const up = () => {
    if (!held) return;
    const { row, how } = held;
    held = null;
    const box = boxOf(row);
    if (how === "draw" && Math.min(box.width, box.height) < 3) {
      row.remove();
      draw();
      return;
    }
    changed();
    say(told(row));
  };
  /** @param {KeyboardEvent} event */
  const pressed = (event) => {
    const place = canvas && event.target instanceof Element ? [...canvas.children].indexOf(event.target) : -1;
    const row = rows()[place];
    if (!row || event.altKey || event.ctrlKey || event.metaKey) return;
    const step = Math.max(1, Math.round(Math.max(size.width, size.height) / 100));
    /** @type {Record<string, [number, number]>} */
    const ways = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    const way = ways[event.key];
    if (event.key !== "Delete" && event.key !== "Backspace" && !way) return;
    event.preventDefault();
    if (!way) return remove(row);
    write(row, stepped(boxOf(row), way[0], way[1], event.shiftKey, size));
    draw();
    changed();
    say(told(row));
  };
  /** @param {Event} event */
  const clicked = (event) => {
    if (!(event.target instanceof Element)) return;
    const row = event.target.closest("li");
    if (event.target.closest("[data-remove]") && row) return remove(row);
    if (!event.target.closest("[data-add]")) return;
    const middle = { x: size.width * 0.375, y: size.height * 0.375 };
    const made = add(
      canvas && !timed ? boxBetween(middle, { x: size.width * 0.625, y: size.height * 0.625 }, size) : null,
    );
    const first = canvas && !timed ? canvas.lastElementChild : made.querySelector("input");
    if (first instanceof SVGElement || first instanceof HTMLElement) first.focus();
    if (canvas) changed();
  };
  /** @type {[EventTarget | null, string, (event: any) => void][]} */
  const heard = [
    [canvas, "pointerdown", down],
    [canvas, "pointermove", move],
    [canvas, "pointerup", up],
    [canvas, "pointercancel", up],
    [canvas, "keydown", pressed],
    [list, "input", draw],
    [root, "click", clicked],
  ];
  for (const [target, name, hear] of heard) target?.addEventListener(name, hear);
  draw();
  return {
    destroy: () => {
      for (const [target, name, hear] of heard) target?.removeEventListener(name, hear);
    },
  };
}
