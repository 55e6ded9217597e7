/* The line on the left, and who is away, held and expected on the right. */
import { el, fill, say, setText } from "/static/core/dom.js";
import { fold } from "/static/core/fold.js";
import { found } from "./board.js";
import { hour, minutesSince, stopwatch, secondsSince } from "./moments.js";
import { peoplePill } from "./visit.js";

const byId = (id) => document.getElementById(id);

/* The hour of a booking, or how long somebody has waited. */
export function rightEnd(ticket, words) {
  if (ticket.slot_at && ticket.kind === "booked") return hour(ticket.slot_at);
  return say(words.waited, { minutes: minutesSince(ticket.due_at) });
}

export function marks(ticket, words, { people = true } = {}) {
  return [
    people && peoplePill(ticket, words),
    ticket.priority && el("span", { class: "pill pill-amber" }, words.priority),
    ticket.needs_help && el("span", { class: "pill pill-amber" }, words.needs_help),
    ticket.lang === "en" && el("span", { class: "pill" }, "English"),
  ];
}

/* `next` is the reason of whoever is called next, which is truer than the place in the line. */
function lineRow(ticket, next, words, open) {
  const why = next ? next.sentence : ticket.reason ? ticket.reason.sentence : "";
  const where = ticket.state === "waiting" ? "" : words[`state_of_${ticket.state}`];
  const row = el(
    "button", { type: "button", class: "line-row", onclick: () => open(ticket) },
    el("span", { class: "number" }, ticket.number),
    el("span", { class: "line-what" }, ticket.service.name),
    el("span", { class: "line-time" }, where || rightEnd(ticket, words)),
    el("span", { class: "line-why" }, next ? say(words.next_why, { reason: why }) : where ? ticket.why : why, " ", ...marks(ticket, words)),
  );
  return el("li", { class: next ? "line-next" : "" }, row);
}

/* Rows are put in place one by one so that the focus stays where it is when the line moves. */
export function redraw(list, rows) {
  const focused = list.contains(document.activeElement) ? [...list.children].findIndex((li) => li.contains(document.activeElement)) : -1;
  fill(list, ...rows);
  const again = focused >= 0 && list.children[Math.min(focused, list.children.length - 1)];
  if (again) { const button = again.querySelector("button"); if (button) button.focus({ preventScroll: true }); }
}

export function drawLine(desk, scope, words, open) {
  const typed = byId("find-number").value.trim();
  const shown = typed ? found(desk, typed, fold) : scope === "office" ? desk.waiting : desk.mine;
  setText(byId("line-count"), shown.length);
  const nextId = desk.next && !typed ? desk.next.id : null;
  const ordered = scope === "office" || typed ? shown : [...shown].sort((a, b) => (b.id === nextId) - (a.id === nextId));
  const rows = ordered.map((ticket) => lineRow(ticket, ticket.id === nextId ? desk.next.reason : null, words, open));
  if (!rows.length) rows.push(el("li", { class: "empty" }, typed ? words.none_found : scope === "office" ? words.nobody_office : words.nobody_here));
  redraw(byId("line"), rows);
}

/* The arrows go through the line; Enter opens who is marked. */
export function stepLine(step) {
  const rows = [...byId("line").querySelectorAll(".line-row")];
  const at = rows.indexOf(document.activeElement);
  const to = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.max(0, Math.min(rows.length - 1, at + step))];
  if (to) to.focus();
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

const small = (label, number, onclick) => el("button", { type: "button", class: "btn btn-small btn-secondary", "aria-label": `${label}: ${number}`, onclick }, label);

function heldRow(ticket, desk, words, { resume, open }) {
  const minutes = minutesSince(ticket.state_at);
  const alarm = minutes >= desk.holdAlarm;
  return sideRow({
    head: ticket.number,
    middle: say(alarm ? words.held_long : words.held_row, { why: ticket.why || ticket.service.name, minutes }),
    button: small(words.resume, ticket.number, () => resume(ticket)),
    alarm,
    open: () => open(ticket),
  });
}

/* Bookings are told with the service's own name: `nameOf` gives it in the language of this screen. */
export function drawSide(desk, words, { bringBack, resume, open, nameOf }) {
  side("missed", desk.missed.map((t) => sideRow({
    head: t.number,
    middle: say(words.missed_row, { times: t.times, at: hour(t.state_at) }),
    button: small(words.bring_back, t.number, () => bringBack(t)),
    open: () => open(t),
  })), words.nobody_missed);
  side("held", desk.held.map((t) => heldRow(t, desk, words, { resume, open })), words.nobody_held);
  byId("expected-section").hidden = desk.expected === null;
  if (!desk.expected) return;
  side("expected", desk.expected.slice(0, 9).map((e) => sideRow({ head: hour(e.starts_at), middle: nameOf(e.service) })), words.nobody_expected);
  setText(byId("expected-count"), desk.expected.length || "");
}

export function tickClocks() {
  document.querySelectorAll("[data-since]").forEach((node) => setText(node, stopwatch(secondsSince(node.dataset.since))));
}
