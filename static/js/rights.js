// @ts-check
// The editor of decision rights: keeps what is typed as one goes, reads each rule back, and moves rows by drag or keys.

import { say } from "./live.js";
import { mountRowDrag } from "./rowdrag.js";
import { suggest } from "./suggesting.js";

const WAIT_MS = 400;

/**
 * Copies what the server says beside fields into the page, and leaves the fields themselves alone.
 * @param {ParentNode} from
 */
function patch(from) {
  for (const said of from.querySelectorAll("[data-said]")) {
    const here = document.getElementById(said.id);
    if (here instanceof HTMLInputElement && said instanceof HTMLInputElement) here.value = said.value;
    else if (here && here.innerHTML !== said.innerHTML) here.replaceWith(document.importNode(said, true));
  }
}

/**
 * Puts another form in the place of this one; rows that were open stay open.
 * @param {HTMLElement} root
 * @param {Element} fresh
 * @param {string} back id of the button that was pressed
 */
function swap(root, fresh, back) {
  const open = new Set([...root.querySelectorAll("details[open]")].map((one) => one.closest("li")?.id));
  const form = document.importNode(fresh, true);
  root.querySelector("form")?.replaceWith(form);
  for (const one of form.querySelectorAll("details")) if (open.has(one.closest("li")?.id)) one.setAttribute("open", "");
  const row = document.getElementById(form.getAttribute("data-focus") ?? "");
  const again = back && row ? document.getElementById(`${back}-${row.id}`) : null;
  const usable = again instanceof HTMLButtonElement && !again.disabled ? again : null;
  const first = /** @type {HTMLElement | null | undefined} */ (row?.querySelector("input:not([type=hidden]), select"));
  const last = row?.classList.contains("rows") ? row.querySelector(":scope > p > button") : null;
  const target = usable ?? last ?? (back ? row : (first ?? row));
  if (target instanceof HTMLElement) target.focus();
  if (row) say(row.querySelector(".sentence")?.textContent ?? "");
}

/**
 * Mounts the editor.
 * @param {HTMLElement} root carries the words data-saving, data-saved, data-large, data-refused and data-lost
 */
export function mountRights(root) {
  let timer = 0;
  /** @type {Promise<void>} */
  let turn = Promise.resolve();

  const form = () => /** @type {HTMLFormElement} */ (root.querySelector("form"));
  /** @param {string | undefined} words */
  const tell = (words) => {
    const part = root.querySelector("[data-part=status]");
    if (part) part.textContent = words ?? "";
  };

  /** @param {number} status */
  const refusal = (status) => {
    if (status === 400 || status === 413) return root.dataset.large;
    return status < 500 ? root.dataset.refused : root.dataset.lost;
  };

  /**
   * Sends the whole form; the answer is the form again.
   * @param {string} act what a button says
   */
  async function sent(act) {
    if (!act && root.querySelector("[role=alert]")) return; // somebody else's change stands: only a button goes over it
    tell(root.dataset.saving);
    const body = new FormData(form());
    body.set("act", act);
    /** @type {Response} */
    let answer;
    try {
      answer = await fetch(form().action, { method: "POST", body, headers: { "HX-Request": "true" } });
    } catch {
      tell(root.dataset.lost);
      say(root.dataset.lost ?? "");
      return;
    }
    if (!answer.ok && answer.status !== 409) {
      const words = refusal(answer.status);
      tell(words);
      say(words ?? "");
      return;
    }
    const found = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#draft");
    if (!found) {
      location.reload();
      return;
    }
    const verb = act.split(":")[0] ?? "";
    if (act || answer.status === 409) swap(root, found, verb === "up" || verb === "down" ? verb : "");
    else patch(found);
    ready();
    tell(answer.ok ? root.dataset.saved : "");
  }

  /** @param {string} act */
  const send = (act) => {
    clearTimeout(timer);
    turn = turn.then(() => sent(act));
  };

  const ready = () => {
    root.dataset.ready = "";
    const keys = root.querySelector("[data-part=keys]");
    if (keys instanceof HTMLElement) keys.hidden = false;
    suggest(root);
  };

  /** @param {Event} event */
  const typed = (event) => {
    clearTimeout(timer);
    if (event.target instanceof HTMLElement && event.target.dataset.key === "field") suggest(root);
    timer = setTimeout(() => send(""), WAIT_MS);
  };
  /** @param {SubmitEvent} event */
  const submitted = (event) => {
    const button = event.submitter;
    if (button instanceof HTMLElement && "leaves" in button.dataset) return;
    event.preventDefault();
    const act = button instanceof HTMLButtonElement ? button.value : "";
    send(act === "save" && !root.querySelector("[role=alert]") ? "" : act);
  };
  /** @param {KeyboardEvent} event */
  const pressed = (event) => {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    const row = event.target instanceof Element ? event.target.closest(".rule-row") : null;
    if (!(row instanceof HTMLElement)) return;
    event.preventDefault();
    send(`${event.key === "ArrowUp" ? "up" : "down"}:${row.dataset.row}`);
  };
  /** @type {[string, (event: any) => void][]} */
  const heard = [
    ["input", typed],
    ["change", typed],
    ["submit", submitted],
    ["keydown", pressed],
  ];
  for (const [name, hear] of heard) root.addEventListener(name, hear);
  const dragging = mountRowDrag(root, (row, place) => send(`move:${row}:${place}`));
  ready();
  return {
    destroy: () => {
      clearTimeout(timer);
      dragging.destroy();
      for (const [name, hear] of heard) root.removeEventListener(name, hear);
    },
  };
}
