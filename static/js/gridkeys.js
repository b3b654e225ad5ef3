// @ts-check
// Where the arrows lead in a grid of tiles.

/**
 * Finds the tile that lies above or below another, the nearest in its row.
 * @param {DOMRect[]} places
 * @param {number} from
 * @param {1 | -1} way
 * @returns {number}
 */
function nearest(places, from, way) {
  const here = places[from];
  if (!here) return from;
  const beyond = places
    .map((place, number) => ({ place, number }))
    .filter(({ place }) => (place.top - here.top) * way > 4);
  const row = Math.min(...beyond.map(({ place }) => Math.abs(place.top - here.top)));
  const near = beyond.filter(({ place }) => Math.abs(Math.abs(place.top - here.top) - row) < 4);
  near.sort((one, other) => Math.abs(one.place.left - here.left) - Math.abs(other.place.left - here.left));
  return near[0]?.number ?? from;
}

/**
 * Says which tile a key leads to; undefined for any other key.
 * @param {string} key
 * @param {HTMLElement[]} tiles in the order of the grid
 * @param {number} from
 * @returns {number | undefined}
 */
export function stepTo(key, tiles, from) {
  const places = () => tiles.map((one) => one.getBoundingClientRect());
  const last = tiles.length - 1;
  /** @type {Record<string, () => number>} */
  const ways = {
    ArrowRight: () => Math.min(from + 1, last),
    ArrowLeft: () => Math.max(from - 1, 0),
    ArrowDown: () => nearest(places(), from, 1),
    ArrowUp: () => nearest(places(), from, -1),
    Home: () => 0,
    End: () => last,
  };
  return ways[key]?.();
}
