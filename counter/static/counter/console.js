/* The officer's console: draws the line's snapshots, sends presses. What is true comes from the server, always. */
import { send } from "/static/core/http.js";
import { el, fill, pageData, say, setText } from "/static/core/dom.js";
import { allowed, deskOf } from "./board.js";
import { absentSuggested, drawActs, drawBar, drawPapers, drawPresses, drawServing, drawVisit, recallIn, tickServing } from "./desk.js";
import { drawLine, drawSide, tickSide } from "./lists.js";
import { ACTS, KEYS, ticketChoices } from "./acts.js";
import { ask, asking, closeAsking, listenToDialogs } from "./asks.js";
import { onPaper, printerWell } from "./paper.js";
import { followLine, post } from "./server.js";
import { namesAddress, namesOf, visitTitle } from "./visit.js";
import { hour, present, setServerTime, setZone } from "./moments.js";

const page = pageData("page-data");
const { words, settings } = page;
const byId = (id) => document.getElementById(id);
const SETTLE_MS = 1200; /* A second press this soon after a call is the same press of a nervous finger. */
const MESSAGE_MS = 4000;
const REFUSAL_MS = 8000;
const OLDER_MS = 10000;

let snapshot = page.snapshot;
let desk = null;
let busy = null;
let undo = null; /* {tickets, sentence, until: ms}: what Z takes back */
let settledAt = 0;
let acceptedAt = Date.now();
let scope = "counter";
let message = null; /* {sentence, tone, until} */
let connection = null;
let opened = null; /* {ticket, names}: whose names are shown in full, until that ticket leaves this counter */

setZone(page.timezone);

function view() {
  const wait = recallIn(desk.ticket);
  const can = allowed(desk, { undo, recallIn: wait, namesShown: Boolean(opened) });
  return { wait, busy, suggestAbsent: absentSuggested(desk.ticket), can };
}

function draw() {
  desk = deskOf(snapshot, page.counter, settings);
  if (desk.counter.state === "closed" || !desk.counter.staff || desk.counter.staff.id !== page.staff) { location.reload(); return; }
  undo = desk.counter.undo ? { ...desk.counter.undo, until: Date.parse(desk.counter.undo.until) } : null;
  drawBar(desk, words);
  if (opened && (!desk.ticket || desk.ticket.id !== opened.ticket || !desk.ticket.visit)) opened = null;
  drawServing(desk, words);
  drawVisit(desk, opened && opened.names, words, sayAbsent);
  drawPapers(desk);
  drawLine(desk, scope, words, openTicket);
  drawSide(desk, words, { bringBack: (t) => run("return", [[`/api/v1/tickets/${t.id}/return`, {}]]), resume, open: openTicket });
  tick();
}

function tick() {
  setText(byId("clock"), hour(present()));
  if (undo && undo.until <= present()) undo = null;
  const now = view();
  drawActs(desk, now.can, now, words);
  drawPresses(desk, now.can, busy, words);
  tickServing(desk, words);
  tickSide();
  drawToast();
}

/* --- Saying what happened: a short message first, else what can be taken back ------------------------------------------ */

function toast(sentence, tone) {
  message = { sentence, tone: tone || "", until: Date.now() + (tone ? REFUSAL_MS : MESSAGE_MS) };
  drawToast();
}

function drawToast() {
  if (message && message.until <= Date.now()) message = null;
  const left = undo && !message ? Math.ceil((undo.until - present()) / 1000) : 0;
  byId("toast").hidden = !message && left <= 0;
  byId("toast").className = `toast console-toast ${message ? message.tone : "quiet"}`;
  if (message) setText(byId("toast-words"), message.sentence);
  else if (left > 0) setText(byId("toast-words"), undo.sentence);
  byId("toast-undo").hidden = left <= 0;
  if (left > 0) setText(byId("toast-undo"), say(words.undo_in, { seconds: left }));
}

/* --- Doing ------------------------------------------------------------------------------------------------------------ */

async function run(name, calls) {
  if (busy || !calls) return;
  busy = name;
  tick();
  let answer = null;
  for (const [address, body] of calls) {
    answer = await post(address, body);
    if (!answer.ok) break;
  }
  busy = null;
  if (name === "next") settledAt = Date.now();
  if (answer.ok) { message = null; said(name, answer); }
  else refused(answer);
  await refetch();
}

function said(name, answer) {
  if (name === "next" && answer.status === 204) toast(words.nobody_called);
  else if (name === "take") toast(say(onPaper(answer.data) ? words.took : words.took_unprinted, { number: answer.data.number }));
  else if (name === "undo") toast(words.undone);
  else if (name === "papers" && desk.printer && printerWell(desk.printer.state)) toast(words.papers_printing);
  else if (name === "papers") toast(words.papers_unprinted, "refused");
}

