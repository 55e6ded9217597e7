/* The visible way home: a stranger's choice must not stand on the screen for the next person. */
import { setText } from "/static/core/dom.js";
import { t } from "./words.js";

const SOON_S = 20; /* WCAG 2.2.1: who is warned has at least 20 s to ask for more with one touch. */

const box = document.getElementById("countdown");
const words = document.getElementById("countdown-words");
const told = document.getElementById("countdown-told");
let left = 0;
let full = 0;
let timer = 0;
let then = null;
let key = "home_in";

function draw() {
  setText(words, t(key, { n: left }));
  box.classList.toggle("k-count-soon", left <= SOON_S);
  setText(told, left <= SOON_S && key === "home_in" ? t("home_soon") : ""); /* read aloud, once */
}

export function start(seconds, atEnd, said = "home_in") {
  stop();
  full = seconds;
  left = seconds;
  then = atEnd;
  key = said;
  box.hidden = false;
  draw();
  timer = setInterval(() => {
    left -= 1;
    if (left <= 0) { const end = then; stop(); end(); } else draw();
  }, 1000);
}

export function stop() {
  clearInterval(timer);
  timer = 0;
  box.hidden = true;
  setText(told, "");
}

/* Somebody touched the screen: the full time again. */
export function touched() { if (timer && key === "home_in" && left < full) { left = full; draw(); } }

export function more(seconds) { if (timer) { full = left + seconds; left = full; draw(); } }
export function redraw() { if (timer) draw(); }
export const idle = () => !timer;
