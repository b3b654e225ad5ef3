// @ts-check
// A form that Ctrl+Enter sends, wherever one types in it.

/**
 * Tells whether a key sends what is typed.
 * @param {KeyboardEvent} event
 */
export function sends(event) {
  return event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing;
}

/**
 * Mounts a form.
 * @param {HTMLElement} root
 */
export function mountSendkey(root) {
  const form = /** @type {HTMLFormElement} */ (root);
  /** @param {KeyboardEvent} event */
  const press = (event) => {
    if (!sends(event) || event.repeat) return;
    event.preventDefault();
    form.requestSubmit();
  };
  form.addEventListener("keydown", press);
  return {
    destroy() {
      form.removeEventListener("keydown", press);
    },
  };
}