function refused(answer) {
  if (answer.status === 0) toast(words.no_answer, "refused");
  else toast((answer.data && answer.data.detail) || words.failed, "refused");
  if (answer.status === 401) location.reload();
}

async function refetch() {
  const answer = await send("GET", page.line);
  if (answer.ok) accept(answer.data);
  else draw();
}

/* Never back to an older line, unless older ones keep coming: the database was restored from a backup. */
function accept(fresh) {
  if (fresh.version < snapshot.version && Date.now() - acceptedAt < OLDER_MS) return;
  snapshot = fresh;
  acceptedAt = Date.now();
  setServerTime(snapshot.now);
  draw();
}

async function press(name, pointed) {
  const settling = Date.now() - settledAt < SETTLE_MS;
  /* "Serve" stands where "next" stood a moment ago: the second half of a double click is meant for neither. */
  if (busy || (settling && (name === "next" || (pointed && name === "serve")))) return;
  const { can, wait } = view();
  /* "Next" always asks the server: somebody may have joined since this line was drawn. */
  const why = name === "next" ? true : can[name];
  if (why !== undefined && why !== true) { toast(say(words[why], { seconds: wait, number: desk.ticket ? desk.ticket.number : "" })); return; }
  if (name === "names") await openNames(desk.ticket);
  else if (name === "undo") await run("undo", undo.tickets.map((id) => [`/api/v1/tickets/${id}/undo`, {}]));
  else await run(name, await ACTS[name]({ desk, page }));
}

/* Each opening is written down by the server; the names stay on this screen only while their ticket is here. */
async function openNames(ticket) {
  busy = "names";
  tick();
  const answer = await post(namesAddress(page, ticket), {});
  busy = null;
  if (answer.ok) { opened = { ticket: ticket.id, names: namesOf(answer.data) }; draw(); } else { refused(answer); tick(); }
}

const sayAbsent = (places) => run("people", [[`/api/v1/tickets/${desk.ticket.id}/people`, { absent: places }]]);

async function resume(ticket) {
  if (desk.ticket) { toast(say(words.already_serving, { number: desk.ticket.number })); return; }
  await run("resume", [[`/api/v1/tickets/${ticket.id}/resume`, { counter: desk.counter.id }]]);
}

function openTicket(ticket) {
  const visit = ticket.visit ? [visitTitle(ticket, words), ticket.visit.people.map((person) => person.name).join(", ")] : ["", ""];
  const facts = [[words.service, ticket.service.name], visit, [words.arrived, hour(ticket.arrived_at)], [words.reason, ticket.reason ? ticket.reason.sentence : ticket.why]];
  ask("ticket", "", {
    prepare(dialog) {
      setText(dialog.querySelector("h2"), ticket.number);
      fill(byId("ticket-facts"), ...facts.filter(([, value]) => value).map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
      fill(byId("ticket-acts"), ...ticketChoices(ticket, { desk, page }).map(([label, calls]) => el("button", {
        type: "button", class: "btn btn-secondary",
        onclick: async () => { closeAsking(); await run("ticket", await calls()); },
      }, label)));
    },
  });
}

/* --- Presses ------------------------------------------------------------------------------------------------------------ */

function listen() {
  listenToDialogs();
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act], [data-open], [data-scope]");
    const menu = document.querySelector(".menu[open]");
    if (menu && (button || !event.target.closest(".menu"))) menu.open = false;
    if (!button) return;
    if (button.dataset.act) press(button.dataset.act, event.detail > 0);
    else if (button.dataset.open) ask(button.dataset.open, "");
    else choose(button.dataset.scope);
  });
  document.addEventListener("keydown", (event) => {
    if (event.repeat || event.ctrlKey || event.altKey || event.metaKey || asking()) return;
    if (event.target.matches("input:not([type=checkbox]), select, textarea")) return;
    if (event.key === "?") { event.preventDefault(); ask("help", ""); return; }
    const name = KEYS[event.key.toLowerCase()];
    if (name && keysOn()) { event.preventDefault(); press(name); }
  });
  byId("keys-on").defaultChecked = keysOn();
  byId("keys-on").addEventListener("change", (event) => { localStorage.setItem("console-keys", event.target.checked ? "on" : "off"); event.target.defaultChecked = event.target.checked; });
}

const keysOn = () => localStorage.getItem("console-keys") !== "off";

function choose(which) {
  scope = which;
  document.querySelectorAll("[data-scope]").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.scope === which)));
  drawLine(desk, scope, words, openTicket);
}

setServerTime(snapshot.now);
draw();
listen();
setInterval(tick, 500);
connection = followLine(page, accept, refetch);
window.addEventListener("pagehide", () => connection.close());
