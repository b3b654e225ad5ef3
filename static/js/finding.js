// @ts-check
// Finding words in a page: what has them, and where they stand.

const MOST_MARKS = 1_000;
const NAME = "found";

/**
 * Gives a text as it is compared: small letters, without accents, one blank between words.
 * @param {string} text
 */
export function plainOf(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/\s+/g, " ");
}

/**
 * Gives the words that are looked for.
 * @param {string} typed
 */
export function wordsOf(typed) {
  return plainOf(typed).split(" ").filter(Boolean);
}

/**
 * Tells whether a text, plain, has all of these words.
 * @param {string} text
 * @param {string[]} words
 */
export function has(text, words) {
  return words.every((word) => text.includes(word));
}

/**
 * Marks where the words stand in these elements, the first thousand places; none takes all marks away.
 * @param {Iterable<Element>} roots
 * @param {string[]} words
 */
export function mark(roots, words) {
  if (!("highlights" in CSS)) return;
  CSS.highlights.delete(NAME);
  if (!words.length) return;
  const marks = new Highlight();
  for (const root of roots) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      for (const [start, end] of placesIn(node.nodeValue ?? "", words)) {
        const range = new Range();
        range.setStart(node, start);
        range.setEnd(node, end);
        marks.add(range);
        if (marks.size >= MOST_MARKS) return void CSS.highlights.set(NAME, marks);
      }
    }
  }
  CSS.highlights.set(NAME, marks);
}

/**
 * Gives where words stand in a text as it is written, from and to.
 * @param {string} text
 * @param {string[]} words
 * @returns {[number, number][]}
 */
export function placesIn(text, words) {
  /** @type {number[]} */
  const origin = [];
  let plain = "";
  let place = 0;
  for (const sign of text) {
    const small = sign.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
    for (const unit of small) {
      for (let count = 0; count < unit.length; count += 1) origin.push(place);
      plain += unit;
    }
    place += sign.length;
  }
  origin.push(place);
  /** @type {[number, number][]} */
  const found = [];
  for (const word of words)
    for (let at = plain.indexOf(word); at >= 0; at = plain.indexOf(word, at + word.length))
      found.push([origin[at] ?? 0, origin[at + word.length] ?? place]);
  return found;
}
