/* The officer's console: draws the line's snapshots, sends presses. What is true comes from the server, always. */
import { send } from "/static/core/http.js";
import { el, fill, pageData, say, setText } from "/static/core/dom.js";
import { allowed, deskOf } from "./board.js";
import { absentSuggested, drawActs, drawBar, drawPresses, drawServing, drawUpcoming, drawVisit, recallIn, tickServing } from "./desk.js";
import { drawLine, drawSide, stepLine, tickClocks } from "./lists.js";
import { ACTS, release } from "./acts.js";
import { sayAlive } from "./alive.js";
import { ask, asking, closeAsking, listenToDialogs } from "./asks.js";
import { drawHeard, followHeard } from "./heard.js";
import { choiceButtons, ticketChoices } from "./choices.js";
import { KEYS, isForField, keysOn, letterOf, setKeysOn } from "./keys.js";
import { printerWell } from "./paper.js";
import { drawPapers } from "./papers.js";
import { arrivals, followLine, post, signInAgain } from "./server.js";
import { sheetSaid } from "./sheets.js";
import { drawNotices, drawStrip } from "./strip.js";
import { drawToast, tell, untell } from "./toast.js";
import { namesAddress, namesOf, visitTitle } from "./visit.js";
import { hour, present, setServerTime, setZone } from "./moments.js";

const page = pageData("page-data");
const { words, settings } = page;
const byId = (id) => document.getElementById(id);
const SETTLE_MS = 1200; /* A second press this soon after a call is the same press of a nervous finger. */
const OLDER_MS = 10000;

let snapshot = page.snapshot;
let desk = null;
let busy = null;
let undo = null; /* {tickets, sentence, until: ms}: what Z takes back */
let settledAt = 0;
let acceptedAt = Date.now();
let scope = "counter";
let connection = null;
const line = arrivals();
let opened = null; /* {ticket, names}: whose names are shown in full, until that ticket leaves this counter */

setZone(page.timezone);

const nameOf = ({ code, name }) => (page.services.find((each) => each.code === code) || { name }).name;

function view() {
  const wait = recallIn(desk.ticket);
  const can = allowed(desk, { undo, recallIn: wait, namesShown: Boolean(opened) });
  return { wait, busy, suggestAbsent: absentSuggested(desk.ticket), can };
}

function draw() {
  desk = deskOf(snapshot, page.counter, settings);
  if (desk.counter.state === "closed" || !desk.counter.staff || desk.counter.staff.id !== page.staff) { location.reload(); return; }
  undo = desk.counter.undo ? { ...desk.counter.undo, until: Date.parse(desk.counter.undo.until) } : null;
  if (opened && (!desk.ticket || desk.ticket.id !== opened.ticket || !desk.ticket.visit)) opened = null;
  drawBar(desk, words);
  drawNotices(desk, words);
  drawVisit(desk, opened && opened.names, words, sayAbsent);
  drawPapers(desk);
  drawLine(desk, scope, words, openTicket);
  drawSide(desk, words, { bringBack: (t) => run("return", [[`/api/v1/tickets/${t.id}/return`, {}]]), resume, open: openTicket, nameOf });
  drawStrip(desk, words, async (counter) => run("release", await release(counter, { words })));
  tick();
}

function tick() {
  setText(byId("clock"), hour(present()));
  if (undo && undo.until <= present()) undo = null;
  const now = view();
  drawServing(desk, words, busy);
  drawUpcoming(desk, words);
  drawActs(desk, now.can, now, words);
  drawPresses(desk, now.can, busy, words);
  tickServing(desk, words);
  drawHeard(desk.ticket, words);
  tickClocks();
  drawToast(undo, words);
}

function toast(sentence, tone) {
  tell(sentence, tone);
  drawToast(undo, words);
}

/* --- Doing ------------------------------------------------------------------------------------------------------------ */

async function run(name, calls) {
  if (busy || !calls) return;
  busy = name;
  tick();
  const expected = snapshot.version + calls.length - 1; /* each call is one change */
  let answer = null;
  for (const [address, body] of calls) {
    answer = await post(address, body);
    if (!answer.ok) break;
  }
  /* What was done comes over the socket to everybody, here as well: the line is asked for only when it does not. */
  if (!answer.ok || answer.status === 204 || name === "sheet" || !(await line.isNewerThan(expected))) await refetch();
  busy = null;
  if (name === "next") settledAt = Date.now();
  if (answer.ok) { untell(); said(name, answer); }
  else refused(answer);
  tick();
}

