/* A screen of the hall: draws each snapshot whole, has new calls said aloud, tells what was drawn and heard, keeps the last board
   when the line is lost. The layouts differ in their places (templates) and looks only. ES2017. */
import { connect } from "/static/core/live.js";
import { pageData, say, setText } from "/static/core/dom.js";
import { makeAway } from "./away.js";
import { boardOf, isAwaited, keyOf, lastCalled, makeUnsaid } from "./calls.js";
import { makeClock } from "./clock.js";
import { at, drawCounters, drawFields, drawHero, drawRecent } from "./draw.js";
import { makeHeard } from "./heard.js";
import { makeKeep } from "./keep.js";
import { makeRenewal } from "./renew.js";
import { drawSign } from "./sign.js";
import { drawFoot, drawLost, drawStops } from "./told.js";
import { makeVoice } from "./voice.js";
import { makePanel } from "./voice_panel.js";

const JUST_MS = 5000; /* a call so young is said though its person is quick */
const FRESH_MS = 90000; /* of older calls nobody wants to know that they were drawn */
const CALM_MS = 20000; /* so long without a call is a quiet moment */
const OPTIONS_MS = 60000;

const page = document.body;
const options = pageData("display");
const words = pageData("words");
const loaded = pageData("snapshot");
const lang = document.documentElement.lang === "en" ? "en-GB" : "vi-VN";
const format = (parts) => new Intl.DateTimeFormat(lang, Object.assign({ timeZone: page.dataset.tz }, parts));
const clock = makeClock();
const screen = { page, options, words, clock, time: format({ hour: "2-digit", minute: "2-digit", hour12: false }) };
const date = format({ weekday: "long", day: "2-digit", month: "2-digit", year: "numeric" });
const isPublic = options.layout === "public";

let board = null;
let state = null;
let fromKeep = false; /* the board is one that was kept, and the clock one that was remembered */
let saidNow = null;
let drawnDay = null;
let painting = false;
let panel = null;

const keep = makeKeep(page.dataset.office);
const unsaid = makeUnsaid();
const away = makeAway(screen);

const live = connect({
  namespace: "/board",
  join: { office: page.dataset.office },
  poll: page.dataset.poll,
  onSnapshot: take,
  onState(next, age) {
    state = next;
    /* Nothing came since the page was loaded: the board is as old as the page, or as what was kept. */
    drawLost(screen, state, age === null ? Math.max(0, Math.round((clock.now() - Date.parse(board.now)) / 1000)) : age);
  },
  onRefused(problem) {
    at("lost").hidden = false;
    setText(at("lost"), say(words.refused, { detail: (problem && problem.detail) || "" }));
  },
});

const heard = isPublic ? { drawn() {}, spoken() {}, state() {} } : makeHeard({ connection: live });

const voice = isPublic ? null : makeVoice({
  options,
  isStill: (call) => isAwaited(board, call) || clock.now() - lastCalled(call) < JUST_MS,
  onStart(call) {
    saidNow = call;
    page.classList.add("speaking");
    draw();
  },
  onSpoken: (call, how) => heard.spoken(call, how),
  onIdle() {
    saidNow = null;
    page.classList.remove("speaking");
    draw();
  },
});

const renewal = makeRenewal({
  release: loaded.release,
  isQuiet: () => saidNow === null && state !== "offline" && state !== null
    && !board.recent.some((call) => clock.now() - lastCalled(call) < CALM_MS),
});

function take(snapshot) {
  clock.take(snapshot.now, fromKeep);
  fromKeep = false;
  keep.save(snapshot, clock.ahead());
  renewal.see(snapshot.release);
  if (voice) voice.follow(snapshot);
  show(snapshot);
}

function show(snapshot) {
  board = boardOf(options, snapshot);
  const calls = unsaid(board, clock.now());
  draw();
  if (voice) calls.forEach((call) => voice.say(call));
}

function draw() {
  drawHero(screen, board, saidNow || board.recent[0], Boolean(saidNow));
  drawRecent(screen, board, saidNow);
  drawCounters(screen, board);
  drawFields(screen, board);
  drawSign(screen, board);
  drawStops(screen, board);
  drawFoot(screen, board);
  if (isPublic) away.draw(board);
  else tellDrawn();
}

/* What is really on the glass: painted, in sight, and the page not behind another. */
function tellDrawn() {
  if (painting) return;
  painting = true;
  requestAnimationFrame(() => requestAnimationFrame(() => {
    painting = false;
    if (document.visibilityState === "hidden") return;
    const seen = {};
    document.querySelectorAll("[data-call]").forEach((node) => { if (node.offsetParent !== null) seen[node.dataset.call] = true; });
    board.recent.filter((call) => seen[keyOf(call)] && clock.now() - lastCalled(call) < FRESH_MS).forEach((call) => heard.drawn(call));
  }));
}

function tellState() {
  heard.state({
    sound: voice ? voice.state() : "none",
    awake: document.visibilityState !== "hidden",
    ahead_ms: clock.ahead(),
    version: board.version,
    release: loaded.release || "",
  });
}

function tick() {
  const now = clock.now();
  setText(at("clock"), screen.time.format(now));
  const day = date.format(now);
  setText(at("date"), day);
  if (drawnDay !== null && drawnDay !== day) live.refresh();
  drawnDay = day;
  draw();
  if (panel) panel.draw();
  tellState();
  renewal.tick();
}

/* The head may have given this display another layout or voice meanwhile. */
async function askOptions() {
  if (!options.device || location.search) return;
  try {
    const answer = await fetch(page.dataset.screen, { headers: { Accept: "application/json" }, credentials: "same-origin" });
    if (answer.ok && JSON.stringify(await answer.json()) !== JSON.stringify(options)) renewal.want();
  } catch (lost) { /* asked again in a minute */ }
}

/* The page brought a board; a newer one was kept when the page itself comes from the browser's memory, the server being away. */
function begin() {
  const kept = keep.last();
  if (!kept || Date.parse(kept.snapshot.now) <= Date.parse(loaded.now)) return take(loaded);
  clock.take(new Date(Date.now() + kept.ahead).toISOString());
  fromKeep = true;
  show(kept.snapshot);
}

begin();
tick();
setInterval(tick, 1000);
setInterval(askOptions, OPTIONS_MS);
window.addEventListener("resize", draw);
document.addEventListener("visibilitychange", draw);
/* A sign that is silent by itself says nothing of its sound. */
if (voice && !(options.layout === "counter" && options.engine === "off")) {
  panel = makePanel({ voice, button: at("sound"), status: at("voice"), words });
}
