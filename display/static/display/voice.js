/* Saying calls aloud, one after the other: a chime, then the sentence twice. No call is cut off and none is lost.

   makeVoice({options, onStart(call), onSpoken(call, how), onIdle(), isStill(call), pace})
     -> {start, say(call), follow(board), trial, state, canSound, hasVoice, whenVoices}
   options   this display's own {volume, engine, quiet}; null for an engine or quiet hours means the office's
   call      {call_id, times, speech: [{lang, text, clips, audio}]}, made by the server (display/voice_board.py)
   how       what was really heard: "voice" | "chime" | "none"; told once, when the sentence has been said the first time
   isStill   whether somebody still has to hear the call; asked before it is said and before it is said again
   follow    every snapshot of the board: how the office wants it said, and the server's time
   state()   "on" | "muted" | "quiet" | "blocked" | "none"
   A screen without sound shows each call as long as it would be said, so two calls at once are both seen.
   docs/displays.md tells the rest; voice_rules.js decides. Written in ES2017. */
import { enginesFor, enter, isLate, isQuiet } from "./voice_rules.js";
import { makeSound, wait } from "./voice_sound.js";
import { makeSpeech } from "./voice_speech.js";

const PACE = {
  shownMs: 7000, /* a call without a voice */
  shownLateMs: 3000, /* the same when others wait to be shown */
  pauseMs: 500,
  mostLateMs: 45000, /* so late may the last one in the line be heard before all are said shorter */
  eachMs: 11000, /* a whole call, until one has been measured */
  asleepMs: 15000, /* a second that took so long was a sleep */
  freshMs: 5000, /* how long the board of after the sleep is waited for */
  tickMs: 1000,
  fetchMs: 4000,
  startMs: 3000,
  overMs: 3000,
  unlockMs: 1000,
};
const NATURAL = 145; /* words a minute of a browser's voice at its rate 1 */

