/* Vietnamese names on the screen's own keys: a tone is put where it belongs, names are written with capitals. Pure. */

export const TONES = { acute: "\u0301", grave: "\u0300", hook: "\u0309", tilde: "\u0303", dot: "\u0323" };
const ALL = Object.values(TONES);
const MARKED = "\u0103\u00e2\u00ea\u00f4\u01a1\u01b0"; /* a with breve, a, e, o with circumflex, o, u with horn */
const VOWELS = `aeiouy${MARKED}`;

/* The text with the tone on its last word; the same tone twice takes it away. */
export function withTone(text, tone) {
  const start = text.lastIndexOf(" ") + 1;
  const word = Array.from(text.slice(start));
  const at = placeOf(word.map(plain));
  if (at < 0) return text;
  const had = ALL.find((mark) => word.some((letter) => letter.normalize("NFD").includes(mark)));
  const bare = word.map(without);
  if (had !== TONES[tone]) bare[at] = (bare[at] + TONES[tone]).normalize("NFC");
  return text.slice(0, start) + bare.join("");
}

/* Where the tone stands: on a marked vowel (of ươ the second), else the last vowel before a final consonant, else the last but
   one. The i of "gi" and the u of "qu" belong to the consonant, when another vowel follows. */
function placeOf(word) {
  let end = word.length;
  while (end > 0 && !VOWELS.includes(word[end - 1])) end -= 1;
  let start = end;
  while (start > 0 && VOWELS.includes(word[start - 1])) start -= 1;
  if (end - start > 1 && ["gi", "qu"].includes(word.slice(start - 1, start + 1).join(""))) start += 1;
  for (let at = end - 1; at >= start; at -= 1) if (MARKED.includes(word[at])) return at;
  if (end === start) return -1;
  return end < word.length || end - start === 1 ? end - 1 : end - 2;
}

function without(letter) {
  return Array.from(letter.normalize("NFD")).filter((mark) => !ALL.includes(mark)).join("").normalize("NFC");
}

const plain = (letter) => without(letter).toLowerCase();

/* The letter as a name has it at the end of `text`: large where a word begins. */
export const inName = (text, letter) => (!text || text.endsWith(" ") ? letter.toUpperCase() : letter.toLowerCase());
