/* The keys on the screen: for a code only the signs a code can have, digits for a telephone, letters and tones for a name.
   The focus stays in the field, so that a real keyboard goes on working. */
import { el, fill } from "/static/core/dom.js";
import { inName, TONES, withTone } from "./tones.js";
import { t } from "./words.js";

const MOST = { code: 12, phone: 15, pin: 6, name: 80 };
const LETTERS = Array.from("A\u0102\u00c2BCD\u0110E\u00caFGHIJKLMNO\u00d4\u01a0PQRSTU\u01afVWXYZ");

/* Draws the keys of every field; `signs` are those of a code. */
export function draw(signs) {
  document.querySelectorAll("[data-keys-for]").forEach((box) => {
    const field = document.getElementById(box.dataset.keysFor);
    const kind = field.dataset.keys;
    box.classList.add(`k-keys-${kind}`);
    fill(box, ...(kind === "name" ? nameKeys(field) : plainKeys(field, kind === "code" ? signs : "1234567890")));
  });
}

function key(words, label, wide, go) {
  const button = el("button", { type: "button", class: `btn btn-secondary${wide ? " k-key-wide" : ""}`, onclick: go, "aria-label": label }, words);
  button.addEventListener("mousedown", (event) => event.preventDefault());
  return button;
}

function change(field, text) {
  field.value = Array.from(text).slice(0, MOST[field.dataset.keys]).join("");
  field.dispatchEvent(new Event("input"));
  field.scrollLeft = field.scrollWidth; /* of a long name the end is being written */
}

const remove = (field) => key(t("key_delete"), null, true, () => change(field, Array.from(field.value.trimEnd()).slice(0, -1).join("")));

function plainKeys(field, signs) {
  return [...Array.from(signs, (sign) => key(sign, null, false, () => change(field, field.value + sign))), remove(field)];
}

function nameKeys(field) {
  const tone = (name) => key(`a${TONES[name]}`.normalize("NFC"), t(`tone_${name}`), false, () => change(field, withTone(field.value, name)));
  return [
    ...LETTERS.map((letter) => key(letter, null, false, () => change(field, field.value + inName(field.value, letter)))),
    ...Object.keys(TONES).map(tone),
    key(t("key_space"), null, true, () => { if (field.value && !field.value.endsWith(" ")) change(field, `${field.value} `); }),
    remove(field),
  ];
}

/* A code as it stands on the phone and on paper: large letters in threes. Gives whether something was typed that no code has. */
export function tidyCode(field, signs) {
  const typed = Array.from(field.value.toUpperCase()).filter((sign) => !/[\s.-]/.test(sign));
  const good = typed.filter((sign) => signs.includes(sign)).slice(0, MOST.code);
  const text = good.join("").replace(/(...)(?=.)/g, "$1 ");
  if (field.value !== text) field.value = text;
  return good.length < Math.min(typed.length, MOST.code);
}
