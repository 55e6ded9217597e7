/* The helper's tablet: find a booking and check it in, give a number, put the line right. */
import { send } from "/static/core/http.js";
import { fold } from "/static/core/fold.js";
import { el, fill, pageData, say, setText } from "/static/core/dom.js";
import { ask, closeAsking, listenToDialogs } from "./asks.js";
import { onPaper } from "./paper.js";
import { namesAddress, namesOf, peoplePill, visitRows, visitTitle } from "./visit.js";
import { followLine, post } from "./server.js";
import { hour, minutesSince, present, setServerTime, setZone } from "./moments.js";

const page = pageData("page-data");
const { words } = page;
const byId = (id) => document.getElementById(id);
const all = (selector) => document.querySelectorAll(selector);
const ofOffice = (rest) => `/api/v1/offices/${page.office}/${rest}`;

const OLDER_MS = 10000;
const MESSAGE_MS = 8000;
const UNDO_MS = 30000;
let snapshot = page.snapshot;
let list = "waiting";
let busy = false;
let toastTimer = 0;
let acceptedAt = Date.now();

setZone(page.timezone);

/* `undo` takes back what the sentence says. */
function toast(sentence, tone, undo) {
  clearTimeout(toastTimer);
  byId("toast").className = `toast door-toast ${tone || ""}`;
  byId("toast").hidden = false;
  setText(byId("toast-words"), sentence);
  byId("toast-undo").hidden = !undo;
  byId("toast-undo").onclick = undo || null;
  toastTimer = setTimeout(() => { byId("toast").hidden = true; }, undo ? UNDO_MS : MESSAGE_MS);
}

/* What was answered, or null when another press is under way or it was refused, which is said. */
async function press(address, body) {
  if (busy) return null;
  busy = true;
  document.body.classList.add("busy");
  const answer = await post(address, body);
  busy = false;
  document.body.classList.remove("busy");
  if (answer.ok) return answer.data || {};
  toast(answer.status === 0 ? words.no_answer : (answer.data && answer.data.detail) || words.failed, "refused");
  if (answer.status === 401) location.reload();
  return null;
}

/* --- Bookings ------------------------------------------------------------------------------------------------------- */

async function find(event) {
  event.preventDefault();
  const wanted = byId("find-words").value.trim();
  if (!wanted) { byId("find-words").focus(); return; }
  const answer = await send("POST", ofOffice("bookings/find"), { q: wanted });
  if (!answer.ok) { toast((answer.data && answer.data.detail) || words.no_answer, "refused"); return; }
  setText(byId("found-words"), answer.data.length ? say(words.found, { n: answer.data.length }) : words.found_none);
  fill(byId("found"), ...answer.data.map(bookingRow));
}

function bookingRow(booking) {
  return el("li", {}, el("button", { type: "button", class: "door-row", onclick: () => open(booking) },
    el("span", { class: "number" }, hour(booking.starts_at)),
    el("span", { class: "door-what" }, el("strong", {}, `${booking.name} · ${booking.phone}`), el("span", { class: "muted" }, booking.service)),
    el("span", { class: "door-end" }, peoplePill(booking, words), booking.number ? el("span", { class: "pill pill-green" }, say(words.has_number, { number: booking.number })) : words.open_booking)));
}

async function open(booking) {
  const whole = await press(ofOffice(`bookings/${booking.id}/open`), {});
  if (!whole) return;
  ask("booking", whole.name, {
    prepare() {
      facts(byId("booking-facts"), [[words.hour, hour(whole.starts_at)], [words.service, whole.service],
        [whole.people > 1 ? say(words.people, { n: whole.people }) : "", whole.people > 1 ? whole.everybody.map((person) => `${person.name} (${person.service})`).join(", ") : ""],
        [words.phone, whole.phone.replace(/^\+84/, "0")], [words.code, whole.code]]);
      byId("check-in").hidden = Boolean(whole.number);
      byId("check-in").onclick = () => checkIn(whole);
    },
  });
}

async function checkIn(booking) {
  const ticket = await press(ofOffice("check-ins"), { code: booking.code });
  if (ticket) given(ticket, words[`outcome_${ticket.outcome}`] || "");
}

/* --- Numbers ---------------------------------------------------------------------------------------------------------- */

async function take(button) {
  const ticket = await press(ofOffice("tickets"), { service: button.dataset.take, priority: Boolean(button.dataset.priority) });
  if (ticket) given(ticket, "");
}

function narrow() {
  const wanted = fold(byId("narrow").value);
  let shown = 0;
  all(".door-service").forEach((row) => { row.hidden = !fold(row.firstElementChild.textContent).includes(wanted); shown += !row.hidden; });
  byId("no-service").hidden = shown > 0;
}

function given(ticket, note) {
  closeAsking();
  const ahead = ticket.people_ahead === null || ticket.people_ahead === undefined ? "" : say(words.ahead, { n: ticket.people_ahead });
  const paper = onPaper(ticket) ? "" : words.not_printed;
  const counters = (ticket.counters || []).length ? say(words.go_to, { counters: ticket.counters.join(", ") }) : "";
  ask("given", words.given, {
    prepare() {
      setText(byId("given-number"), ticket.number);
      setText(byId("given-service"), note);
      const people = ticket.people > 1 ? `${say(words.people, { n: ticket.people })}.` : "";
      setText(byId("given-words"), [people, ahead, counters, paper].filter(Boolean).join(" "));
      byId("reprint").hidden = !ticket.id;
      byId("reprint").onclick = () => reprint(ticket);
    },
  });
}

async function reprint(ticket) {
  if (await press(`/api/v1/tickets/${ticket.id}/reprint`, {})) toast(words.reprinted);
}

