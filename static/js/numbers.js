// @ts-check
// Numbers as the page's language writes them: 1234.5 in English, 1234,5 in German.

/**
 * Reads a number as the page's language writes it, NaN where it does not read.
 * @param {string} text
 * @param {string} [language]
 */
export function numberOf(text, language = document.documentElement.lang) {
  const [point, group] = signs(language);
  const bare = text.replace(new RegExp(`\\${group}(?=\\d{3}(?!\\d))`, "g"), "");
  return Number(bare.replace(point, "."));
}

/**
 * Writes a number as the page's language does, without groups.
 * @param {number} number
 * @param {string} [language]
 */
export function writeNumber(number, language = document.documentElement.lang) {
  return String(number).replace(".", signs(language)[0]);
}

/** @param {string} language */
function signs(language) {
  const point = new Intl.NumberFormat(language || "en").format(0.5).includes(",") ? "," : ".";
  return [point, point === "," ? "." : ","];
}
