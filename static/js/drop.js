// @ts-check
// A box that takes dropped files into the field inside it, and says at once where they are too large.

/**
 * Adds up the sizes of all files chosen in a form, in bytes.
 * @param {HTMLFormElement | null} form
 * @returns {number}
 */
export function bytesOf(form) {
  const fields = /** @type {NodeListOf<HTMLInputElement>} */ (form?.querySelectorAll("input[type=file]") ?? []);
  return [...fields].flatMap((field) => [...(field.files ?? [])]).reduce((sum, file) => sum + file.size, 0);
}

/**
 * Mounts a box around a file field.
 * @param {HTMLElement} root carries data-most in bytes and the sentence data-large
 */
export function mountDrop(root) {
  const field = /** @type {HTMLInputElement | null} */ (root.querySelector("input[type=file]"));
  const folder = field?.webkitdirectory ?? false;

  const weigh = () => {
    const large = bytesOf(field?.form ?? null) > Number(root.dataset.most);
    field?.setCustomValidity(large ? (root.dataset.large ?? "") : "");
    if (large) field?.reportValidity();
  };
  /** @param {DragEvent} event */
  const over = (event) => {
    if (folder || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    root.dataset.over = "";
  };
  const leave = () => {
    delete root.dataset.over;
  };
  /** @param {DragEvent} event */
  const drop = (event) => {
    leave();
    if (folder || !field || !event.dataTransfer?.files.length || event.target === field) return;
    event.preventDefault();
    field.files = event.dataTransfer.files;
    weigh();
  };
  field?.addEventListener("change", weigh);
  root.addEventListener("dragover", over);
  root.addEventListener("dragleave", leave);
  root.addEventListener("drop", drop);
  return {
    destroy: () => {
      field?.removeEventListener("change", weigh);
      root.removeEventListener("dragover", over);
      root.removeEventListener("dragleave", leave);
      root.removeEventListener("drop", drop);
    },
  };
}
