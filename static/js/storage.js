// @ts-check
// What this browser keeps; one that is full, or keeps nothing, goes without.

/**
 * Keeps a value as JSON.
 * @param {string} place
 * @param {unknown} value
 * @param {Storage} [store]
 */
export function keepAt(place, value, store = localStorage) {
  try {
    store.setItem(place, JSON.stringify(value));
  } catch {
    forget(place, store); // what stood there is older than what was to be kept
  }
}

/**
 * Gives what is kept at a place, or null.
 * @param {string} place
 * @param {Storage} [store]
 */
export function keptAt(place, store = localStorage) {
  try {
    return JSON.parse(store.getItem(place) ?? "null");
  } catch {
    return null;
  }
}

/**
 * Forgets what is kept at a place.
 * @param {string} place
 * @param {Storage} [store]
 */
export function forget(place, store = localStorage) {
  try {
    store.removeItem(place);
  } catch {
    // nothing is kept here
  }
}
