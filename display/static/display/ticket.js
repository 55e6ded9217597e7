/* A person's own ticket, live: one drawing for the first load, every change and every reconnection. Written in ES2017. */
import { connect } from "/static/core/live.js";
import { el, fill, pageData, say, setText } from "/static/core/dom.js";
import { waitSaid } from "/static/core/wait.js";
import { makeAlarm } from "./ticket_alarm.js";
import { drawRating, listenToFaces } from "./ticket_rating.js";

const DOTS = 7; /* with the red one, a row of a small phone */
const ALARM_S = 5; /* a tunnel of a few seconds frightens nobody */

const page = document.body;
const words = pageData("words");
const at = (id) => document.getElementById(id);
const alarm = makeAlarm({ words, number: page.dataset.number, button: at("warn"), told: at("warned") });

let drawn = pageData("snapshot");
let redraw = 0;
let serverAhead = 0; /* how much the server's clock is ahead of this telephone's, ms: many are wrong */
let shown = null; /* the state before, of what was drawn by this script */

const serverNow = () => Date.now() + serverAhead;

function draw(view) {
  const before = shown || { state: null, near: null, times: 0 };
  drawn = view;
  serverAhead = Date.parse(view.now) - Date.now();
  if (view.service !== page.dataset.service) { location.reload(); return; } /* the visit goes on elsewhere: the page says where to wait now */
  const state = words.states[view.state];
  const how = near(view);
  const waiting = view.state === "waiting";
  const called = view.state === "called";
  page.className = `ticket state-${view.state}${how ? ` near-${how}` : ""}`;
  at("state").className = `ticket-state tone-${view.missing_papers.length ? "amber" : words.near_tones[how] || state.tone}`;
  const told = sentences(view, state, how);
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
  drawRating(view, words.rating, serverNow);
  if ((view.state === "missed" && before.state !== "missed") || view.missing_papers.length) document.querySelector(".ticket-code").open = true;
  shown = { state: view.state, near: how, times: view.times };
  sound(view, before, how);
}

/* What makes a noise: being called, also for the second time; and when it is time to come near. Not what was so when the page
   was opened, for whoever opens it looks at it. */
function sound(view, before, how) {
  const first = before.state === null;
  if (view.state === "called") {
    setText(at("aloud"), say(words.called_aloud, { number: view.number, counter: view.counter || "" }));
    if (before.state !== "called" || before.times !== view.times) {
      if (!first) window.scrollTo(0, 0);
      alarm.called(view.counter, { loud: !first });
    }
    return;
  }
  setText(at("aloud"), "");
  alarm.calm({ over: words.cancellable.indexOf(view.state) < 0 });
  if (!first && how && !before.near) alarm.soon();
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
  return Boolean(view.call_from) && Date.parse(view.call_from) > serverNow();
}

/* How near the call is, for who waits for people: "next", "soon" or "". */
function near(view) {
  const ahead = view.people_ahead;
  if (view.state !== "waiting" || ahead === null || ahead === undefined || ahead > words.soon || early(view) || view.resumes_at) return "";
  return ahead === 0 ? "next" : "soon";
}

function sentences(view, state, how) {
  if (early(view)) {
    clearTimeout(redraw);
    redraw = setTimeout(() => draw(Object.assign({}, drawn, { now: new Date(serverNow()).toISOString() })), Math.min(Date.parse(view.call_from) - serverNow() + 500, 3600e3));
    return { title: say(words.early.title, { time: view.call_from.slice(11, 16) }), advice: words.early.advice };
  }
  if (view.carried_on) return slipWords(view);
  if (view.missing_papers.length) return words.papers;
  if (view.resumes_at) { /* the server's clock says so; a counter that opens brings a new snapshot */
    return { title: aheadWords(view.people_ahead), advice: say(words.breaks.advice, { time: view.resumes_at.slice(11, 16) }) };
  }
  const advice = view.counter ? say(state.advice, { counter: view.counter }) : nearAdvice(view, how) || state.advice_no_counter;
  return { title: view.state === "waiting" ? aheadWords(view.people_ahead) : state.title, advice };
}

function nearAdvice(view, how) {
  const few = view.counters.length > 0 && view.counters.length <= words.counters_said;
  if (how === "next" && few) return say(words.ahead.next, { counters: view.counters.join(words.ahead.or) });
  return { next: words.ahead.next_anywhere, soon: words.ahead.soon }[how];
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

/* The network is away: what stands here is so old, and the hall's board knows better. A visit that is over changes no more. */
function drawState(state, age) {
  const line = at("live");
  line.className = `live live-${state}`;
  setText(line, words[state]);
  const lost = state === "offline" && age !== null && age >= ALARM_S && words.cancellable.concat("serving").indexOf(drawn.state) >= 0;
  at("lost").hidden = !lost;
  if (!lost) return;
  const minutes = Math.floor(age / 60);
  setText(at("lost-words"), minutes ? say(words.lost_for, { age: minutes }) : words.lost);
}

draw(drawn);
listenToFaces(page.dataset.token, words.rating);
const connection = connect({
  namespace: "/ticket",
  join: { token: page.dataset.token },
  poll: page.dataset.poll,
  onSnapshot: draw,
  onState: drawState,
});
/* A page that a browser kept and shows again as it was is asked for what is true now. */
window.addEventListener("pageshow", (event) => { if (event.persisted) connection.refresh(); });
