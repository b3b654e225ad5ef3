// @ts-check
// Boxes on a picture, in its own pixels.

/** @typedef {{x: number, y: number, width: number, height: number}} Box */

/**
 * Gives the box between two points, inside the picture, in whole pixels.
 * @param {{x: number, y: number}} from
 * @param {{x: number, y: number}} to
 * @param {{width: number, height: number}} size
 * @returns {Box}
 */
export function boxBetween(from, to, size) {
  const within = (/** @type {number} */ value, /** @type {number} */ most) => Math.min(Math.max(value, 0), most);
  const left = Math.round(within(Math.min(from.x, to.x), size.width));
  const top = Math.round(within(Math.min(from.y, to.y), size.height));
  const right = Math.round(within(Math.max(from.x, to.x), size.width));
  const bottom = Math.round(within(Math.max(from.y, to.y), size.height));
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/**
 * Moves or sizes a box by steps, as far as the picture goes.
 * @param {Box} box
 * @param {number} across
 * @param {number} down
 * @param {boolean} sizes
 * @param {{width: number, height: number}} size
 * @returns {Box}
 */
export function stepped(box, across, down, sizes, size) {
  const within = (/** @type {number} */ value, /** @type {number} */ least, /** @type {number} */ most) =>
    Math.round(Math.min(Math.max(value, least), Math.max(most, least)));
  if (sizes) {
    return {
      ...box,
      width: within(box.width + across, 1, size.width - box.x),
      height: within(box.height + down, 1, size.height - box.y),
    };
  }
  return {
    ...box,
    x: within(box.x + across, 0, size.width - box.width),
    y: within(box.y + down, 0, size.height - box.height),
  };
}
