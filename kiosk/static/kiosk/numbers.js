/* Taking a number and checking in: what is sent, and what becomes of the number that is shown. */
import { setText } from "/static/core/dom.js";
import { send } from "/static/core/http.js";
import { ask } from "./asking.js";
import { isCard } from "./card.js";
import * as draw from "./draw.js";
import { ended, noAnswer, refuse } from "./refusals.js";
import { at, onShow, show } from "./stage.js";
import { lang, t } from "./words.js";

const ASK_TICKET_MS = 1500;
const FOLLOWED = ["state", "people_ahead", "counter", "print", "resumes_at", "wait", "after_break", "perhaps_after_break", "call_about"];
const titles = { after_break: "later", closing: "closing" };

let data = null;
let home = () => {};
let printer = () => "none";
let ticket = null; /* the answer that is shown */
let asking = 0;

export function begin(page, goHome, printerNow) {
  data = page;
  home = goHome;
  printer = printerNow;
  onShow((screen) => { if (screen !== "result") clearInterval(asking); });
}

export const shown = () => ticket;
export function forget() { ticket = null; draw.clearResult(); }
export function redraw() { if (at() === "result" && ticket) draw.result(data, ticket, printer()); }

const spoken = (address) => `${address}?lang=${lang()}`;

/* A number that is called after the break only is asked about first; `sure` = the person wants it all the same. */
export function take(service, priority, sure = false) {
  const request = () => ask(t("pending"), spoken(data.urls.tickets), { service, priority, lang: lang(), after_break: sure }, hear);
  const onRefused = (answer) => tell(answer, hear, request, titles[answer.data && answer.data.code] || "refused", () => take(service, priority, true));
  const hear = { onOk: showTicket, onRefused };
  request();
}

/* `body`: {qr} as it was scanned, or {code} as it was typed. An identity card stays here: nothing of it is sent. */
export function checkIn(body) {
  if (body.qr && isCard(body.qr)) { tellCard(); return; }
  const request = () => ask(t("pending_check"), spoken(data.urls.checkins), Object.assign({ lang: lang() }, body), hear);
  const hear = { onOk: showTicket, onRefused: (answer) => tell(answer, hear, request, "refused_checkin") };
  request();
}

function tellCard() {
  refuse({ title: t("refused_checkin"), words: t("card_scanned"), ways: waysOut({ ways: [{ do: "take_number" }] }, "refused_checkin"), retell: tellCard });
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
  const mine = ticket;
  const answer = await send("GET", data.urls.ticket + mine.token, null, { timeout: 5000 });
  if (!answer.ok || ticket !== mine || at() !== "result") return;
  FOLLOWED.forEach((name) => { if (name in answer.data) ticket[name] = answer.data[name]; });
  if (ticket.outcome && ticket.state === "called") { ticket.sentence_key = "outcome_called"; ticket.told = { counter: ticket.counter }; }
  draw.live(data, ticket, printer());
}

// --- Why not, and what then ------------------------------------------------------------------------------------------------

function tell(answer, hear, request, title, allTheSame = null) {
  if (ended(answer)) return;
  if (answer.lost) { noAnswer(answer, hear); return; }
  const problem = answer.data || {};
  refuse({ title: t(title), words: problem.detail || t("lost_what"), ways: waysOut(problem, title, allTheSame), qr: pageQr(problem), retell: request });
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
    if (way.do === "change_hour" && !way.token) return { words: t("change_hour"), go: () => setText(document.getElementById("refused-words"), t("change_hour_page")) };
    return null;
  }).filter(Boolean));
  if (title === "refused_checkin") ways.push({ words: t("type_again"), go: () => { home(); show("checkin"); } });
  if (!hours.length) ways.push({ words: t("help"), go: () => show("help") }); /* it stands below as well: the hours need the room */
  ways.push({ words: t("back"), go: home });
  return ways;
}
