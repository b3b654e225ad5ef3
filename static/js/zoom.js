// @ts-check
// Pictures of examples looked at large, one after the other, in a dialog.

import { mountPicture } from "./picture.js";

/**
 * Mounts the dialog; whatever on the page carries data-zoom opens it.
 * @param {HTMLElement} root the dialog
 */
export function mountZoom(root) {
  const dialog = /** @type {HTMLDialogElement} */ (root);
  const frame = /** @type {HTMLElement} */ (root.querySelector("[data-picture]"));
  const words = /** @type {HTMLElement} */ (root.querySelector("[data-words]"));
  const title = /** @type {HTMLElement} */ (root.querySelector("h2"));
  /** @type {HTMLElement | null} */
  let shown = null;
  let picture = { destroy() {} };

  /** Gives the pictures that can be stepped through: those that stand beside the one that was pressed. */
  const row = () =>
    /** @type {HTMLElement[]} */ ([
      ...(shown?.closest("[data-shots], article")?.querySelectorAll("[data-zoom]") ?? []),
    ]).filter((one) => !one.closest("[hidden]"));

  /** @param {HTMLElement} shot */
  const show = (shot) => {
    picture.destroy();
    shown = shot;
    const small = /** @type {HTMLImageElement} */ (shot.querySelector("img"));
    const image = /** @type {HTMLImageElement} */ (small.cloneNode());
    image.removeAttribute("loading");
    image.src = shot.dataset.zoom ?? "";
    const drawn = shot.querySelector("svg.regions");
    frame.replaceChildren(image, ...(drawn ? [drawn.cloneNode(true)] : []));
    const caption = shot.closest("figure")?.querySelector("figcaption");
    words.replaceChildren(...(caption ? [caption.cloneNode(true)] : []));
    const shots = row();
    title.textContent = (root.dataset.place ?? "")
      .replace("{now}", String(shots.indexOf(shot) + 1))
      .replace("{whole}", String(shots.length));
    picture = mountPicture(root);
  };
  /** @param {number} way */
  const turn = (way) => {
    const shots = row();
    const next = shown ? shots[(shots.indexOf(shown) + way + shots.length) % shots.length] : undefined;
    if (next) show(next);
  };

  /** @param {MouseEvent} event */
  const press = (event) => {
    const shot = event.target instanceof Element ? event.target.closest("[data-zoom]") : null;
    if (!(shot instanceof HTMLElement)) return;
    show(shot);
    dialog.showModal();
    dialog.focus();
  };
  /** @param {MouseEvent} event */
  const click = (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (button?.dataset.turn) turn(Number(button.dataset.turn));
    else if (button || event.target === dialog) dialog.close();
  };
  /** @param {KeyboardEvent} event */
  const key = (event) => {
    event.stopPropagation(); // no key of the page behind it acts
    const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!way || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    turn(way);
  };
  const closed = () => {
    picture.destroy();
    frame.replaceChildren();
    shown?.scrollIntoView({ block: "nearest" });
    shown?.focus();
    shown = null;
  };

  document.addEventListener("click", press);
  dialog.addEventListener("click", click);
  dialog.addEventListener("keydown", key);
  dialog.addEventListener("close", closed);
  return {
    destroy() {
      picture.destroy();
      document.removeEventListener("click", press);
      dialog.removeEventListener("click", click);
      dialog.removeEventListener("keydown", key);
      dialog.removeEventListener("close", closed);
    },
  };
}
