/* A scanner on the keyboard port: it types anywhere on the page, much faster than a hand, and mostly ends with Enter. */
import { burst, byPlace } from "./typed.js";

const GAP_MS = 120; /* Longer between two keys is a hand, */
const LONG_GAP_MS = 600; /* unless it writes what no hand writes here: then the machine or the radio was slow. */
const NO_HAND = /^(https?:|\d{12}\|)/i;
const LEAST = 6;
const QUIET_MS = 700; /* Without Enter, the end is when nothing more comes, */
const LEAST_QUIET = 16; /* if it is too long and too quick for a hand: an address, a card. */
const QUICK_MS = 40;
const ENDS = ["Enter", "Tab"];

/* onScan(text, seen). What the scanner wrote into a field (`seen`) is taken out again first. */
export function listen(onScan) {
  let keys = burst();
  let first = 0;
  let last = -Infinity;
  let before = [];
  let quiet = 0;
  let endedAt = -Infinity;

  function begin(now) {
    keys = burst();
    first = now;
    before = Array.from(document.querySelectorAll("input"), (field) => [field, field.value]);
  }
  function end() {
    clearTimeout(quiet);
    const text = keys.text();
    keys = burst();
    endedAt = performance.now();
    const field = document.activeElement;
    const had = (before.find(([each]) => each === field) || [null, ""])[1];
    if (field && field.tagName === "INPUT") field.blur(); /* ends a composition */
    const seen = field && field.value ? field.value.slice(had.length) : "";
    before.forEach(([each, value]) => { if (each.value !== value) { each.value = value; each.dispatchEvent(new Event("input")); } });
    onScan(text, seen);
  }
  function whenQuiet() {
    const length = keys.text().length;
    if (length >= LEAST_QUIET && (last - first) / (length - 1) <= QUICK_MS) end();
  }
  const goesOn = (now) => now - last <= (NO_HAND.test(keys.text()) ? LONG_GAP_MS : GAP_MS);
  function swallow(event) { event.preventDefault(); event.stopPropagation(); }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const now = event.timeStamp;
    if (ENDS.includes(event.key)) {
      if (goesOn(now) && keys.text().length >= LEAST) { swallow(event); end(); } /* no form or button is meant */
      else if (performance.now() - endedAt < 1000) swallow(event); /* the Enter of what was taken already */
      return;
    }
    if (event.key === "Backspace" && goesOn(now)) { keys.back(); last = now; return; }
    const hidden = event.isComposing || event.key === "Process" || event.keyCode === 229;
    const sign = hidden ? byPlace(event.code, event.shiftKey) : event.key;
    if (sign.length !== 1) return;
    if (!goesOn(now)) begin(now);
    else if (sign === " " && event.target.tagName !== "INPUT") event.preventDefault(); /* it presses no button */
    keys.add(sign, event.shiftKey);
    last = now;
    clearTimeout(quiet);
    quiet = setTimeout(whenQuiet, QUIET_MS);
  }, true);
}
