/* What a paired display tells the server: which calls it has drawn and said aloud, and how it is itself.

   makeHeard({connection}) -> {drawn(call), spoken(call, how), state({sound, awake, ahead_ms, version})}
     drawn(call)        after the call was really painted
     spoken(call, how)  what was really heard of it: "voice" | "chime" | "none"
     state(...)         how the display is; said at once when sound or awake changed, else with the next beat

   Anybody's browser may show the board; only a paired display says anything (page data `display`: device, layout). What was
   said of the last calls is said again with every beat, so that nothing is lost with a server that starts again. ES2017. */
import { pageData } from "/static/core/dom.js";
import { send } from "/static/core/http.js";

const BEAT_MS = 30000; /* the server counts on a display that said something within 90 s */
const SOON_MS = 40; /* what is drawn in one go is said in one go */
const AGAIN_MS = 120000; /* for so long what was said of a call is said again */
const MOST = 24;
const LEAST = { none: 0, chime: 1, voice: 2 };

function shown() {
  const options = document.getElementById("display") ? pageData("display") : {};
  return { device: options.device || null, layout: options.layout || "wall" };
}

export function makeHeard({ connection }) {
  const { device, layout } = shown();
  const said = new Map(); /* "call_id/times" -> {call_id, times, how, drawn, at} */
  let present = { sound: "none", awake: document.visibilityState !== "hidden", ahead_ms: 0, version: 0 };
  let soon = 0;
  let fresh = []; /* keys not said yet */

  const keyOf = (call) => `${call.call_id}/${call.times}`;

  function note(call) {
    const key = keyOf(call);
    if (!said.has(key)) said.set(key, { call_id: call.call_id, times: call.times, how: null, drawn: false, at: Date.now() });
    return said.get(key);
  }

  function hurry(call) {
    if (call) fresh.push(keyOf(call));
    if (!soon) soon = setTimeout(tell, SOON_MS);
  }

  /* The newest first; those that were said before come after those that were not. */
  function calls() {
    Array.from(said.keys()).forEach((key) => { if (Date.now() - said.get(key).at > AGAIN_MS) said.delete(key); });
    return fresh.concat(Array.from(said.keys()).reverse())
      .filter((key, place, all) => all.indexOf(key) === place && said.has(key) && said.get(key).drawn)
      .slice(0, MOST)
      .map((key) => said.get(key))
      .map(({ call_id: id, times, how }) => ({ call_id: id, times, how }));
  }

  async function tell() {
    soon = 0;
    const told = fresh;
    const body = { calls: calls(), state: Object.assign({ layout }, present, { ahead_ms: Math.round(present.ahead_ms) || 0, version: present.version || 0 }) };
    fresh = [];
    if (connection.emit("heard", body)) return;
    const answer = await send("POST", `/api/v1/offices/${document.body.dataset.office}/heard`, body);
    if (!answer.ok) fresh = told.concat(fresh); /* said again with the next beat */
  }

  if (!device) return { drawn() {}, spoken() {}, state() {} };

  setInterval(() => hurry(), BEAT_MS);
  document.addEventListener("visibilitychange", () => {
    present.awake = document.visibilityState !== "hidden";
    hurry();
  });
  hurry();

  return {
    drawn(call) {
      const row = note(call);
      if (row.drawn) return;
      row.drawn = true;
      hurry(call);
    },
    /* What was heard before it was seen is told once it is seen: the officer is told of both together. */
    spoken(call, how) {
      const row = note(call);
      if (row.how !== null && LEAST[how] <= LEAST[row.how]) return;
      row.how = how;
      if (row.drawn) hurry(call);
    },
    state(now) {
      const changed = ["sound", "awake"].some((name) => name in now && now[name] !== present[name]);
      present = Object.assign({}, present, now);
      if (changed) hurry();
    },
  };
}
