/* The kiosk's screen: what a touch, a key and a scan do, and how it finds home again. */
import { pageData, setText } from "/static/core/dom.js";
import * as asking from "./asking.js";
import * as book from "./book.js";
import { isCard } from "./card.js";
import * as countdown from "./countdown.js";
import * as draw from "./draw.js";
import { follow } from "./follow.js";
import * as hours from "./hours.js";
import * as keyboard from "./keyboard.js";
import * as looks from "./looks.js";
import * as numbers from "./numbers.js";
import { well } from "./paper.js";
import { isBusy, onFree } from "./press.js";
import * as refusals from "./refusals.js";
import { listen } from "./scanner.js";
import { addButtons } from "./scrolling.js";
import * as sheets from "./sheets.js";
import { at, field, onShow, show } from "./stage.js";
import { lang, setWords, t } from "./words.js";

const SECONDS = { name: 90, phone: 90, pin: 120, agree: 120, result: 45 };
const CHOICE_S = 60;
const KEPT_S = 8; /* how long a number stands before what was scanned meanwhile has its turn */
const MORE_S = 60;
const RENEW_AFTER_MS = 60000;
const WITHOUT_COUNTDOWN = ["home", "locked", "lost", "places"]; /* unless somebody has changed their looks */

const data = pageData("kiosk-data");
const byId = (id) => document.getElementById(id);
const code = byId("code");

let tile = null; /* the tile of the second touch; null = "I do not know what to choose" */
let state = null; /* the kiosk's state as the server last told it */
let connected = true;

const printer = () => (state ? state.printer : "none");
const several = data.places.length > 1;

// --- Which screen ----------------------------------------------------------------------------------------------------------

onShow((screen) => {
  setText(byId("office-name"), screen === "places" ? t("book_at") : data.name);
  warn();
  settle();
  fit();
});

/* The countdown runs wherever a stranger's traces would stay. */
function settle() {
  const screen = at();
  const next = screen === "result" && asking.anyKept();
  const done = document.querySelector('[data-do="finish"]');
  done.dataset.t = next ? "next_now" : "done";
  setText(done, t(done.dataset.t));
  const first = WITHOUT_COUNTDOWN.includes(screen);
  if (screen === "pending" || (first && !looks.personal() && !chosenPlace())) countdown.stop();
  else if (first && !countdown.idle()) return; /* A line that comes and goes is nobody's touch. */
  else if (next) countdown.start(KEPT_S, scanNext, "next_in");
  else countdown.start(SECONDS[screen] || CHOICE_S, goHome);
}

function fit() { scrolls.forEach((measure) => measure()); }

/* The first screen, for the same person: nothing chosen, typed or shown before is left. */
function home() {
  [numbers, refusals, sheets].concat(data.on_site ? [] : [book]).forEach((each) => each.forget());
  tile = null;
  code.value = "";
  byId("code-error").hidden = true;
  document.querySelectorAll("[data-scroll]").forEach((box) => { box.scrollTop = 0; });
  if (!connected) show("lost");
  else if (data.on_site && state && !state.open) show("locked");
  else show("home");
}

/* As before the person came. */
function goHome() {
  looks.forget();
  asking.forget();
  redraw();
  home();
  if (several && connected) show("places");
  renew();
}

/* Whether, of several offices, one is chosen: that is the choice of somebody who may have gone. */
const chosenPlace = () => several && at() === "home";

/* Services or words have changed: the page is loaded again while nobody uses it, and never in a circle. */
function renew() {
  if (state && state.revision !== data.revision && performance.now() > RENEW_AFTER_MS) location.reload();
}

function redraw() {
  if (at() === "places") setText(byId("office-name"), t("book_at"));
  draw.tiles(data, data.on_site && state && state.waiting, chooseTile);
  draw.stops(data, stopped());
  keyboard.draw(data.keys);
  if (at() === "services") drawServices();
  numbers.redraw();
  if (!data.on_site) { hours.places(data, choosePlace); book.redraw(); }
  drawLocked();
  setText(byId("help-phone"), data.hotline ? t("help_phone", { phone: data.hotline }) : "");
  looks.draw(data.languages);
  warn();
  countdown.redraw();
}

const stopped = () => (data.on_site && state && state.stopped) || {};

function drawLocked() {
  setText(byId("locked-until"), state && state.opens_words ? t("locked_until", { when: state.opens_words[lang()] }) : t("locked_unknown"));
}

/* What everybody should know before touching anything. */
function warn() {
  const unwell = state && !well(state.printer) && state.printer !== "none" && numbers.shown() === null;
  const all = data.on_site && state && state.all_stopped && at() !== "refused" ? state.all_stopped[lang()] : "";
  const words = !connected ? t("lost_what") : all || (unwell ? t("printer_unwell") : "");
  byId("alert").hidden = !words || at() === "lost";
  setText(byId("alert"), words);
}

// --- Choosing --------------------------------------------------------------------------------------------------------------

function choosePlace(place) {
  Object.assign(data, place);
  redraw();
  show("home");
}

