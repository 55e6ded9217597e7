/* Closing a day: draws who is left from the server's own list, sends each press once, and shows what is true afterwards. */
import { send } from "/static/core/http.js";
import { el, fill, pageData, say, setText } from "/static/core/dom.js";
import { onPaper } from "./paper.js";
import { followLine, post, signInAgain } from "./server.js";
import { hour, setZone } from "./moments.js";

const page = pageData("page-data");
const { words } = page;
const byId = (id) => document.getElementById(id);
const SAID_MS = 8000;

let day = page.day;
let busy = null; /* the number a press is under way for, or "close" */
let undo = null; /* {id, until}: what can be taken back */
let said = 0;
let stale = false; /* the line changed while a press was under way */

setZone(page.timezone);

const written = (iso) => (iso ? iso.split("-").reverse().join("/") : "");
const short = (iso) => (iso ? iso.split("-").reverse().slice(0, 2).join("/") : "");

// --- What is shown -----------------------------------------------------------------------------------------------------------

function draw() {
  const past = day.on !== day.today;
  setText(byId("title"), say(past ? words.title_past : words.title_today, { day: written(day.on) }));
  drawPast(past);
  drawClosing();
  drawRows();
  page.fates.forEach((name) => setText(document.querySelector(`[data-fate="${name}"]`), day.decided[name]));
}

function drawPast(past) {
  const others = day.past.filter((each) => each.on !== day.on);
  const lines = others.map((each) => el("li", {},
    el("span", {}, say(words.past_day, { day: written(each.on), n: each.undecided })),
    el("a", { class: "btn btn-small btn-primary", href: `?on=${each.on}` }, words.decide)));
  if (past) lines.push(el("li", { class: "day-back" }, el("a", { class: "btn btn-small btn-secondary", href: "?" }, words.today)));
  fill(byId("past"), ...lines);
}

/* The button stands there only when a press of it would close the day. */
function drawClosing() {
  const left = day.undecided;
  const missed = left.filter((ticket) => ticket.state === "missed").length;
  const may = !day.closed_at && (left.length === missed || day.over);
  const button = byId("close");
  setText(byId("left"), left.length ? say(words.left, { n: left.length }) : words.nobody);
  button.hidden = !may;
  button.setAttribute("aria-disabled", String(busy !== null));
  const name = !left.length ? words.close : day.over ? words.close_past : words.close_missed;
  setText(button, busy === "close" ? words.busy : say(name, { n: left.length }));
  document.querySelector(".day-close").classList.toggle("ready", may);
  setText(byId("closing-note"), closingNote(may));
  byId("log-end").hidden = !day.log_end;
  setText(byId("log-end"), day.log_end ? say(words.log_end, { hash: day.log_end }) : "");
  setText(byId("places"), day.next_day
    ? say(words.places, { day: short(day.next_day), hour: hour(day.next_opens_at), used: day.carry.used, places: day.carry.places })
    : words.no_next_day);
}

function closingNote(may) {
  if (day.closed_at) return say(words.closed, { at: hour(day.closed_at) });
  if (day.over && day.undecided.length) return words.past_note;
  if (!may) return words.not_yet;
  return day.open_now && !day.over ? words.still_open : "";
}

function drawRows() {
  const focused = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.press : null;
  fill(byId("rows"), ...day.undecided.map(row));
  const again = focused && document.querySelector(`[data-press="${focused}"]`);
  if (again) again.focus();
}

function row(ticket) {
  const facts = [words[`state_${ticket.state}`], ticket.slot_at ? say(words.booked, { at: hour(ticket.slot_at) }) : say(words.took, { at: hour(ticket.arrived_at) }),
    ticket.people > 1 && say(words.people, { n: ticket.people }), ticket.priority && words.priority];
  return el("li", { class: `day-row${busy === ticket.number ? " waiting-for" : ""}` },
    el("span", { class: "number" }, ticket.number),
    el("span", { class: "day-what" }, el("strong", {}, ticket.service.name), el("span", { class: "muted" }, facts.filter(Boolean).join(" · "))),
    el("span", { class: "day-acts" }, ...acts(ticket)));
}

