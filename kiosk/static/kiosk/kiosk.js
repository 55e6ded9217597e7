/* The kiosk's screen: which part is shown, what a touch does, and how it finds home again. */
import { pageData, setText } from "/static/core/dom.js";
import { send } from "/static/core/http.js";
import * as countdown from "./countdown.js";
import * as draw from "./draw.js";
import { follow } from "./follow.js";
import { well } from "./paper.js";
import { isBusy, press } from "./press.js";
import { listen } from "./scanner.js";
import { addButtons } from "./scrolling.js";
import * as sheets from "./sheets.js";
import { lang, setWords, t, turnTo } from "./words.js";

const CHOICE_S = 60;
const RESULT_S = 45;
const MORE_S = 60;
const RENEW_AFTER_MS = 60000;
const ASK_TICKET_MS = 1500;

const data = pageData("kiosk-data");
const page = document.documentElement;
const byId = (id) => document.getElementById(id);
const code = byId("code");

let screen = "home";
let tile = null; /* the tile of the second touch; null = "I do not know what to choose" */
let ticket = null; /* the answer that is shown */
let trouble = null; /* the refusal that is shown: {request, answer} */
let state = null; /* the kiosk's state as the server last told it */
let connected = true;
let asking = 0;

/* 20 mm on the glass are 20 mm, whatever its size; without a stored width the browser's own idea of a millimetre. */
function measure() {
  page.style.setProperty("--mm", data.screen_mm ? `${window.innerWidth / data.screen_mm}px` : "3.78px");
}

// --- Which screen ----------------------------------------------------------------------------------------------------------

function show(next) {
  screen = next;
  document.querySelectorAll("[data-screen]").forEach((part) => { part.hidden = part.dataset.screen !== next; });
  if (next !== "result") clearInterval(asking);
  const heading = document.querySelector(`[data-screen="${next}"] [tabindex="-1"]`);
  if (heading) heading.focus({ preventScroll: true });
  warn();
  settle();
}

/* The countdown runs wherever a stranger's traces would stay: off home, and at home in another language or size. */
function settle() {
  const personal = lang() !== "vi" || page.classList.contains("k-larger") || page.classList.contains("k-lower");
  if (["pending", "locked", "lost"].includes(screen) || (screen === "home" && !personal)) countdown.stop();
  else countdown.start(screen === "result" ? RESULT_S : CHOICE_S, goHome);
  scrolls.forEach((measureScroll) => measureScroll());
}

function home() {
  ticket = null;
  trouble = null;
  code.value = "";
  byId("code-error").hidden = true;
  if (!connected) show("lost");
  else if (state && !state.open) show("locked");
  else show("home");
}

/* As before the person came. */
function goHome() {
  page.classList.remove("k-larger", "k-lower");
  if (lang() !== "vi") turnTo("vi");
  redraw();
  home();
  renew();
}

/* Services or words have changed: the page is loaded again while nobody uses it, and never in a circle. */
function renew() {
  if (state && state.revision !== data.revision && performance.now() > RENEW_AFTER_MS) location.reload();
}

function redraw() {
  draw.tiles(data, state && state.waiting, chooseTile);
  draw.stops(data, (state && state.stopped) || {});
  draw.keys(data, code);
  if (screen === "services") drawServices();
  if (screen === "result" && ticket) draw.result(data, ticket, printer());
  drawLocked();
  if (byId("help-phone")) setText(byId("help-phone"), t("help_phone", { phone: data.hotline }));
  const other = lang() === "vi" ? "en" : "vi";
  byId("language").lang = other;
  setText(byId("language"), data.languages[other]);
  toggleWords("larger", "smaller", "k-larger");
  toggleWords("lower", "upper", "k-lower");
  warn();
  countdown.redraw();
}

function drawLocked() {
  setText(byId("locked-until"), state && state.opens_words ? t("locked_until", { when: state.opens_words[lang()] }) : t("locked_unknown"));
}

function toggleWords(off, on, name) {
  const button = document.querySelector(`[data-do="${off}"]`);
  const pressed = page.classList.contains(name);
  button.setAttribute("aria-pressed", String(pressed));
  button.dataset.t = pressed ? on : off;
  setText(button, t(button.dataset.t));
}

