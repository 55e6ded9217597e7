/* The visible way home: a stranger's choice must not stand on the screen for the next person. */
import { setText } from "/static/core/dom.js";
import { t } from "./words.js";

const box = document.getElementById("countdown");
const words = document.getElementById("countdown-words");
let left = 0;
let full = 0;
let timer = 0;
let then = null;

function draw() { setText(words, t("home_in", { n: left })); }

export function start(seconds, atEnd) {
  stop();
  full = seconds;
  left = seconds;
  then = atEnd;
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
}

/* Somebody touched the screen: the full time again. */
export function touched() { if (timer && left < full) { left = full; draw(); } }

export function more(seconds) { if (timer) { full = left + seconds; left = full; draw(); } }
export function redraw() { if (timer) draw(); }
export function idle() { return !timer; }
