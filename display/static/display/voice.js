/* Saying calls aloud, one after the other: a chime, then the sentence twice. No call is cut off and none is lost.

   makeVoice({onStart(call), onIdle(), isStill(call)}) -> {start, say, hasVoice, canSound, whenVoices}
   A call is {key, speech: [{lang, text}]}; the sentence is made by the server (announce.py). A screen without sound shows
   each call as long as it would be said, so two calls at once are both seen. */

const TIMES = 2;
const SHOWN_MS = 7000; /* a call without a voice */
const PAUSE_MS = 500;
const SENTENCE_MS = 15000; /* a voice that never says it has ended must not stop the hall */

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export function makeVoice({ onStart, onIdle, isStill }) {
  const Audio = window.AudioContext || window.webkitAudioContext;
  const speech = window.speechSynthesis;
  const audio = Audio ? new Audio() : null;
  const line = [];
  let saying = false;

  const canSound = () => Boolean(audio) && audio.state === "running";

  function voiceFor(lang) {
    if (!speech) return null;
    const fitting = speech.getVoices().filter((voice) => voice.lang.replace("_", "-").toLowerCase().indexOf(lang) === 0);
    /* A voice that lives in the machine works when the internet does not. */
    return fitting.filter((voice) => voice.localService)[0] || fitting[0] || null;
  }

  /* Three soft falling notes; returns when they have sounded. */
  function chime() {
    if (!canSound()) return wait(0);
    [[783.99, 0], [659.25, 0.28], [523.25, 0.56]].forEach(([hertz, after]) => {
      const at = audio.currentTime + 0.05 + after;
      const note = audio.createOscillator();
      const loud = audio.createGain();
      note.type = "sine";
      note.frequency.value = hertz;
      loud.gain.setValueAtTime(0.0001, at);
      loud.gain.exponentialRampToValueAtTime(0.5, at + 0.03);
      loud.gain.exponentialRampToValueAtTime(0.0001, at + 0.75);
      note.connect(loud);
      loud.connect(audio.destination);
      note.start(at);
      note.stop(at + 0.8);
    });
    return wait(1500);
  }

  function speak(part) {
    const voice = voiceFor(part.lang);
    if (!voice || !canSound()) return Promise.resolve(false);
    return new Promise((resolve) => {
      const words = new SpeechSynthesisUtterance(part.text);
      const timer = setTimeout(() => { speech.cancel(); resolve(true); }, SENTENCE_MS);
      const ended = () => { clearTimeout(timer); resolve(true); };
      words.voice = voice;
      words.lang = voice.lang;
      words.rate = 0.9;
      words.onend = ended;
      words.onerror = ended;
      speech.speak(words);
    });
  }

  async function announce(call) {
    const began = Date.now();
    onStart(call);
    await chime();
    for (let time = 0; time < TIMES; time += 1) {
      for (const part of call.speech) {
        if (await speak(part)) await wait(PAUSE_MS);
      }
    }
    await wait(Math.max(0, SHOWN_MS - (Date.now() - began)));
  }

  async function work() {
    if (saying) return;
    saying = true;
    while (line.length) {
      const call = line.shift();
      if (isStill(call)) await announce(call).catch(() => wait(SHOWN_MS));
    }
    saying = false;
    onIdle();
  }

  return {
    /* Must be called from a touch or key the first time: browsers allow no sound before one. */
    start() {
      if (speech) speech.speak(new SpeechSynthesisUtterance(" "));
      return audio ? audio.resume().then(canSound, () => false) : Promise.resolve(false);
    },
    say(call) {
      line.push(call);
      work();
    },
    canSound,
    hasVoice: () => Boolean(voiceFor("vi")),
    whenVoices(tell) {
      if (speech && speech.addEventListener) speech.addEventListener("voiceschanged", tell);
      setTimeout(tell, 2000);
    },
  };
}