/* What everybody should know before touching anything. */
function warn() {
  const unwell = state && !well(state.printer) && state.printer !== "none";
  const all = state && state.all_stopped ? state.all_stopped[lang()] : "";
  const words = !connected ? t("lost_what") : !data.on_site ? t("off_site") : all && screen !== "refused" ? all : unwell && ticket === null ? t("printer_unwell") : "";
  byId("alert").hidden = !words || screen === "lost";
  setText(byId("alert"), words);
}

// --- Taking a number ---------------------------------------------------------------------------------------------------------

/* A field that gives no numbers today says why at the first touch, and where else to go. */
function stoppedWords(chosen) {
  const codes = chosen ? chosen.services : [data.guide];
  const why = codes.map((code) => state && state.stopped && state.stopped[code]);
  return codes.length && why.every(Boolean) ? why[0][lang()] : "";
}

function chooseTile(chosen) {
  const why = stoppedWords(chosen);
  if (why) {
    trouble = { answer: {}, request: () => chooseTile(chosen) }; /* said again in the other language */
    draw.refused(t("stopped"), why, [{ words: t("back"), main: true, go: home }, { words: t("help"), go: () => show("help") }], null);
    show("refused");
    return;
  }
  tile = chosen;
  sheets.forget();
  drawServices();
  show("services");
  document.querySelectorAll("[data-scroll]").forEach((box) => { box.scrollTop = 0; });
}

const printer = () => (state ? state.printer : "none");
const drawServices = () => sheets.list(data, tile, printer(), take);

const spoken = (address) => `${address}?lang=${lang()}`;

async function ask(words, run, onAnswer) {
  if (isBusy()) return;
  setText(byId("pending-words"), words);
  byId("pending-again").hidden = true;
  show("pending");
  const answer = await run();
  if (answer === null) return;
  if (answer.ok) showTicket(answer.data);
  else onAnswer(answer);
}

const onAgain = () => { byId("pending-again").hidden = false; };

const titles = { after_break: "later", closing: "closing" };

/* A number that is called after the break only is asked about first; `sure` = the person wants it all the same. */
function take(service, priority, sure = false) {
  const request = () => ask(t("pending"),
    () => press(spoken(data.urls.tickets), { service, priority, lang: lang(), after_break: sure }, { onAgain }),
    (answer) => showRefusal(answer, request, titles[answer.data && answer.data.code] || "refused", () => take(service, priority, true)));
  request();
}

function checkIn(body) {
  const request = () => ask(t("pending_check"),
    () => press(spoken(data.urls.checkins), Object.assign({ lang: lang() }, body), { onAgain }),
    (answer) => showRefusal(answer, request, "refused_checkin"));
  request();
}

function showTicket(answer) {
  ticket = answer;
  draw.result(data, ticket, null); /* The answer is newer than what was last told of the printer. */
  show("result");
  clearInterval(asking);
  asking = setInterval(askTicket, ASK_TICKET_MS);
}

/* Print state, place and call of the number on the screen. */
async function askTicket() {
  const shown = ticket;
  const answer = await send("GET", data.urls.ticket + shown.token, null, { timeout: 5000 });
  if (!answer.ok || ticket !== shown || screen !== "result") return;
  ["state", "people_ahead", "counter", "print", "resumes_at", "wait", "after_break", "perhaps_after_break", "call_about"].forEach((name) => { if (name in answer.data) ticket[name] = answer.data[name]; });
  if (ticket.outcome && ticket.state === "called") { ticket.sentence_key = "outcome_called"; ticket.told = { counter: ticket.counter }; }
  draw.live(data, ticket, printer());
}

// --- Refusals and their ways out -----------------------------------------------------------------------------------------------

function showRefusal(answer, request, title, allTheSame = null) {
  trouble = { answer, request };
  if ([400, 401].includes(answer.status)) { location.reload(); return; } /* The pairing or the page has ended: it says what to do. */
  if (answer.lost) {
    const again = () => ask(t("pending_again"), answer.again, (next) => showRefusal(next, request, title, allTheSame));
    draw.refused(t("no_answer"), t("no_answer_what"), [{ words: t("again"), main: true, go: again }], null);
  } else {
    const problem = answer.data || {};
    draw.refused(t(title), problem.detail || t("lost_what"), waysOut(problem, title, allTheSame), pageQr(problem));
  }
  show("refused");
}

