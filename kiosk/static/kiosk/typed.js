/* What a scanner meant, from the keys a browser heard of. Pure.

   A scanner is a keyboard with the American layout. A Vietnamese input method listens to it as to a hand and makes "â" of "aa".
   One that works by composition hides the letter, but not which key it was; one that works by hooks takes a key away and puts
   other letters in place of the last ones: what changed tells which key it was. */

const SIGNS = {
  Slash: "/?", Minus: "-_", Equal: "=+", Semicolon: ";:", Period: ".>", Comma: ",<", Backslash: "\\|", Quote: "'\"",
  BracketLeft: "[{", BracketRight: "]}", Backquote: "`~", Space: "  ",
};
const D_WITH_STROKE = "\u0111";
const U_WITH_HORN = "\u01b0"; /* what a lone w becomes */
const SHIFTED_DIGITS = ")!@#$%^&*(";
const TONES = { "\u0301": "s", "\u0300": "f", "\u0309": "r", "\u0303": "x", "\u0323": "j", "\u0306": "w", "\u031b": "w" };

/* The sign of a key by its place; "" for one without a sign. */
export function byPlace(code, shift) {
  if (/^Key[A-Z]$/.test(code)) return shift ? code[3] : code[3].toLowerCase();
  if (/^(Digit|Numpad)\d$/.test(code)) { const n = code.slice(-1); return shift && code[0] === "D" ? SHIFTED_DIGITS[n] : n; }
  return code in SIGNS ? SIGNS[code][shift ? 1 : 0] : "";
}

/* The key (in small letters) that made `after` of `before`; "" when none is seen. */
export function keyBetween(before, after) {
  const was = before.normalize("NFD");
  const is = Array.from(after.normalize("NFD"));
  for (let index = 0; index < is.length; index += 1) {
    const sign = is[index];
    const count = (text) => Array.from(text).filter((each) => each === sign).length;
    if (count(was) < count(is.join(""))) {
      if (sign === "\u0302") return base(is, index);
      if (sign in TONES) return TONES[sign];
      if (sign.toLowerCase() === D_WITH_STROKE) return "d";
    }
  }
  return "";
}

function base(signs, index) {
  for (let at = index - 1; at >= 0; at -= 1) if (/[a-z]/i.test(signs[at])) return signs[at].toLowerCase();
  return "";
}

/* Follows the keys of one burst. `text()` is what the scanner sent, as far as it can be told. */
export function burst() {
  let raw = "";
  let screen = "";
  let removed = "";
  let put = "";
  function replaced(sign, shift) {
    put += sign;
    screen += sign;
    if (put.length < removed.length) return;
    const key = keyBetween(removed, put);
    raw += shift ? key.toUpperCase() : key;
    removed = "";
    put = "";
  }
  return {
    text: () => raw,
    back() { removed = screen.slice(-1) + removed; screen = screen.slice(0, -1); },
    add(sign, shift) {
      if (removed) { replaced(sign, shift); return; }
      screen += sign;
      raw += sign.toLowerCase() === U_WITH_HORN ? (shift ? "W" : "w") : sign;
    },
  };
}
