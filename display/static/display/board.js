/* The lobby board: draws each snapshot whole, says new calls aloud, keeps the last board when the line is lost. */
import { connect } from "/static/core/live.js";
import { el, fill, pageData, say, setText } from "/static/core/dom.js";
import { makeVoice } from "./voice.js";

const NEW_MS = 60000; /* how long a call stands out in the list */
const STALE_MS = 90000; /* a call missed while the line was lost is said only if it is not older */
const ALARM_S = 4;
const ROWS = 6;
const FIELDS = 6;

const page = document.body;
const words = pageData("words");
const at = (id) => document.getElementById(id);
const lang = document.documentElement.lang === "en" ? "en-GB" : "vi-VN";
const zone = page.dataset.tz;

let board = null;
let serverAhead = 0; /* how much the server's clock is ahead of this machine's, ms */
let drawnDay = null;
let drawnRows = null;
let heard = null; /* "call_id/times" already announced or too old to be */
let saidNow = null;

const serverNow = () => Date.now() + serverAhead;
const format = (options) => new Intl.DateTimeFormat(lang, Object.assign({ timeZone: zone }, options));
const clockFormat = format({ hour: "2-digit", minute: "2-digit", hour12: false });
const dateFormat = format({ weekday: "long", day: "2-digit", month: "2-digit", year: "numeric" });
const keyOf = (call) => `${call.call_id}/${call.times}`;
const lastCalled = (call) => Date.parse(call.last_called_at || call.called_at);

const voice = makeVoice({
  isStill: (said) => board.recent.some((call) => call.call_id === said.call_id),
  onStart(call) {
    saidNow = call;
    page.classList.add("speaking");
    draw();
  },
  onIdle() {
    saidNow = null;
    page.classList.remove("speaking");
    draw();
  },
});

function take(snapshot) {
  board = snapshot;
  serverAhead = Date.parse(snapshot.now) - Date.now();
  const first = heard === null;
  const known = heard || {};
  heard = {};
  board.recent.forEach((call) => { heard[keyOf(call)] = true; });
  if (!first) {
    board.recent
      .filter((call) => !known[keyOf(call)] && serverNow() - lastCalled(call) < STALE_MS)
      .sort((one, other) => lastCalled(one) - lastCalled(other))
      .forEach((call) => voice.say(call));
  }
  draw();
}

function drawHero(call) {
  at("hero").hidden = !call;
  at("empty").hidden = Boolean(call);
  at("call-title").hidden = !call;
  setText(at("service"), call ? call.field : "");
  if (!call) return;
  setText(at("number"), call.number);
  setText(at("counter"), call.counter);
  at("number").classList.toggle("long", call.number.length === 5);
  at("number").classList.toggle("longer", call.number.length > 5);
}

function drawRecent() {
  const rows = board.recent.slice(0, ROWS).map((call) => ({ call, fresh: serverNow() - lastCalled(call) < NEW_MS }));
  const now = rows.map((row) => `${keyOf(row.call)} ${row.fresh}`).join();
  if (now === drawnRows) return;
  drawnRows = now;
  fill(at("recent"), ...rows.map((row) => el("li", { class: row.fresh ? "new" : null },
    el("span", {}, row.call.number),
    el("span", {}, el("span", { class: "visually-hidden" }, `${words.counter} `), String(row.call.counter)))));
}

/* The busiest fields where there are more than fit; the rest are one sum, so the figures still add up. */
function fieldsToShow() {
  const all = board.waiting_by_field;
  if (all.length <= FIELDS) return all;
  const busiest = all.slice().sort((one, other) => other.waiting - one.waiting).slice(0, FIELDS - 1);
  const rest = all.filter((one) => busiest.indexOf(one) < 0).reduce((sum, one) => sum + one.waiting, 0);
  return all.filter((one) => busiest.indexOf(one) >= 0).concat({ field: words.other_fields, waiting: rest });
}

function drawFields() {
  const shown = fieldsToShow();
  at("fields").classList.toggle("few", shown.length <= 3);
  fill(at("fields"), ...shown.map((one) => el("li", {},
    el("span", { title: one.field }, one.field), el("strong", {}, say(words.waiting, { n: one.waiting })))));
}

/* What is stopped today and why; and when calling goes on, before opening and over a break. */
function drawStops() {
  const lines = board.stops.map((stop) => stop.sentence);
  if (board.resumes_at && Date.parse(board.resumes_at) > serverNow()) lines.push(say(words.resumes, { time: board.resumes_at.slice(11, 16) }));
  const list = at("stops");
  if (list.dataset.lines === JSON.stringify(lines)) return;
  list.dataset.lines = JSON.stringify(lines);
  list.hidden = !lines.length;
  fill(list, ...lines.map((line) => el("li", {}, line)));
}

function draw() {
  drawHero(saidNow || board.recent[0]);
  drawRecent();
  drawFields();
  drawStops();
}

function span(seconds) {
  if (seconds < 60) return say(words.seconds, { n: seconds });
  if (seconds < 5400) return say(words.minutes, { n: Math.round(seconds / 60) });
  return say(words.hours, { n: Math.round(seconds / 3600) });
}

function drawState(state, age) {
  const lost = at("lost");
  /* A server that starts again is back within seconds: the hall is not alarmed for that. */
  lost.hidden = state !== "offline" || (age !== null && age < ALARM_S);
  if (lost.hidden) return;
  setText(lost, age === null ? words.lost_new
    : say(words.lost, { at: clockFormat.format(serverNow() - age * 1000), age: span(age) }));
}

function tick() {
  const now = serverNow();
  setText(at("clock"), clockFormat.format(now));
  const day = dateFormat.format(now);
  setText(at("date"), day);
  if (drawnDay !== null && drawnDay !== day) live.refresh();
  drawnDay = day;
  drawRecent();
  drawStops();
}

function drawSound() {
  at("sound").hidden = voice.canSound();
  setText(at("voice"), voice.canSound() && !voice.hasVoice() ? words.no_voice : "");
}

function startSound() {
  voice.start().then(drawSound);
}

take(pageData("snapshot"));
const live = connect({
  namespace: "/board",
  join: { office: page.dataset.office },
  poll: page.dataset.poll,
  onSnapshot: take,
  onState: drawState,
  onRefused(problem) {
    at("lost").hidden = false;
    setText(at("lost"), say(words.refused, { detail: (problem && problem.detail) || "" }));
  },
});
tick();
setInterval(tick, 1000);
at("sound").addEventListener("click", startSound);
/* Any touch or key of the remote control does as well. */
["pointerdown", "keydown"].forEach((kind) => document.addEventListener(kind, () => { if (!voice.canSound()) startSound(); }));
/* A television started with sound allowed needs no touch at all. */
startSound();
voice.whenVoices(drawSound);
