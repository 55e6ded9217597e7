/* The second touch: the services of a tile, each with its numbers; or, turned round, what to bring for each, on paper and without a
   number. That is offered only while paper may be expected: the kiosk leaves it when the printer is out, and comes back by itself. */
import { setText } from "/static/core/dom.js";
import { send } from "/static/core/http.js";
import * as draw from "./draw.js";
import { notice, ON_THE_WAY, said, well } from "./paper.js";
import { press } from "./press.js";
import { has, lang, t } from "./words.js";

const ASK_MS = 1000;

const byId = (id) => document.getElementById(id);
let on = false;
let sheet = null; /* the sheet that is told of: the API's answer, or {words} of a refusal */
let asking = 0;

/* The services of a tile that have something to bring. */
const withPapers = (data, tile) => (tile ? tile.services : []).filter((code) => data.papers.includes(code));

/* As for the next person. */
export function forget() {
  clearTimeout(asking);
  sheet = null;
  on = false;
}

export function turn() { on = !on; }

/* Draws the list. `printer`: how the kiosk's own is; `take(code, priority)` gives a number. */
export function list(data, tile, printer, take) {
  follow(data, tile, printer, take);
  if (on) draw.papers(data, tile, withPapers(data, tile), (code) => print(data, code));
  else draw.services(data, tile, take);
  byId("who-priority").hidden = on;
  byId("sheets-note").hidden = !on;
}

/* The printer is another one than when the list was drawn. The list itself stays under the finger, unless its time is over. */
export function follow(data, tile, printer, take) {
  const offered = withPapers(data, tile).length > 0 && well(printer);
  const button = byId("sheets");
  const over = on && !offered;
  if (over) on = false;
  button.hidden = !offered;
  button.dataset.t = on ? "sheets_back" : "sheets";
  setText(button, t(button.dataset.t));
  tell();
  if (over) list(data, tile, printer, take);
}

function tell() {
  const box = byId("sheet");
  box.hidden = !sheet;
  if (!sheet) { notice(box, "", "", ""); return; }
  if (sheet.words) { notice(box, sheet.words, "", "notice-amber"); return; }
  const { key, at, tone } = said(sheet);
  notice(box, t(has(`sheet_${key}`) ? `sheet_${key}` : "sheet_blocked"), at, tone);
}

/* One touch, one sheet: another touch while it is on its way is dropped. */
async function print(data, service) {
  if (sheet && ON_THE_WAY.includes(sheet.state)) return;
  sheet = { state: "queued", printer: "unknown", at: null };
  const mine = sheet;
  tell();
  const answer = await press(`${data.urls.sheets}?lang=${lang()}`, { service, lang: lang() }, { onAgain: () => {} });
  if (answer === null || sheet !== mine) return;
  sheet = answer.ok ? answer.data : { words: (answer.data && answer.data.detail) || t("sheet_blocked") };
  tell();
  if (answer.ok) wait(data, sheet);
}

/* Until it has come, or has not. */
function wait(data, shown) {
  clearTimeout(asking);
  if (!ON_THE_WAY.includes(shown.state)) return;
  asking = setTimeout(async () => {
    const answer = await send("GET", `${data.urls.sheets}/${shown.id}`, null, { timeout: 5000 });
    if (sheet !== shown) return;
    if (answer.ok) { sheet = answer.data; tell(); }
    wait(data, sheet);
  }, ASK_MS);
}
