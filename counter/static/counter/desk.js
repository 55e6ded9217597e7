/* The middle of the console: who is served, the one press that calls the next, the keys, the papers to bring. */
import { el, fill, say, setText } from "/static/core/dom.js";
import { hour, present, secondsSince, secondsUntil, stopwatch } from "./moments.js";
import { visitRows, visitTitle } from "./visit.js";
import { pausedWords, redraw } from "./lists.js";

const byId = (id) => document.getElementById(id);
const TONES = { open: "pill-green", paused: "pill-amber", closed: "" };

export function drawBar(desk, words) {
  const { counter, ticket, printer } = desk;
  const state = byId("counter-state");
  setText(state, counter.state === "paused" ? pausedWords(counter, words) : ticket ? words[`ticket_${ticket.state}`] : words.state_open);
  state.className = `pill ${ticket && ticket.state === "called" ? "pill-amber" : TONES[counter.state]}`;
  const pill = byId("printer");
  pill.hidden = !printer;
  if (printer) { setText(pill, words[`printer_${printer.state}`] || words.printer_unknown); pill.className = `pill ${printer.state === "ok" ? "pill-plain" : "pill-amber"}`; }
}

function servingParts(desk, words) {
  const { ticket, counter } = desk;
  if (!ticket) {
    const paused = counter.state !== "open";
    return [el("div", { class: "serving-what" }, el("h2", {}, paused ? words.paused_title : desk.next ? words.free_title : words.idle_title),
      el("p", { class: "serving-facts" }, paused ? words.paused_note : desk.next ? words.free_note : words.idle_note))];
  }
  const facts = say(words.serving_facts, { at: hour(ticket.called_at), times: ticket.times, waited: ticket.waited });
  return [
    el("p", { class: "serving-number" }, ticket.number),
    el("div", { class: "serving-what" },
      el("h2", { class: "serving-service", title: ticket.service.name }, ticket.service.name),
      el("p", { class: "serving-facts" }, facts),
      el("p", { class: "serving-facts small" }, ticket.reason ? ticket.reason.sentence : ""),
      el("p", { class: "serving-pills" },
        ticket.priority && el("span", { class: "pill pill-amber" }, words.priority),
        ticket.needs_help && el("span", { class: "pill pill-amber" }, words.needs_help),
        ticket.lang === "en" && el("span", { class: "pill" }, "English"))),
    el("p", { class: "serving-clock", id: "serving-clock", "aria-live": "off" }),
  ];
}

export function drawServing(desk, words) {
  const card = byId("serving");
  const { ticket, counter } = desk;
  /* Only when something of it changed: it is a live region. */
  const mark = JSON.stringify([ticket, counter.state, Boolean(desk.next)]);
  if (card.dataset.mark !== mark) {
    card.dataset.mark = mark;
    card.className = `card serving ${ticket ? (ticket.state === "called" ? "calling" : "") : "idle"}`;
    fill(card, ...servingParts(desk, words));
  }
  tickServing(desk, words);
}

export function tickServing(desk, words) {
  const clock = byId("serving-clock");
  if (!clock || !desk.ticket) return;
  const { ticket } = desk;
  const called = ticket.state === "called";
  const seconds = secondsSince(called ? ticket.first_called_at : ticket.state_at);
  clock.classList.toggle("over", !called && seconds > ticket.minutes * 60);
  if (!clock.firstChild) clock.append(el("small", {}, called ? words.clock_called : words.clock_serving), "");
  clock.lastChild.textContent = stopwatch(seconds);
}

/* From when is the server's rule; here it is only waited for. */
export const recallIn = (ticket) => (ticket && ticket.recall_from ? secondsUntil(ticket.recall_from) : 0);
export const absentSuggested = (ticket) => Boolean(ticket && ticket.absent_from) && present() >= Date.parse(ticket.absent_from);

function pressParts(title, why, key) {
  return [el("span", { class: "next-words" }, el("strong", {}, title), el("span", {}, why)), key ? el("kbd", { "aria-hidden": "true" }, key) : null];
}

function drawPress(button, live, title, why, key) {
  button.setAttribute("aria-disabled", String(!live));
  const mark = [title, why, key].join("\n");
  if (button.dataset.mark === mark) return;
  button.dataset.mark = mark;
  fill(button, ...pressParts(title, why, key));
}

