/* What comes out of the loudspeaker by Web Audio: the chime, recorded clips, and sentences that the server read.

   makeSound({volume, pace}) -> {there, running, unlock, chime, play, load, forget}
   Everything here ends by itself: what loads, decodes or plays too long is given up. Written in ES2017. */
import { gainFor } from "./voice_rules.js";

const CLIPS_KEPT = 80; /* decoded: some ten megabytes, a whole set */
const LATER_S = 0.06;
const NOTES = [[783.99, 0], [659.25, 0.28], [523.25, 0.56]];
const CHIME_MS = 1500;
const SHORT_CHIME_MS = 700;

export const wait = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

/* The promise, or its failing after so long. */
function within(ms, promise) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("too late")), ms);
    promise.then(resolve, reject).then(() => clearTimeout(timer));
  });
}

export function makeSound({ volume, pace }) {
  const Audio = window.AudioContext || window.webkitAudioContext;
  const audio = Audio ? new Audio() : null;
  const loudness = audio ? audio.createGain() : null;
  const bytes = {}; /* of sentences that wait, by address */
  const decoded = new Map(); /* of clips, the longest unused first */
  if (audio) {
    loudness.gain.value = gainFor(volume);
    loudness.connect(audio.destination);
  }

  const running = () => Boolean(audio) && audio.state === "running";

  /* Browsers let nothing sound before a touch or key, and stop it when a device goes: true when it may sound now. */
  function unlock() {
    if (!audio) return Promise.resolve(false);
    return within(pace.unlockMs, Promise.resolve(audio.resume())).then(running, running);
  }

  function note(hertz, at) {
    const tone = audio.createOscillator();
    const loud = audio.createGain();
    tone.type = "sine";
    tone.frequency.value = hertz;
    loud.gain.setValueAtTime(0.0001, at);
    loud.gain.exponentialRampToValueAtTime(0.5, at + 0.03);
    loud.gain.exponentialRampToValueAtTime(0.0001, at + 0.75);
    tone.connect(loud);
    loud.connect(loudness);
    tone.start(at);
    tone.stop(at + 0.8);
  }

  /* Three soft falling notes, or one where the hall is in a hurry. Gives whether they sounded. */
  async function chime(short) {
    if (!running()) return false;
    const began = audio.currentTime;
    (short ? NOTES.slice(1, 2).map((one) => [one[0], 0]) : NOTES).forEach(([hertz, after]) => note(hertz, began + LATER_S + after));
    await wait(pace.chimeMs === undefined ? (short ? SHORT_CHIME_MS : CHIME_MS) : pace.chimeMs);
    return running();
  }

  function fetched(address) {
    const stop = typeof AbortController === "function" ? new AbortController() : null;
    const asked = fetch(address, { credentials: "same-origin", signal: stop ? stop.signal : undefined }).then((answer) => {
      if (!answer.ok) throw new Error(`${answer.status}`);
      return answer.arrayBuffer();
    });
    return within(pace.fetchMs, asked).catch((lost) => {
      if (stop) stop.abort();
      throw lost;
    });
  }

  /* Bring a sentence's sound here before its turn. What fails is asked for once more when its turn comes. */
  function load(address) {
    if (!bytes[address]) {
      bytes[address] = fetched(address);
      bytes[address].catch(() => { delete bytes[address]; });
    }
    return bytes[address];
  }

  function decode(buffer) {
    /* The old form with two functions: televisions know no other. Decoding empties the buffer it is given, hence the copy. */
    return within(pace.fetchMs, new Promise((resolve, reject) => { audio.decodeAudioData(buffer.slice(0), resolve, reject); }));
  }

  async function clip(address) {
    const known = decoded.get(address) || await decode(await fetched(address));
    decoded.delete(address);
    decoded.set(address, known);
    if (decoded.size > CLIPS_KEPT) decoded.delete(decoded.keys().next().value);
    return known;
  }

  /* Play these one after the other without a hole. Gives false, before anything is heard, when one of them cannot be had: half a
     sentence would send somebody to no counter. */
  async function play(addresses, kept) {
    if (!running()) return false;
    let buffers;
    try {
      buffers = await Promise.all(addresses.map((address) => (kept ? clip(address) : load(address).then(decode))));
    } catch (failed) {
      return false;
    }
    return running() && sounded(buffers);
  }

  function sounded(buffers) {
    let at = audio.currentTime + LATER_S;
    const sources = buffers.map((buffer) => {
      const source = audio.createBufferSource();
      source.buffer = buffer;
      source.connect(loudness);
      source.start(at);
      at += buffer.duration;
      return source;
    });
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        sources.forEach((source) => { source.onended = null; try { source.stop(); } catch (never) { /* had not begun */ } source.disconnect(); });
        resolve(true);
      };
      /* A device that is pulled out stops its clock, and nothing ever ends. */
      const timer = setTimeout(end, (at - audio.currentTime) * 1000 + pace.overMs);
      sources[sources.length - 1].onended = end;
    });
  }

  return { there: Boolean(audio), running, unlock, chime, play, load, forget(address) { delete bytes[address]; } };
}
