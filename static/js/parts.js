// @ts-check
// The parts of the flow's answers, and what is done with them on the page.

/**
 * Reads the panes and parts of an answer.
 * @param {string} html
 */
export function partsOf(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const flow = /** @type {HTMLElement | null} */ (page.querySelector("[data-flow]"));
  const ahead = flow?.querySelector("template")?.content.querySelector("#task-pane") ?? null;
  return {
    flow,
    last: flow?.querySelector("[data-part=last]") ?? null,
    ahead: ahead && /** @type {HTMLElement} */ (document.importNode(ahead, true)),
    pane: flow ? null : /** @type {HTMLElement | null} */ (page.querySelector("#task-pane")),
  };
}

/**
 * Loads the pictures of a pane that is not shown yet, and holds them.
 * @param {HTMLElement} pane
 */
export function warm(pane) {
  const pictures = [...pane.querySelectorAll("img")].map((image) => {
    const early = new Image();
    early.src = image.src;
    early.decode().catch(() => {}); // shown by the pane itself, with what is wrong
    return early;
  });
  return { pane, pictures };
}

/**
 * Lets htmx find its attributes in what was put on the page by hand.
 * @param {HTMLElement} pane
 */
export function settleIn(pane) {
  /** @type {any} */ (window).htmx?.process(pane);
  document.dispatchEvent(new Event("hitl:swapped"));
}

/**
 * Says that the last decision is on its way; to take it back can be asked for already.
 * @param {HTMLElement} pane
 * @param {{[key: string]: string | undefined}} words
 */
export function underWay(pane, words) {
  const part = pane.querySelector("[data-part=last]");
  const line = document.createElement("span");
  const undo = document.createElement("button");
  const key = document.createElement("kbd");
  line.className = "muted cut";
  Object.assign(undo, { className: "button", type: "button", textContent: `${words.withdraw ?? ""} ` });
  Object.assign(undo.dataset, { kind: "quiet", size: "small", key: "z" });
  key.textContent = "Z";
  undo.append(key);
  part?.replaceChildren(line, undo);
  const tell = (/** @type {string | undefined} */ sentence) => {
    line.textContent = sentence ?? "";
  };
  let wanted = false;
  undo.addEventListener("click", () => {
    wanted = true;
    undo.hidden = true;
    tell(words.willWithdraw);
  });
  tell(words.sending);
  return { tell, wanted: () => wanted };
}

/**
 * Closes the list of earlier decisions; a press inside it leaves it open.
 * @param {HTMLElement} root
 * @param {Event} event
 */
export function closeLists(root, event) {
  for (const list of root.querySelectorAll(".stream[open]"))
    if (event.type !== "pointerdown" || !list.contains(/** @type {Node} */ (event.target)))
      list.removeAttribute("open");
}