/* --- The line --------------------------------------------------------------------------------------------------------- */

function facts(box, pairs) {
  fill(box, ...pairs.filter(([, value]) => value).map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
}

function ticketRow(ticket) {
  const note = { waiting: say(words.waited, { minutes: minutesSince(ticket.due_at) }), missed: say(words.missed_row, { times: ticket.times, at: hour(ticket.state_at) }), held: ticket.why }[list];
  return el("li", {}, el("button", { type: "button", class: "door-row", onclick: () => openTicket(ticket) },
    el("span", { class: "number" }, ticket.number),
    el("span", { class: "door-what" }, el("strong", {}, ticket.service.name), el("span", { class: "muted" }, ticket.reason ? ticket.reason.sentence : "")),
    el("span", { class: "door-end" },
      peoplePill(ticket, words),
      ticket.priority && el("span", { class: "pill pill-amber" }, words.priority),
      ticket.needs_help && el("span", { class: "pill pill-amber" }, words.needs_help), note)));
}

function openTicket(ticket) {
  const verb = (name, body) => press(`/api/v1/tickets/${ticket.id}/${name}`, body);
  const takeBack = async () => { if (await verb("undo", {})) { toast(words.undone); refresh(); } };
  const done = (sentence, back) => async (answer) => { if (await answer) { toast(say(sentence, { number: ticket.number }), "", back && takeBack); refresh(); } };
  const choices = [
    ticket.state === "missed" && [words.bring_back_long, () => verb("return", {}), words.did_return, true],
    ticket.visit && ticket.state !== "missed" && [words.wrong_person, () => verb("wrong-person", {}), words.did_wrong_person, true],
    [words.change_service, () => changeService(ticket, verb), words.did_service],
    [ticket.priority ? words.priority_off : words.priority_on, () => verb("priority", { priority: !ticket.priority }), words.did_save],
    [ticket.needs_help ? words.help_off : words.help_on, () => verb("priority", { needs_help: !ticket.needs_help }), words.did_save],
    [words.reprint, () => verb("reprint", {}), words.reprinted],
    [words.cancel_this, async () => ((await ask("cancel", ticket.number)) ? verb("cancel", {}) : null), words.did_cancel, true],
  ].filter(Boolean);
  ask("ticket", ticket.number, {
    prepare() {
      facts(byId("ticket-facts"), [[words.service, ticket.service.name], [words.arrived, hour(ticket.arrived_at)]]);
      drawVisit(ticket, null);
      fill(byId("ticket-acts"), ...choices.map(([label, act, sentence, back]) => el("button", {
        type: "button", class: "btn btn-secondary btn-large", onclick: () => { closeAsking(); done(sentence, back)(act()); },
      }, label)));
    },
  });
}

/* Whose booking the ticket of the open dialog is. Names stay open as long as the dialog. */
function drawVisit(ticket, names) {
  byId("visit").hidden = !ticket.visit;
  byId("open-names").disabled = Boolean(names); /* It keeps its place: what would move under a finger is something else. */
  if (!ticket.visit) return;
  setText(byId("visit-title"), visitTitle(ticket, words));
  fill(byId("visit-people"), ...visitRows(ticket, names, words, async (absent) => {
    const fresh = await press(`/api/v1/tickets/${ticket.id}/people`, { absent });
    if (fresh) { drawVisit(fresh, names); refresh(); }
  }));
  byId("open-names").onclick = async () => {
    const opened = await press(namesAddress(page, ticket), {});
    if (opened) drawVisit(ticket, namesOf(opened));
  };
}

async function changeService(ticket, verb) {
  const answers = await ask("service", ticket.number, { prepare() { byId("new-service").value = ticket.service.code; } });
  return answers ? verb("service", { service: answers.service }) : null;
}

function draw() {
  setText(byId("waiting-pill"), say(words.waiting_now, { n: snapshot.waiting.length }));
  all("[data-list]").forEach((button) => {
    button.setAttribute("aria-pressed", String(button.dataset.list === list));
    setText(button, say(words[`list_${button.dataset.list}`], { n: snapshot[button.dataset.list].length }));
  });
  const rows = snapshot[list].map(ticketRow);
  fill(byId("tickets"), ...(rows.length ? rows : [el("li", { class: "empty" }, words[`none_${list}`])]));
}

async function refresh() {
  const answer = await send("GET", page.line);
  if (answer.ok) accept(answer.data);
}

/* Never back to an older line, unless older ones keep coming: the database was restored from a backup. */
function accept(fresh) {
  if (fresh.version < snapshot.version && Date.now() - acceptedAt < OLDER_MS) return;
  snapshot = fresh;
  acceptedAt = Date.now();
  setServerTime(snapshot.now);
  draw();
}

/* --- Presses ------------------------------------------------------------------------------------------------------------ */

function show(tab) {
  all("[data-view]").forEach((view) => { view.hidden = view.dataset.view !== tab; });
  all("[data-tab]").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.tab === tab)));
  scrollTo(0, 0);
}

setServerTime(snapshot.now);
listenToDialogs();
byId("find").addEventListener("submit", find);
byId("narrow").addEventListener("input", narrow);
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-tab], [data-take], [data-list]");
  const menu = document.querySelector(".menu[open]");
  if (menu && !event.target.closest(".menu")) menu.open = false;
  if (!button) return;
  if (button.dataset.tab) show(button.dataset.tab);
  else if (button.dataset.take) take(button);
  else { list = button.dataset.list; draw(); }
});
draw();
const tick = () => setText(byId("clock"), hour(present()));
tick();
setInterval(tick, 1000);
followLine(page, accept, refresh);
