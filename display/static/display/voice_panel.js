/* The corner of the board that tells whether it is heard, and the one touch that lets it be.

   makePanel({voice, button, status, words}) -> {draw}
   words {sound_on, sound_chime, sound_failed, sound_trying, quiet, muted, no_voice, no_sound}
   The button does not claim anything: after the touch the hall hears the chime and a trial sentence, and whoever touched it reads
   what should just have been heard. */
import { setText } from "/static/core/dom.js";

const TOLD_MS = 12000;

export function makePanel({ voice, button, status, words }) {
  let told = "";
  let timer = 0;
  let trying = false;

  function lasting() {
    const state = voice.state();
    if (state === "on") return voice.hasVoice() ? "" : words.no_voice;
    return { muted: words.muted, quiet: words.quiet, none: words.no_sound }[state] || "";
  }

  function draw() {
    button.hidden = voice.state() !== "blocked";
    setText(status, told || lasting());
  }

  function tell(text, forMs) {
    told = text;
    clearTimeout(timer);
    if (forMs) timer = setTimeout(() => { told = ""; draw(); }, forMs);
    draw();
  }

  /* After a touch: sound, if the browser allows it now, and the proof of it. */
  async function touched() {
    if (trying || voice.state() !== "blocked") return;
    trying = true;
    const sounds = await voice.start();
    trying = false;
    if (!sounds) return tell(words.sound_failed, TOLD_MS);
    if (voice.state() !== "on") return draw();
    tell(words.sound_trying);
    const how = await voice.trial();
    tell({ voice: words.sound_on, chime: words.sound_chime, busy: words.sound_on }[how] || words.sound_failed, TOLD_MS);
  }

  button.addEventListener("click", touched);
  /* Any touch, or any key of the remote control, does as well. */
  ["pointerdown", "keydown"].forEach((kind) => document.addEventListener(kind, touched));
  /* A television started with sound allowed needs no touch at all. */
  voice.start().then(draw, draw);
  voice.whenVoices(draw);
  draw();
  return { draw };
}
