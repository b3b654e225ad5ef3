// @ts-check
// Hard content stays under its veil until someone looks or listens, and goes back under it when they let go or leave.

/**
 * Mounts the veil over an item.
 * @param {HTMLElement} root has data-holds where looking lasts as long as a hold, else from one press to the next
 */
export function mountVeil(root) {
  const look = /** @type {HTMLElement | null} */ (root.querySelector("[data-look]"));
  const colour = /** @type {HTMLElement | null} */ (root.querySelector("[data-colour]"));
  const mutes = root.hasAttribute("data-mute");
  const holds = root.hasAttribute("data-holds");

  /** @param {boolean} shown */
  const show = (shown) => {
    root.toggleAttribute("data-shown", shown);
    if (mutes) for (const audio of root.querySelectorAll("audio")) audio.muted = !shown;
    look?.setAttribute("aria-pressed", String(shown));
  };
  const lift = () => show(true);
  const drop = () => show(false);
  /** @param {KeyboardEvent} event */
  const press = (event) => {
    if (event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    if (!event.repeat) lift();
  };
  /** @param {PointerEvent} event */
  const down = (event) => {
    if (event.button === 0) lift();
  };
  // A click that no pointer made comes from assistive technology, which cannot hold.
  /** @param {MouseEvent} event */
  const click = (event) => {
    if (!holds || event.detail === 0) show(!root.hasAttribute("data-shown"));
  };
  const paint = () => colour?.setAttribute("aria-pressed", String(root.toggleAttribute("data-coloured")));

  /** @type {[EventTarget | null, string, (event: any) => void][]} */
  const hears = [
    [look, "click", click],
    [colour, "click", paint],
    [window, "blur", drop],
    [document, "visibilitychange", drop],
  ];
  if (holds)
    hears.push(
      [look, "pointerdown", down],
      [window, "pointerup", drop],
      [window, "pointercancel", drop],
      [look, "keydown", press],
      [look, "keyup", drop],
      [look, "blur", drop],
      [look, "hitl:hold", lift],
      [look, "hitl:release", drop],
    );
  for (const [on, name, hear] of hears) on?.addEventListener(name, hear);
  drop(); // it may have been taken away while someone looked
  return {
    destroy() {
      for (const [on, name, hear] of hears) on?.removeEventListener(name, hear);
    },
  };
}
