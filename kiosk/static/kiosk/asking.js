/* A request under way, in words; and what was scanned meanwhile, which is not lost and not done twice. */
import { setText } from "/static/core/dom.js";
import { isBusy, press } from "./press.js";
import { show } from "./stage.js";

const SAME_MS = 2500; /* A code held under the scanner is read again and again. */
const MOST_KEPT = 3;

const again = document.getElementById("pending-again");
const keptWords = document.getElementById("pending-kept");
let last = { text: "", at: -Infinity };
let kept = [];

/* Shows `words`, sends, and hands the answer to `onOk` or `onRefused`. A second request meanwhile is dropped. */
export async function ask(words, address, body, { onOk, onRefused, method = "POST" }) {
  if (isBusy()) return;
  const run = press(address, body, { onAgain, method });
  await follow(words, run, { onOk, onRefused });
}

/* The same request again, when its answer was lost: `answer` is what `onRefused` got. */
export async function askAgain(words, answer, hear) {
  if (!isBusy()) await follow(words, answer.again(), hear);
}

async function follow(words, run, { onOk, onRefused }) {
  setText(document.getElementById("pending-words"), words);
  again.hidden = true;
  keptWords.hidden = true;
  show("pending");
  const answer = await run;
  if (answer === null) return;
  if (answer.ok) onOk(answer.data);
  else onRefused(answer);
}

function onAgain() { again.hidden = false; }

/* Whether a scan is to be done now: not while a request is under way (it is kept), nor the same code still held there. */
export function scannedNow(text) {
  const same = text === last.text && performance.now() - last.at < SAME_MS;
  last = { text, at: performance.now() };
  if (same) return false;
  if (!isBusy()) return true;
  if (!kept.includes(text) && kept.length < MOST_KEPT) kept.push(text);
  keptWords.hidden = false;
  return false;
}

export const anyKept = () => kept.length > 0;
export const nextKept = () => kept.shift();
export function forget() { kept = []; last = { text: "", at: -Infinity }; }
