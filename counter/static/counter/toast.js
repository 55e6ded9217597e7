/* The line below the great press, where the officer looks: a refusal or a short message first, else what can be taken back. */
import { say, setText } from "/static/core/dom.js";
import { present } from "./moments.js";

const byId = (id) => document.getElementById(id);
const MESSAGE_MS = 4000;
const REFUSAL_MS = 10000;
let message = null; /* {sentence, tone, until} */

export function tell(sentence, tone) {
  message = { sentence, tone: tone || "", until: Date.now() + (tone ? REFUSAL_MS : MESSAGE_MS) };
}

export const untell = () => { message = null; };

/* `undo` is what Z takes back: {sentence, until: ms}, or null. */
export function drawToast(undo, words) {
  if (message && message.until <= Date.now()) message = null;
  const left = undo && !message ? Math.ceil((undo.until - present()) / 1000) : 0;
  const shown = Boolean(message) || left > 0;
  const toast = byId("toast");
  toast.setAttribute("role", message && message.tone ? "alert" : "status");
  toast.className = `toast console-toast ${message ? message.tone : "quiet"}`;
  toast.hidden = !shown;
  byId("hint").hidden = shown;
  if (message) setText(byId("toast-words"), message.sentence);
  else if (left > 0) setText(byId("toast-words"), undo.sentence);
  byId("toast-undo").hidden = left <= 0;
  if (left > 0) setText(byId("toast-undo"), say(words.undo_in, { seconds: left }));
}