function acts(ticket) {
  const button = (verb, name, tone, go) => el("button", {
    type: "button", class: `btn ${tone}`, onclick: go, dataset: { press: `${ticket.id}-${verb}` },
    "aria-label": say(words.of, { action: name, number: ticket.number }), "aria-disabled": String(busy !== null),
  }, name);
  const press = (verb, body, sentence) => () => act(ticket, verb, body, sentence);
  const carryWords = say(words.carry, { day: short(day.next_day) });
  return [
    ["called", "serving", "held"].includes(ticket.state) && button("finish", words.finish, "btn-secondary", press("finish", { all: true }, words.did_finish)),
    ticket.state === "waiting" && !day.over && el("a", { class: "btn btn-secondary", href: page.console, "aria-label": say(words.of, { action: words.serve_on, number: ticket.number }) }, words.serve_on),
    ticket.state === "missed" && !day.over && button("return", words.return, "btn-secondary", press("return", {}, words.did_return)),
    ticket.state !== "serving" && day.next_day && button("carry", carryWords, "btn-secondary", press("carry", {}, words.did_carry)),
    ticket.state !== "serving" && button("cancel", words.cancel, "btn-quiet", press("cancel", {}, words.did_cancel)),
  ].filter(Boolean);
}

function tell(sentence, tone, undoable) {
  undo = undoable || null;
  byId("said").hidden = false;
  byId("said").className = `notice ${tone}`;
  setText(byId("said-words"), sentence);
  byId("undo").hidden = !undo;
  clearTimeout(said);
  said = setTimeout(() => { byId("said").hidden = true; undo = null; }, undo ? page.undo_s * 1000 : SAID_MS);
}

// --- What is pressed ---------------------------------------------------------------------------------------------------------

async function run(mark, address, body) {
  if (busy !== null) return null;
  busy = mark;
  draw();
  const answer = await post(address, body);
  busy = null;
  if (!answer.ok) tell((answer.data && answer.data.detail) || (answer.status === 0 ? words.no_answer : words.failed), "notice-red");
  return answer;
}

async function act(ticket, verb, body, sentence) {
  const next = day.next_day;
  const answer = await run(ticket.number, `/api/v1/tickets/${ticket.id}/${verb}`, body);
  if (answer && answer.ok) {
    const printed = verb !== "carry" || onPaper(answer.data);
    tell(say(printed ? sentence : words.did_carry_unprinted, { number: ticket.number, day: short(next) }), printed ? "notice-green" : "notice-amber", { id: ticket.id, number: ticket.number });
  }
  await refresh();
}

async function close() {
  const answer = await run("close", page.close, { on: day.on, missed: day.undecided.length ? "expire" : null });
  if (answer && answer.ok) { day = answer.data; tell(words.did_close, "notice-green"); draw(); } else await refresh();
}

async function takeBack() {
  if (!undo) return;
  const answer = await run(undo.number, `/api/v1/tickets/${undo.id}/undo`, {});
  if (answer && answer.ok) tell(words.undone, "notice-green");
  await refresh();
}

/* What is true comes from the server. Without an answer the old list stands, and the line says since when. */
async function refresh() {
  const answer = signInAgain(await send("GET", `${page.address}${page.asked ? `?on=${page.asked}` : ""}`));
  if (answer.ok) day = answer.data;
  stale = false;
  draw();
}

byId("close").addEventListener("click", close);
byId("undo").addEventListener("click", takeBack);
draw();
const connection = followLine(page, (line) => {
  if (line.version === day.version) return;
  if (busy !== null) stale = true;
  else refresh();
}, refresh);
setInterval(() => { if (stale && busy === null) refresh(); }, 1000);
window.addEventListener("pagehide", () => connection.close());
