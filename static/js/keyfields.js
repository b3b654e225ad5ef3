// @ts-check
// Key fields: whatever stands in one, the next key pressed takes its place.

/** @param {HTMLElement} root a form with one-letter fields */
export function mountKeyfields(root) {
  /** @param {Event} event */
  const choose = (event) => {
    const field = fieldOf(event);
    if (field) field.select();
  };
  /** @param {KeyboardEvent} event */
  const take = (event) => {
    const field = fieldOf(event);
    if (!field || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if ([...event.key].length !== 1 || event.key === " ") return;
    event.preventDefault();
    field.value = event.key.toUpperCase();
    field.select();
  };
  root.addEventListener("focusin", choose);
  root.addEventListener("click", choose);
  root.addEventListener("keydown", take);
  return {
    destroy() {
      root.removeEventListener("focusin", choose);
      root.removeEventListener("click", choose);
      root.removeEventListener("keydown", take);
    },
  };
}

/**
 * @param {Event} event
 * @returns {HTMLInputElement | null}
 */
function fieldOf(event) {
  const target = event.target;
  return target instanceof HTMLInputElement && target.matches(".keyfield input") ? target : null;
}