export function makeVoice({ options, onStart, onSpoken, onIdle, isStill, pace: given }) {
  const pace = Object.assign({}, PACE, given);
  const own = Object.assign({ volume: 100, engine: null, quiet: null }, options);
  const sound = makeSound({ volume: own.volume, pace });
  const speech = makeSpeech({ volume: own.volume, pace });
  const line = [];
  let wish = { engine: "auto", times: 2, chime: true, speed: 130, quiet: null, trial: [] };
  let clock = null; /* formats the hall's wall clock */
  let ahead = 0; /* how much the server's clock is ahead of this machine's, ms */
  let working = false;
  let eachMs = pace.eachMs;
  let ticked = Date.now();
  let sleeps = 0;
  let fresh = true; /* whether the board was heard of since the last sleep */
  let tellFresh = null;

  const canSound = () => sound.running();
  const engines = () => enginesFor(own.engine, wish.engine);

  function wallClock() {
    const zone = document.body.dataset.tz || undefined;
    if (!clock) clock = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", hour12: false });
    return clock.format(new Date(Date.now() + ahead)).replace(/^24/, "00");
  }

  function state() {
    if (!sound.there) return "none";
    if (own.volume === 0 || (own.engine || wish.engine) === "off") return "muted";
    if (isQuiet(wallClock(), own.quiet || wish.quiet)) return "quiet";
    return canSound() ? "on" : "blocked";
  }

  /* What is told to the page must never stop the voice. */
  function tell(what, ...about) {
    try {
      return what ? what(...about) : undefined;
    } catch (error) {
      console.error(error);
      return undefined;
    }
  }

  async function saySentence(part) {
    for (const engine of engines()) {
      if (engine === "clips" && part.clips && part.clips.length && await sound.play(part.clips, true)) return true;
      if (engine === "espeak" && part.audio && await sound.play([part.audio], false)) return true;
      if (engine === "browser" && await speech.say(part, wish.speed / NATURAL)) return true;
    }
    return false;
  }

  /* The sentences of a call once, in their order. Gives whether the hall understood it. */
  async function sayOnce(parts) {
    let understood = false;
    for (const part of parts) {
      if (!await saySentence(part)) continue;
      understood = understood || part.lang === "vi";
      await wait(pace.pauseMs);
    }
    return understood;
  }

  /* Gives what was heard. `again` is asked before the sentence is said once more. */
  async function sayAloud(parts, { late, again, onHeard }) {
    let how = "none";
    if ((wish.chime || !engines().length) && await sound.chime(late)) how = "chime";
    const times = late || !engines().length ? 1 : wish.times;
    for (let time = 0; time < times && (time === 0 || again()); time += 1) {
      if (await sayOnce(parts)) how = "voice";
      else if (how === "none" && await sound.chime(late)) how = "chime";
      if (time === 0) tell(onHeard, how);
      if (how !== "voice") break; /* what did not work now would only hold up the others once more */
    }
    return how;
  }

  async function announce(entry) {
    const began = Date.now();
    const late = isLate({ waited: began - entry.at, behindIt: line.length, eachMs, mostMs: pace.mostLateMs });
    tell(onStart, entry.call);
    const heard = (how) => tell(onSpoken, entry.call, how);
    const stillTo = () => tell(isStill, entry.call) !== false;
    await sound.unlock();
    if (state() === "on") await sayAloud(entry.call.speech, { late, again: stillTo, onHeard: heard });
    else heard("none");
    if (!late && state() === "on") eachMs = Math.max(1, Date.now() - began);
    await wait((late ? pace.shownLateMs : pace.shownMs) - (Date.now() - began));
  }

  /* A machine that slept wakes up in the middle of everything, with a board of before. */
  function noticeSleep() {
    const now = Date.now();
    if (now - ticked > pace.asleepMs) {
      sleeps += 1;
      fresh = false;
    }
    ticked = now;
  }

  function newsOrPatience() {
    return fresh ? Promise.resolve() : Promise.race([new Promise((resolve) => { tellFresh = resolve; }), wait(pace.freshMs)]);
  }

  async function sayNext() {
    noticeSleep();
    await newsOrPatience();
    fresh = true;
    const entry = line.shift();
    if (!entry) return;
    if (entry.trial) return entry.trial(await sayAloud(wish.trial, { late: false, again: () => false }));
    const slept = sleeps;
    if (tell(isStill, entry.call) === false) return forget(entry.call);
    await announce(entry);
    noticeSleep();
    /* The machine slept while it spoke: nobody heard the whole of it. */
    if (slept !== sleeps && !entry.again && state() === "on") line.unshift(Object.assign(entry, { again: true }));
    else forget(entry.call);
  }

  function forget(call) {
    call.speech.forEach((part) => { if (part.audio) sound.forget(part.audio); });
  }

  async function work() {
    if (working) return;
    working = true;
    while (line.length) {
      try {
        await sayNext();
      } catch (error) {
        console.error(error);
        await wait(pace.pauseMs);
      }
    }
    working = false;
    tell(onIdle);
  }

  /* The server's sounds are brought here while others are said; nothing is asked of it that would not be played. */
  function bring(call) {
    if (engines().indexOf("espeak") < 0 || state() !== "on") return;
    call.speech.forEach((part) => { if (part.audio && !(part.clips && part.clips.length)) sound.load(part.audio).catch(() => {}); });
  }

  setInterval(noticeSleep, pace.tickMs);

  return {
    /* Must be called from a touch or key the first time: browsers allow no sound before one. Gives whether there is sound. */
    start() {
      speech.warm();
      return sound.unlock();
    },
    say(call) {
      bring(enter(line, call, Date.now()).call);
      work();
    },
    follow(board) {
      if (board.voice) wish = board.voice;
      if (board.now) ahead = Date.parse(board.now) - Date.now();
      fresh = true;
      if (tellFresh) tellFresh();
    },
    /* The chime and a trial sentence, for whoever set up the loudspeaker. Gives what was heard; "busy" while calls are said:
       they are the better proof. */
    trial() {
      if (working) return Promise.resolve("busy");
      return new Promise((resolve) => {
        line.push({ trial: resolve, at: Date.now() });
        work();
      });
    },
    state,
    canSound,
    hasVoice: () => engines().some((engine) => (engine === "browser" ? Boolean(speech.voiceFor("vi"))
      : wish.trial.some((part) => (engine === "clips" ? part.clips.length > 0 : Boolean(part.audio))))),
    whenVoices: (heard) => speech.whenVoices(heard),
  };
}
