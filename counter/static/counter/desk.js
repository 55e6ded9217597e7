/* The middle of the console: who is served, who is next, the one press that calls the next, the keys. */
import { el, fill, say, setText } from "/static/core/dom.js";
import { hour, present, secondsSince, secondsUntil, stopwatch } from "./moments.js";
import { heardLine } from "./heard.js";
import { visitRows, visitTitle } from "./visit.js";
import { marks, redraw, rightEnd } from "./lists.js";
import { pausedWords } from "./strip.js";

const byId = (id) => document.getElementById(id);
const TONES = { open: "pill-green", paused: "pill-amber", closed: "" };

export function drawBar(desk, words) {
  const { counter, ticket, printer } = desk;
  const state = byId("counter-state");
  setText(state, counter.state === "paused" ? pausedWords(counter, words) : ticket ? words[`ticket_${ticket.state}`] : words.state_open);
  state.className = `pill ${ticket && ticket.state === "called" ? "pill-amber" : TONES[counter.state]}`;
  const pill = byId("printer");
  pill.hidden = !printer;
  if (printer) {
    /* Somebody has to see to a printer for which another one prints, too. */
    const said = words[`printer_${printer.replaced || printer.state}`] || words.printer_unknown;
    setText(pill, printer.replaced ? say(words.printer_replaced, { said }) : said);
    pill.className = `pill ${printer.state === "ok" && !printer.replaced ? "pill-plain" : "pill-amber"}`;
  }
}

function idleParts({ counter, next, ticket }, words, sending) {
  if (sending && next && !ticket) return [el("div", { class: "serving-what" }, el("h2", {}, say(words.sending_call, { number: next.number })))];
  const paused = counter.state !== "open";
  return [el("div", { class: "serving-what" }, el("h2", {}, paused ? words.paused_title : next ? words.free_title : words.idle_title),
    el("p", { class: "serving-facts" }, paused ? words.paused_note : next ? words.free_note : words.idle_note))];
}

function servingParts(desk, words, sending) {
  const { ticket } = desk;
  if (!ticket) return idleParts(desk, words, sending);
  const saysWait = ticket.reason && ticket.reason.code === "guard";
  const facts = say(saysWait ? words.called_facts : words.serving_facts, { at: hour(ticket.called_at), times: ticket.times, waited: ticket.waited });
  const further = (ticket.further || []).map((service) => service.name).join(", ");
  return [
    el("p", { class: "serving-number" }, ticket.number),
    el("p", { class: "serving-clock", id: "serving-clock", "aria-live": "off" }),
    el("div", { class: "serving-what" },
      el("h2", { class: "serving-service", title: ticket.service.name }, ticket.service.name),
      el("p", { class: "serving-facts" }, facts, ticket.reason && ` · ${ticket.reason.sentence}`),
      ticket.state === "called" && heardLine(),
      further && el("p", { class: "serving-further", title: further }, say(words.further_left, { services: further })),
      el("p", { class: "serving-pills" }, ...marks(ticket, words, { people: !ticket.visit }))),
  ];
}

export function drawServing(desk, words, busy) {
  const card = byId("serving");
  const { ticket, counter } = desk;
  const sending = busy === "next";
  /* Only when something of it changed: it is a live region. */
  const mark = JSON.stringify([ticket, counter.state, Boolean(desk.next), !ticket && sending]);
  if (card.dataset.mark !== mark) {
    card.dataset.mark = mark;
    card.className = `card serving ${ticket ? (ticket.state === "called" ? "calling" : "") : "idle"}`;
    fill(card, ...servingParts(desk, words, sending));
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

/* Who comes next, before the present one has left: what for, why, who, and which papers will lie on the desk. */
export function drawUpcoming(desk, words) {
  const card = byId("upcoming");
  const { coming, next } = desk;
  const end = coming ? rightEnd(coming, words) : "";
  const mark = JSON.stringify([coming, next, end]);
  if (card.dataset.mark === mark) return;
  card.dataset.mark = mark;
  card.classList.toggle("nobody", !next);
  const title = el("h2", { id: "upcoming-title" }, words.upcoming);
  if (!next) { fill(card, title, el("p", { class: "muted" }, words.nobody_here)); return; }
  if (!coming) { fill(card, title, el("p", { class: "number" }, next.number), el("p", {}, next.reason.sentence)); return; }
  const names = coming.visit ? coming.visit.people.filter((person) => !person.absent && person.name).map((person) => person.name).join(", ") : "";
  const papers = coming.service.documents;
  fill(card, title,
    el("p", { class: "upcoming-head" }, el("span", { class: "number" }, coming.number), el("span", { class: "upcoming-time" }, end)),
    el("p", { class: "upcoming-service", title: coming.service.name }, coming.service.name),
    el("p", { class: "upcoming-why" }, next.reason.sentence),
    names && el("p", { class: "upcoming-names" }, names),
    el("p", { class: "serving-pills" }, ...marks(coming, words)),
    papers.length > 0 && el("p", { class: "upcoming-papers", title: papers.join("; ") }, say(words.papers_of, { papers: papers.join("; ") })));
}

/* From when is the server's rule; here it is only waited for. */
export const recallIn = (ticket) => (ticket && ticket.recall_from ? secondsUntil(ticket.recall_from) : 0);
export const absentSuggested = (ticket) => Boolean(ticket && ticket.absent_from) && present() >= Date.parse(ticket.absent_from);

function pressParts(title, why, key) {
  return [el("span", { class: "next-words" }, el("strong", {}, title), why && el("span", {}, why)), key ? el("kbd", { "aria-hidden": "true" }, key) : null];
}

function drawPress(button, live, title, why, key) {
  button.setAttribute("aria-disabled", String(!live));
  const mark = [title, why, key].join("\n");
  if (button.dataset.mark === mark) return;
  button.dataset.mark = mark;
  fill(button, ...pressParts(title, why, key));
}

/* The reason stands beside, with the next person; here only what the press does. */
function nextWords({ ticket, next, counter }, words) {
  if (counter.state === "paused") return [words.open_again, words.open_again_note, "P"];
  /* What this counter takes itself is done here too; the rest leads the person to another counter. */
  const goesOn = ticket && (ticket.further || []).some((service) => !counter.services.includes(service.code));
  if (ticket && next) return [say(goesOn ? words.go_on_next : words.done_next, { number: next.number, present: ticket.number }), "", "N"];
  if (ticket) return [say(words.done_nobody, { number: ticket.number }), words.nobody_here, "N"];
  if (next) return [say(words.call_next, { number: next.number }), "", "N"];
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