/* The page to go on with on the own phone: the own booking, or the first free hour of the next day. */
function pageQr(problem) {
  if (problem.alternatives && problem.alternatives.length) return hourQr(problem.alternatives[0]);
  const way = (problem.ways || []).find((one) => one.do === "change_hour" && one.token);
  return way ? { src: `${data.urls.qr}a/${way.token}.svg`, words: t("change_hour_scan") } : null;
}

function hourQr(hour) {
  return { src: `${data.urls.qr}hour.svg${new URL(hour.url).search}`, words: t("book_hour_scan", { when: hour.words }) };
}

function waysOut(problem, title, allTheSame) {
  const hours = (problem.alternatives || []).map((hour) => ({ words: t("book_hour", { when: hour.words }), go: () => draw.refusedQr(hourQr(hour)) }));
  const later = problem.code === "after_break" ? [{ words: t("take_all_the_same"), main: true, go: allTheSame }] : [];
  const ways = hours.concat(later, (problem.ways || []).map((way) => {
    if (way.do === "take_number" && way.service) return { words: t("take_ordinary"), main: true, go: () => take(way.service, false) };
    if (way.do === "take_number") return { words: t("choose_ordinary"), main: true, go: home };
    if (way.do === "change_hour" && !way.token) return { words: t("change_hour"), go: () => setText(byId("refused-words"), t("change_hour_page")) };
    return null;
  }).filter(Boolean));
  if (title === "refused_checkin") ways.push({ words: t("type_again"), go: () => { home(); show("checkin"); } });
  if (!hours.length) ways.push({ words: t("help"), go: () => show("help") }); /* it stands below as well: the hours need the room */
  ways.push({ words: t("back"), go: home });
  return ways;
}

// --- What is touched, typed and scanned ------------------------------------------------------------------------------------------

const deeds = {
  home,
  finish: goHome,
  checkin: () => { code.value = ""; show("checkin"); },
  more: () => countdown.more(MORE_S),
  help: () => show("help"),
  sheets: () => { sheets.turn(); drawServices(); settle(); },
  language: () => { turnTo(lang() === "vi" ? "en" : "vi"); redraw(); settle(); if (screen === "refused" && trouble && !trouble.answer.lost) trouble.request(); },
  larger: () => { page.classList.toggle("k-larger"); redraw(); settle(); },
  lower: () => { page.classList.toggle("k-lower"); redraw(); settle(); },
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (button && !(isBusy() && !["language", "larger", "lower"].includes(button.dataset.do))) deeds[button.dataset.do]();
});
document.addEventListener("pointerdown", () => countdown.touched());
document.addEventListener("keydown", () => countdown.touched());
document.addEventListener("contextmenu", (event) => event.preventDefault());
code.addEventListener("input", () => { byId("code-error").hidden = true; });
byId("code-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const typed = code.value.trim();
  byId("code-error").hidden = /[A-Za-z0-9]{4}/.test(typed.replace(/[\s.-]/g, ""));
  if (byId("code-error").hidden) checkIn({ code: typed });
  else code.focus();
});
listen((text) => { code.value = ""; checkIn({ qr: text }); });

// --- Beginning -----------------------------------------------------------------------------------------------------------------

setWords(data.words);
measure();
window.addEventListener("resize", measure);
const scrolls = Array.from(document.querySelectorAll("[data-scroll]"), addButtons);
document.querySelectorAll("[data-t='up'], [data-t='down']").forEach((node) => setText(node, t(node.dataset.t)));
redraw();
follow(data, {
  onClock: (words) => setText(byId("clock"), words),
  onState(next) {
    state = next;
    draw.counts(data, next.waiting);
    draw.stops(data, next.stopped || {});
    drawLocked();
    warn();
    if (screen === "services") sheets.follow(data, tile, printer(), take);
    if ((screen === "home" && !next.open) || (screen === "locked" && next.open)) home();
    if (screen === "home" && countdown.idle()) renew();
    scrolls.forEach((measureScroll) => measureScroll());
  },
  onConnection(there) {
    if (there === connected) return;
    connected = there;
    if (screen === "home" || screen === "locked" || screen === "lost") home();
    warn();
  },
});