function nextWords({ ticket, next, counter }, words) {
  if (counter.state === "paused") return [words.open_again, words.open_again_note, "P"];
  if (ticket && next) return [say(words.done_next, { number: next.number }), next.reason.sentence, "N"];
  if (ticket) return [say(words.done_nobody, { number: ticket.number }), words.nobody_here, "N"];
  if (next) return [say(words.call_next, { number: next.number }), next.reason.sentence, "N"];
  return [words.call_nobody, words.nobody_here, ""];
}

/* While somebody is on the way to the counter the likely press is "serve"; it stands where "next" stood, so that a nervous
   second press of "next" never sends away the person who was just called. */
export function drawPresses(desk, can, busy, words) {
  const { ticket } = desk;
  const called = Boolean(ticket && ticket.state === "called");
  const [title, why, key] = nextWords(desk, words);
  const next = byId("next");
  next.className = `next ${called ? "second" : ""} ${ticket && !desk.next ? "nobody" : ""} ${busy === "next" ? "busy" : ""}`;
  drawPress(next, !busy && (can.next === true || desk.counter.state === "paused"), busy === "next" ? words.busy : title, why, key);
  const serve = byId("serve");
  serve.hidden = !called;
  serve.classList.toggle("busy", busy === "serve");
  if (called) drawPress(serve, !busy, busy === "serve" ? words.busy : say(words.serve, { number: ticket.number }), words.serve_note, "S");
}

export function drawActs(desk, can, { busy, wait, suggestAbsent }, words) {
  document.querySelectorAll(".act").forEach((button) => {
    const name = button.dataset.act;
    button.setAttribute("aria-disabled", String(can[name] !== true || Boolean(busy)));
    button.classList.toggle("busy", busy === name);
    button.classList.toggle("wanted", name === "absent" && suggestAbsent);
    const note = button.querySelector("[data-note]");
    const said = name === "recall" && wait ? say(words.after_seconds, { seconds: wait })
      : name === "absent" && suggestAbsent ? say(words.absent_suggested, { times: desk.ticket.times }) : "";
    note.hidden = !said;
    setText(note, said);
  });
  const pause = document.querySelector('.act[data-act="pause"] .act-words');
  pause.firstChild.textContent = desk.counter.state === "paused" ? words.open_again : words.pause;
}

/* Whose booking it is. `names` are the opened ones of this ticket, or null. */
export function drawVisit(desk, names, words, sayAbsent) {
  const { ticket } = desk;
  const box = byId("visit");
  box.hidden = !ticket || !ticket.visit;
  const mark = box.hidden ? "" : JSON.stringify([ticket.id, ticket.visit, names]);
  if (box.dataset.mark === mark) return;
  box.dataset.mark = mark;
  if (box.hidden) { fill(byId("visit-people")); return; }
  setText(byId("visit-title"), visitTitle(ticket, words));
  redraw(byId("visit-people"), visitRows(ticket, names, words, sayAbsent));
}

/* Ticks stay with the ticket on this computer only: they help the officer, and are nobody's data. */
const seen = new Map();
export const missingOf = (ticket) => {
  const had = seen.get(ticket.id) || new Set();
  return had.size ? ticket.service.documents.filter((paper) => !had.has(paper)) : [];
};

export function drawPapers(desk) {
  const { ticket } = desk;
  const papers = ticket ? ticket.service.documents : [];
  byId("papers").hidden = !papers.length;
  const list = byId("papers-list");
  const mark = ticket && papers.length ? String(ticket.id) + papers.join() : "";
  if (list.dataset.mark === mark) return;
  list.dataset.mark = mark;
  if (!papers.length) return;
  const had = seen.get(ticket.id) || new Set();
  seen.set(ticket.id, had);
  fill(list, ...papers.map((paper) => {
    const tick = el("input", { type: "checkbox", checked: had.has(paper) });
    const label = el("label", { class: `check ${had.has(paper) ? "seen" : ""}` }, tick, el("span", {}, paper));
    tick.addEventListener("change", () => { had[tick.checked ? "add" : "delete"](paper); label.classList.toggle("seen", tick.checked); });
    return el("li", {}, label);
  }));
}
