/* The browser's own voice, and what is known to go wrong with it: voices come late, an end is never told, a sentence never
   begins, and one of a far machine falls silent after 15 s in Chrome.

   makeSpeech({volume, pace}) -> {voiceFor(lang), say(part, rate), warm(), whenVoices(tell)} */
import { gainFor } from "./voice_rules.js";
import { wait } from "./voice_sound.js";

const LETTER_MS = 200; /* twice as long as any voice needs */
const KEEP_ALIVE_MS = 10000;
const BROKEN_MS = 60000;
const BETWEEN_MS = 150;

export function makeSpeech({ volume, pace }) {
  const speech = window.speechSynthesis;
  let spoken = null; /* kept: Chrome throws an utterance away that nobody holds, and its end with it */
  let brokenUntil = 0;

  /* A voice that lives in the machine works when the internet does not. */
  function voiceFor(lang) {
    if (!speech) return null;
    const fitting = speech.getVoices().filter((voice) => voice.lang.replace("_", "-").toLowerCase().indexOf(lang) === 0);
    return fitting.filter((voice) => voice.localService)[0] || fitting[0] || null;
  }

  /* Gives "said", or "silent" when it never began. An end that is not told is taken for one when it is long due. */
  function once(part, voice, rate) {
    return new Promise((resolve) => {
      const words = new SpeechSynthesisUtterance(part.text);
      let alive = 0;
      let began = false;
      const done = (how) => {
        [starts, ends].forEach(clearTimeout);
        clearInterval(alive);
        words.onstart = words.onend = words.onerror = null;
        spoken = null;
        resolve(how);
      };
      const giveUp = (how) => { speech.cancel(); done(how); };
      const starts = setTimeout(() => { if (!began) giveUp("silent"); }, pace.startMs);
      const ends = setTimeout(() => giveUp(began ? "said" : "silent"), pace.startMs + part.text.length * LETTER_MS + pace.overMs);
      if (!voice.localService) alive = setInterval(() => { speech.pause(); speech.resume(); }, KEEP_ALIVE_MS);
      words.voice = voice;
      words.lang = voice.lang;
      words.rate = rate;
      words.volume = gainFor(volume);
      words.onstart = () => { began = true; };
      words.onend = () => done("said");
      words.onerror = () => giveUp(began ? "said" : "silent");
      spoken = words;
      speech.speak(words);
    });
  }

  /* Gives whether it was heard. A voice that does not begin twice is left alone for a minute: every call would wait for it. */
  async function say(part, rate) {
    const voice = voiceFor(part.lang);
    if (!voice || Date.now() < brokenUntil) return false;
    for (let attempt = 0; attempt < 2; attempt += 1) {
      if (speech.speaking || speech.pending) {
        speech.cancel();
        await wait(BETWEEN_MS);
      }
      if (await once(part, voice, rate) === "said") return true;
      await wait(BETWEEN_MS);
    }
    brokenUntil = Date.now() + BROKEN_MS;
    return false;
  }

  return {
    voiceFor,
    say,
    /* Within a touch: some browsers let a voice speak later only if it has spoken then. */
    warm() {
      if (!speech || speech.speaking || spoken) return;
      const nothing = new SpeechSynthesisUtterance(" ");
      nothing.volume = 0;
      speech.speak(nothing);
    },
    /* `tell` when voices are, or may be, known. */
    whenVoices(tell) {
      if (speech && speech.addEventListener) speech.addEventListener("voiceschanged", tell);
      setTimeout(tell, 2000);
    },
  };
}
