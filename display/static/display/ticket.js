/* A person's own ticket, live: one drawing for the first load, every change and every reconnection. */
import { connect } from "/static/core/live.js";
import { el, fill, pageData, say, setText } from "/static/core/dom.js";
import { waitSaid } from "/static/core/wait.js";

const SOON = 2; /* people ahead when a waiting person is warned */
const DOTS = 7; /* with the red one, a row of a small phone */

const page = document.body;
const words = pageData("words");
const at = (id) => document.getElementById(id);
const title = document.title;

let drawn = pageData("snapshot");
let warning = false;
let audio = null;
let warnedSoon = false;
let redraw = 0;

function draw(view) {
  const before = drawn;
  drawn = view;
  if (view.service !== before.service) location.reload(); /* the visit goes on elsewhere: the page says where to wait now */
  const state = words.states[view.state];
  const waiting = view.state === "waiting";
  const called = view.state === "called";
  page.className = `ticket state-${view.state}`;
  at("state").className = `ticket-state tone-${view.missing_papers.length ? "amber" : state.tone}`;
  const told = sentences(view, state);
  setText(at("title"), told.title);
  setText(at("advice"), told.advice);
  drawWait(waiting ? waitSaid(view, words.wait) : null);
  at("papers").hidden = !view.missing_papers.length;
  fill(at("papers"), ...view.missing_papers.map((paper) => el("li", {}, paper)));
  at("dots").hidden = !waiting || early(view);
  fill(at("dots"), ...Array.from({ length: Math.min(view.people_ahead || 0, DOTS) }, () => el("i")), el("b"));
  at("call").hidden = !called;
  setText(at("call-counter"), view.counter || "");
  at("warn").hidden = !waiting;
  at("actions").hidden = words.cancellable.indexOf(view.state) < 0;
  document.title = called ? `${words.your_turn} · ${title}` : title;
  if ((view.state === "missed" && before.state !== "missed") || view.missing_papers.length) document.querySelector(".ticket-code").open = true;
  if (called && (before.state !== "called" || before.times !== view.times)) callLoudly();
  if (waiting) warnSoon(view.people_ahead);
}

function drawWait(said) {
  at("wait").hidden = !said;
  setText(at("wait-label"), said ? said.label : "");
  setText(at("wait-value"), said ? said.value : "");
  at("wait-note").hidden = !said || !said.note;
  setText(at("wait-note"), said ? said.note : "");
}

/* A booked person who came early waits for an hour, not for a place in the line. */
function early(view) {
  return Boolean(view.call_from) && Date.parse(view.call_from) > Date.now();
}

function sentences(view, state) {
  if (early(view)) {
    clearTimeout(redraw);
    redraw = setTimeout(() => draw(drawn), Math.min(Date.parse(view.call_from) - Date.now() + 500, 3600e3));
    return { title: say(words.early.title, { time: view.call_from.slice(11, 16) }), advice: words.early.advice };
  }
  if (view.carried_on) return slipWords(view);
  if (view.missing_papers.length) return words.papers;
  if (view.resumes_at) { /* the server's clock says so; a counter that opens brings a new snapshot */
    return { title: aheadWords(view.people_ahead), advice: say(words.breaks.advice, { time: view.resumes_at.slice(11, 16) }) };
  }
  const advice = view.counter ? say(state.advice, { counter: view.counter }) : state.advice_no_counter;
  return { title: view.state === "waiting" ? aheadWords(view.people_ahead) : state.title, advice };
}

/* Served another day: from when this code is good, and then what it has become. */
function slipWords(view) {
  if (view.continued) location.replace(`/t/${view.continued}`);
  const advice = view.carried_from_at ? say(words.slip.advice, { time: view.carried_from_at.slice(11, 16) }) : words.slip.advice_no_time;
  return { title: say(words.slip.title, { day: words.slip_day || view.carried_on.split("-").reverse().join("/") }), advice };
}

function aheadWords(ahead) {
  if (ahead === null || ahead === undefined) return words.states.waiting.title;
  return ahead === 0 ? words.ahead.none : say(words.ahead.some, { n: ahead });
}

function vibrate(pattern) {
  if (navigator.vibrate) navigator.vibrate(pattern);
}

function ring(times) {
  if (!audio || audio.state !== "running") return;
  for (let time = 0; time < times; time += 1) {
    [[880, 0], [1174.66, 0.22]].forEach(([hertz, after]) => {
      const start = audio.currentTime + 0.05 + time * 0.8 + after;
      const note = audio.createOscillator();
      const loud = audio.createGain();
      note.frequency.value = hertz;
      loud.gain.setValueAtTime(0.0001, start);
      loud.gain.exponentialRampToValueAtTime(0.6, start + 0.02);
      loud.gain.exponentialRampToValueAtTime(0.0001, start + 0.4);
      note.connect(loud);
      loud.connect(audio.destination);
      note.start(start);
      note.stop(start + 0.45);
    });
  }
}

function callLoudly() {
  window.scrollTo(0, 0);
  vibrate([600, 200, 600, 200, 600, 200, 1000]);
  ring(4);
}

function warnSoon(ahead) {
  const soon = !early(drawn) && ahead !== null && ahead !== undefined && ahead <= SOON;
  if (soon && !warnedSoon && warning) {
    vibrate([300, 150, 300]);
    ring(2);
  }
  warnedSoon = soon;
}

/* A phone sounds only after its owner touched the page, and only while the screen is on. */
function toggleWarning() {
  warning = !warning;
  const button = at("warn");
  button.setAttribute("aria-pressed", String(warning));
  setText(button.querySelector("span"), warning ? words.warn_on : words.warn_off);
  setText(at("warned"), warning ? words.warned : "");
  if (!warning) return;
  const Audio = window.AudioContext || window.webkitAudioContext;
  if (!audio && Audio) audio = new Audio();
  if (audio) audio.resume().then(() => ring(1), () => {});
  vibrate(150);
  keepAwake();
}

function keepAwake() {
  if (warning && navigator.wakeLock && document.visibilityState === "visible") navigator.wakeLock.request("screen").catch(() => {});
}

function drawState(state, age) {
  const line = at("live");
  line.className = `live live-${state}`;
  const minutes = Math.floor((age || 0) / 60);
  setText(line, state === "offline" && minutes > 0 ? say(words.offline_for, { age: minutes }) : words[state]);
}

warnedSoon = drawn.state === "waiting" && drawn.people_ahead <= SOON;
at("warn").hidden = drawn.state !== "waiting";
at("warn").addEventListener("click", toggleWarning);
document.addEventListener("visibilitychange", keepAwake);
connect({
  namespace: "/ticket",
  join: { token: page.dataset.token },
  poll: page.dataset.poll,
  onSnapshot: draw,
  onState: drawState,
});
