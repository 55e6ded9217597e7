/* The line on the left, and who is away, held, expected and at which counter on the right. */
import { el, fill, say, setText } from "/static/core/dom.js";
import { hour, minutesSince, stopwatch, secondsSince } from "./moments.js";
import { peoplePill } from "./visit.js";

const byId = (id) => document.getElementById(id);

function rightEnd(ticket, words) {
  if (ticket.slot_at && ticket.kind === "booked") return hour(ticket.slot_at);
  return say(words.waited, { minutes: minutesSince(ticket.due_at) });
}

function marks(ticket, words) {
  return [
    peoplePill(ticket, words),
    ticket.priority && el("span", { class: "pill pill-amber" }, words.priority),
    ticket.needs_help && el("span", { class: "pill pill-amber" }, words.needs_help),
    ticket.lang === "en" && el("span", { class: "pill" }, "English"),
  ];
}

function lineRow(ticket, isNext, words, open) {
  const why = ticket.reason ? ticket.reason.sentence : "";
  const row = el(
    "button", { type: "button", class: "line-row", onclick: () => open(ticket) },
    el("span", { class: "number" }, ticket.number),
    el("span", { class: "line-what" }, ticket.service.name),
    el("span", { class: "line-time" }, rightEnd(ticket, words)),
    el("span", { class: "line-why" }, isNext ? say(words.next_why, { reason: why }) : why, " ", ...marks(ticket, words)),
  );
  return el("li", { class: isNext ? "line-next" : "" }, row);
}

/* Rows are put in place one by one so that the focus stays where it is when the line moves. */
export function redraw(list, rows) {
  const focused = list.contains(document.activeElement) ? [...list.children].findIndex((li) => li.contains(document.activeElement)) : -1;
  fill(list, ...rows);
  const again = focused >= 0 && list.children[Math.min(focused, list.children.length - 1)];
  if (again) { const button = again.querySelector("button"); if (button) button.focus({ preventScroll: true }); }
}

export function drawLine(desk, scope, words, open) {
  const shown = scope === "office" ? desk.waiting : desk.mine;
  setText(byId("line-count"), shown.length);
  const nextId = desk.next ? desk.next.id : null;
  const ordered = scope === "office" ? shown : [...shown].sort((a, b) => (b.id === nextId) - (a.id === nextId));
  const rows = ordered.map((ticket) => lineRow(ticket, ticket.id === nextId, words, open));
  if (!rows.length) rows.push(el("li", { class: "empty" }, scope === "office" ? words.nobody_office : words.nobody_here));
  redraw(byId("line"), rows);
}

function sideRow({ head, middle, end, button, alarm, open }) {
  const number = open
    ? el("button", { type: "button", class: "number number-open", onclick: open }, head)
    : el("span", { class: "number" }, head);
  return el("li", { class: alarm ? "alarm" : "" }, number, el("span", { class: "side-middle" }, middle), el("span", { class: "side-end" }, button || end));
}

function side(name, rows, empty) {
  const count = byId(`${name}-count`);
  if (count) setText(count, rows.length || "");
  redraw(byId(name), rows.length ? rows : [el("li", { class: "side-empty" }, empty)]);
}

const small = (label, onclick) => el("button", { type: "button", class: "btn btn-small btn-secondary", onclick }, label);

export function drawSide(desk, words, { bringBack, resume, open }) {
  side("missed", desk.missed.map((t) => sideRow({
    head: t.number,
    middle: say(words.missed_row, { times: t.times, at: hour(t.state_at) }),
    button: small(words.bring_back, () => bringBack(t)),
    open: () => open(t),
  })), words.nobody_missed);
  side("held", desk.held.map((t) => sideRow({
    head: t.number,
    middle: `${t.why || t.service.name} · ${say(words.minutes, { minutes: minutesSince(t.state_at) })}`,
    button: small(words.resume, () => resume(t)),
    alarm: minutesSince(t.state_at) >= desk.holdAlarm,
    open: () => open(t),
  })), words.nobody_held);
  byId("expected-section").hidden = desk.expected === null;
  if (desk.expected) {
    side("expected", desk.expected.slice(0, 6).map((e) => sideRow({ head: hour(e.starts_at), middle: e.service.name, end: words.not_here })), words.nobody_expected);
    setText(byId("expected-count"), desk.expected.length || "");
  }
  side("counters", desk.counters.filter((c) => c.id !== desk.counter.id).map((c) => counterRow(c, words)), words.no_counters);
}

function counterRow(counter, words) {
  const open = counter.ticket;
  const middle = open ? `${open.number} · ${open.service.name}` : counter.state === "paused" ? pausedWords(counter, words) : words[`state_${counter.state}`];
  const end = open ? el("span", { dataset: { since: open.state_at } }, stopwatch(secondsSince(open.state_at))) : counter.staff ? counter.staff.name : "";
  return sideRow({ head: String(counter.number), middle, end });
}

export const pausedWords = (counter, words) => (counter.pause_reason ? say(words.paused_for, { reason: counter.pause_reason }) : words.state_paused);

export function tickSide() {
  document.querySelectorAll("[data-since]").forEach((node) => setText(node, stopwatch(secondsSince(node.dataset.since))));
}
