// @ts-check
// An answer that is written as JSON: the line at fault is said while it is typed, and the cursor goes there.

const CALM_MS = 400;

/**
 * Mounts the editor of an answer.
 * @param {HTMLElement} root carries in data-broken what is said of a line, and holds a textarea and a place for it
 */
export function mountWritten(root) {
  const area = root.querySelector("textarea");
  const said = root.querySelector("[aria-live]");
  if (!area || !said) return { destroy: () => {} };
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waits;
  const look = () => {
    const line = lineAtFault(area.value);
    const told = line ? (root.dataset.broken ?? "").replace("{line}", String(line)) : "";
    if (line) area.setAttribute("aria-invalid", "true");
    else area.removeAttribute("aria-invalid");
    if (said.textContent === told) return;
    said.replaceChildren();
    if (told) said.append(Object.assign(document.createElement("p"), { className: "error", textContent: told }));
  };
  const typed = () => {
    clearTimeout(waits);
    waits = setTimeout(look, CALM_MS);
  };
  area.addEventListener("input", typed);
  const line = Number(area.dataset.line) || lineAtFault(area.value);
  if (line) goTo(area, line);
  return {
    destroy() {
      clearTimeout(waits);
      area.removeEventListener("input", typed);
    },
  };
}

/**
 * Gives the line, from 1, at which a text is no JSON any more; 0 where it is, or where nothing is written.
 * @param {string} text
 */
export function lineAtFault(text) {
  if (!text.trim()) return 0;
  try {
    JSON.parse(text);
    return 0;
  } catch (problem) {
    const told = String(problem);
    const line = /line (\d+)/.exec(told);
    if (line) return Number(line[1]);
    const place = /position (\d+)/.exec(told);
    return text.slice(0, place ? Number(place[1]) : text.length).split("\n").length;
  }
}

/**
 * Selects a line and shows it.
 * @param {HTMLTextAreaElement} area
 * @param {number} line from 1
 */
function goTo(area, line) {
  const lines = area.value.split("\n");
  const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  area.focus();
  area.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
  area.scrollTop = (area.scrollHeight / lines.length) * Math.max(0, line - 4);
}