function said(name, { status, data }) {
  if (name === "next" && status === 204) toast(words.nobody_called);
  else if (name === "take" && data.state === "waiting") toast(say(printing() ? words.took : words.took_unprinted, { number: data.number }), printing() ? "" : "refused");
  else if (name === "undo") toast(words.undone);
  else if (["finish", "dossier"].includes(name) && data.state === "waiting") toast(say(words.goes_on, { number: data.number, service: data.service.name }));
  else if (name === "sheet") toast(...sheetSaid(data, words));
  else if (name === "papers") toast(printing() ? words.papers_printing : words.papers_unprinted, printing() ? "" : "refused");
}

/* Whether paper may be expected: the office's printer is not known to be out of order. */
const printing = () => Boolean(desk.printer) && printerWell(desk.printer.state);

function refused(answer) {
  if (answer.status === 0) toast(words.no_answer, "refused");
  else toast((answer.data && answer.data.detail) || words.failed, "refused");
}

async function refetch() {
  const answer = signInAgain(await send("GET", page.line));
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
  line.came(snapshot.version);
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
  else await run(name, await ACTS[name]({ desk, page, refuse: refused }));
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
  if (desk.ticket) { toast(say(words.finish_first, { number: desk.ticket.number })); return; }
  await run("resume", [[`/api/v1/tickets/${ticket.id}/resume`, { counter: desk.counter.id }]]);
}

function openTicket(ticket) {
  const visit = ticket.visit ? [visitTitle(ticket, words), ticket.visit.people.map((person) => person.name).join(", ")] : ["", ""];
  const further = (ticket.further || []).map((service) => service.name).join(", ");
  const facts = [[words.service, ticket.service.name], [words.further_facts, further], visit, [words.arrived, hour(ticket.arrived_at)],
    [words.reason, ticket.reason ? ticket.reason.sentence : ticket.why]];
  ask("ticket", "", {
    prepare(dialog) {
      setText(dialog.querySelector("h2"), ticket.number);
      fill(byId("ticket-facts"), ...facts.filter(([, value]) => value).map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
      const shown = ["called", "serving"].includes(ticket.state) ? [] : ticketChoices(ticket, { desk, page });
      fill(byId("ticket-acts"), ...choiceButtons(shown, async (calls) => { closeAsking(); await run("ticket", await calls()); }));
    },
  });
}

/* --- Presses ------------------------------------------------------------------------------------------------------------ */

function onKey(event) {
  if (event.repeat && !event.key.startsWith("Arrow")) return;
  if (event.ctrlKey || event.altKey || event.metaKey || asking()) return;
  const finder = event.target === byId("find-number");
  if (finder && event.key === "Escape") { event.target.value = ""; event.target.blur(); draw(); return; }
  if (finder && event.key === "Enter") {
    event.preventDefault(); /* else it would press what the dialog offers first */
    const first = byId("line").querySelector(".line-row");
    if (first) first.click();
    return;
  }
  const arrow = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (arrow && (finder || event.target === document.body || event.target.matches("main, .line-row"))) { event.preventDefault(); stepLine(arrow); return; }
  if (isForField(event)) return;
  if (event.key === "?") { event.preventDefault(); ask("help", ""); return; }
  if (event.key === "/") { event.preventDefault(); byId("find-number").focus(); byId("find-number").select(); return; }
  const name = KEYS[letterOf(event)];
  if (name && keysOn()) { event.preventDefault(); press(name); }
}

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
  document.addEventListener("keydown", onKey);
  byId("find-number").addEventListener("input", () => drawLine(desk, scope, words, openTicket));
  byId("keys-on").defaultChecked = keysOn();
  byId("keys-on").addEventListener("change", (event) => { setKeysOn(event.target.checked); event.target.defaultChecked = event.target.checked; });
}

function choose(which) {
  scope = which;
  document.querySelectorAll("[data-scope]").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.scope === which)));
  drawLine(desk, scope, words, openTicket);
}

setServerTime(snapshot.now);
draw();
listen();
setInterval(tick, 500);
sayAlive(page.counter, refetch);
connection = followLine(page, accept, refetch, line.isLive);
const hall = followHeard(page, () => drawHeard(desk.ticket, words));
window.addEventListener("pagehide", () => { connection.close(); hall.close(); });
