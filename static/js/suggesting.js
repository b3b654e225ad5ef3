// @ts-check
// What a condition may say, by the field that it names: its comparisons, and values that items were seen to have.

/**
 * Gives the comparisons that a field takes, null where nothing is known of it.
 * @param {ParentNode} root
 * @param {string} field
 */
function takes(root, field) {
  for (const one of root.querySelectorAll("#offered option"))
    if (one instanceof HTMLOptionElement && one.value === field) return (one.dataset.takes ?? "").split(" ");
  return null;
}

/**
 * Narrows the comparisons of every condition, and links its value to what was seen.
 * @param {ParentNode} root
 */
export function suggest(root) {
  for (const row of root.querySelectorAll(".condition")) {
    const field = row.querySelector("[data-key=field]");
    const op = row.querySelector("[data-key=op]");
    const value = row.querySelector("[data-key=value]");
    if (!(field instanceof HTMLInputElement)) continue;
    const known = takes(root, field.value);
    if (op instanceof HTMLSelectElement)
      for (const option of op.options)
        option.hidden = known !== null && !option.selected && !known.includes(option.value);
    const list = `values-of-${field.value}`;
    if (value && document.getElementById(list)) value.setAttribute("list", list);
    else value?.removeAttribute("list");
  }
}