/* A field that gives no numbers today says why at the first touch, and where else to go. */
function stoppedWords(chosen) {
  const codes = chosen ? chosen.services : [data.guide];
  const why = codes.map((each) => stopped()[each]);
  return codes.length && why.every(Boolean) ? why[0][lang()] : "";
}

function chooseTile(chosen) {
  const words = stoppedWords(chosen);
  if (words) {
    const ways = [{ words: t("back"), main: true, go: home }, { words: t("help"), go: () => show("help") }];
    refusals.refuse({ title: t("stopped"), words, ways, retell: () => chooseTile(chosen) });
    return;
  }
  if (!chosen && !data.on_site) { show("help"); return; }
  tile = chosen;
  sheets.forget();
  drawServices();
  show("services");
  document.querySelectorAll("[data-scroll]").forEach((box) => { box.scrollTop = 0; });
}

const drawServices = () => sheets.list(data, tile, printer(), data.on_site ? numbers.take : book.pick);

// --- What is touched, typed and scanned --------------------------------------------------------------------------------------

const turned = () => { redraw(); settle(); fit(); };
const deeds = {
  home,
  finish: () => (asking.anyKept() ? scanNext() : goHome()),
  checkin: () => { code.value = ""; byId("code-error").hidden = true; show("checkin"); },
  more: () => countdown.more(MORE_S),
  help: () => show("help"),
  sheets: () => { sheets.turn(); drawServices(); settle(); fit(); },
  places: () => { home(); show("places"); },
  services: () => { drawServices(); show("services"); },
  hours: book.changeHour,
  name: () => show("name"),
  phone: () => show("phone"),
  pin: () => book.sendPin(),
  language: () => { looks.turn(); turned(); if (at() === "refused") refusals.retell(); },
  larger: () => { looks.toggle("larger"); turned(); },
  lower: () => { looks.toggle("lower"); turned(); },
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (button && !(isBusy() && !["language", "larger", "lower"].includes(button.dataset.do))) deeds[button.dataset.do]();
});
document.addEventListener("pointerdown", countdown.touched);
document.addEventListener("contextmenu", (event) => event.preventDefault());
document.addEventListener("keydown", (event) => {
  countdown.touched();
  /* A real keyboard types into the field that is asked for, wherever the focus is. */
  const sign = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (sign && field() && event.target !== field()) field().focus();
});
code.addEventListener("input", () => {
  const odd = keyboard.tidyCode(code, data.keys);
  byId("code-error").hidden = !odd;
  setText(byId("code-error").lastElementChild, odd ? t("checkin_signs") : "");
});
byId("code-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const typed = code.value.replace(/ /g, "");
  byId("code-error").hidden = typed.length >= 4;
  setText(byId("code-error").lastElementChild, t("checkin_none"));
  if (typed.length >= 4) numbers.checkIn({ code: typed });
  else code.focus();
});

/* `seen`: what stood in the field meanwhile. Letters that no key of a scanner has may be only there. */
function scan(text, seen = "") {
  if (data.on_site) { numbers.checkIn({ qr: text }); return; }
  if (isCard(text) && (book.scannedCard(seen) || book.scannedCard(text))) return;
  const before = at();
  const back = () => (before === "refused" ? home() : show(before));
  refusals.refuse({ title: t("refused_checkin"), words: t("checkin_there"), ways: [{ words: t("back"), main: true, go: back }], retell: () => scan(text) });
}

function scanNext() {
  const text = asking.nextKept();
  if (text) scan(text);
}

listen((text, seen) => { countdown.touched(); if (asking.scannedNow(text)) scan(text, seen); });
/* What was scanned during a request that ended without a number has its turn at once. */
const turnOfKept = () => { if (!["pending", "result"].includes(at()) && !isBusy()) scanNext(); };
onShow(() => setTimeout(turnOfKept, 0));
onFree(turnOfKept);

// --- Beginning -----------------------------------------------------------------------------------------------------------------

setWords(data.words);
looks.measure(data.screen_mm);
window.addEventListener("resize", () => looks.measure(data.screen_mm));
const scrolls = Array.from(document.querySelectorAll("[data-scroll]"), addButtons);
document.querySelectorAll("[data-t='up'], [data-t='down']").forEach((node) => setText(node, t(node.dataset.t)));
numbers.begin(data, home, printer);
sheets.begin(data);
if (!data.on_site) book.begin(data, home, printer);
redraw();
if (several) show("places");
follow(data, {
  onClock: (words) => setText(byId("clock"), words),
  onState(next) {
    state = next;
    if (data.on_site) draw.counts(data, next.waiting);
    draw.stops(data, stopped());
    drawLocked();
    warn();
    if (at() === "services") sheets.follow(data, tile, printer(), numbers.take);
    if (data.on_site && ((at() === "home" && !next.open) || (at() === "locked" && next.open))) home();
    if (["home", "places"].includes(at()) && countdown.idle()) renew();
    fit();
  },
  onConnection(there) {
    if (there === connected) return;
    connected = there;
    if (["home", "locked", "lost", "places"].includes(at())) { home(); if (several && connected) show("places"); }
    warn();
  },
});
