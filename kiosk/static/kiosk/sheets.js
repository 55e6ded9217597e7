/* The second touch: the services of a tile, each with its numbers; or, turned round, what to bring for each, on paper and without a
   number. That is offered only while paper may be expected: the kiosk leaves it when the printer is out, and comes back by itself.
   Outside the office there are no numbers: hours and papers stand in one list. */
import { setText } from "/static/core/dom.js";
import * as draw from "./draw.js";
import { well } from "./paper.js";
import { slip } from "./slips.js";
import { t } from "./words.js";

const byId = (id) => document.getElementById(id);
let on = false;
let paper = null;

export function begin(data) { paper = slip(byId("sheet"), "sheet", data.urls.sheets); }

/* The services of a tile that have something to bring. */
const withPapers = (data, tile) => (tile ? tile.services : []).filter((code) => data.papers.includes(code));

/* As for the next person. */
export function forget() { paper.forget(); on = false; }

export function turn() { on = !on; }

/* Draws the list. `printer`: how the kiosk's own is; `take(code, priority)` gives a number, or outside the choice of an hour. */
export function list(data, tile, printer, take) {
  follow(data, tile, printer, take);
  const print = (code) => paper.print(data.urls.sheets, data.on_site ? { service: code } : { service: code, place: data.place });
  if (!data.on_site) draw.bookables(data, tile, take, well(printer) ? print : null);
  else if (on) draw.papers(data, tile, withPapers(data, tile), print);
  else draw.services(data, tile, take);
  byId("who-priority").hidden = on || !data.on_site;
  byId("sheets-note").hidden = !on;
}

/* The printer is another one than when the list was drawn. The list itself stays under the finger, unless its time is over. */
export function follow(data, tile, printer, take) {
  const offered = data.on_site && withPapers(data, tile).length > 0 && well(printer);
  const button = byId("sheets");
  const over = on && !offered;
  if (over) on = false;
  button.hidden = !offered;
  button.dataset.t = on ? "sheets_back" : "sheets";
  setText(button, t(button.dataset.t));
  paper.tell();
  if (over) list(data, tile, printer, take);
}
