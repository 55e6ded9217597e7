/* The helper's tablet: find a booking and check it in, give a number, put the line right. */
import { send } from "/static/core/http.js";
import { setText } from "/static/core/dom.js";
import { listenToDialogs } from "./asks.js";
import { all, byId, page, press, toast } from "./door_room.js";
import { startFind } from "./door_find.js";
import { startHand } from "./door_hand.js";
import { chooseList, drawLine, openById, startLine } from "./door_line.js";
import { startTake } from "./door_take.js";
import { followLine, signInAgain } from "./server.js";
import { hour, present, setServerTime, setZone } from "./moments.js";
import { sheetCall, sheetSaid } from "./sheets.js";
import { stopWords } from "./stops.js";

const OLDER_MS = 10000;
let snapshot = page.snapshot;
let acceptedAt = Date.now();

function draw() {
  drawLine(snapshot);
  const stops = snapshot.stops || [];
  byId("stops").hidden = !stops.length;
  setText(byId("stops-words"), stopWords(stops, page.words));
}

async function refresh() {
  const answer = signInAgain(await send("GET", page.line));
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

async function printSheet() {
  const call = await sheetCall(page, page.services, "");
  const sheet = call && await press(...call);
  if (sheet) toast(...sheetSaid(sheet, page.words));
}

/* The tab of a view, and of a list of the line. */
function show(place) {
  const lists = ["waiting", "missed", "held"];
  const view = lists.includes(place) ? "line" : place;
  if (lists.includes(place)) chooseList(place);
  all("[data-view]").forEach((each) => { each.hidden = each.dataset.view !== view; });
  all("[data-tab]").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.tab === (view === "hand" ? "more" : view))));
  scrollTo(0, 0);
  if (place === "find") byId("find-words").focus();
}

setZone(page.timezone);
setServerTime(snapshot.now);
listenToDialogs();
startFind({ show, now: present });
startTake(openById);
startLine(refresh);
startHand(() => { show("waiting"); refresh(); });
byId("print-sheet").addEventListener("click", printSheet);
document.addEventListener("click", (event) => {
  const menu = document.querySelector(".menu[open]");
  if (menu && !event.target.closest(".menu")) menu.open = false;
  const tab = event.target.closest("[data-tab]");
  if (tab) show(tab.dataset.tab);
});
draw();
const tick = () => setText(byId("clock"), hour(present()));
tick();
setInterval(tick, 1000);
followLine(page, accept, refresh);
