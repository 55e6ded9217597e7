/* What the screens show. Nothing here decides or sends. */
import { el, fill, icon, setText } from "/static/core/dom.js";
import { waitSaid } from "/static/core/wait.js";
import { notice, said } from "./paper.js";
import { has, pick, t } from "./words.js";

const byId = (id) => document.getElementById(id);
const picture = (name) => icon(name, document.body.dataset.fields);

function waitingWords(n) { return n ? t("waiting", { n }) : t("waiting_none"); }

/* How many wait at each tile. `waiting` = people by service code, null while it is not known. Only the words change: a button
   that is replaced under a finger loses its touch. */
export function counts(data, waiting) {
  document.querySelectorAll("#tiles .k-tile-foot").forEach((foot, index) => {
    const n = waiting && data.tiles[index].services.reduce((sum, code) => sum + (waiting[code] || 0), 0);
    setText(foot, waiting ? waitingWords(n) : "");
  });
}

/* Greys out what gives no numbers today, and says so. `stopped` = why, by service code. A greyed tile is still touched: it says
   why. */
export function stops(data, stopped) {
  document.querySelectorAll("#tiles .k-tile").forEach((button, index) => {
    const codes = index < data.tiles.length ? data.tiles[index].services : [data.guide];
    const off = codes.length > 0 && codes.every((code) => stopped[code]);
    button.classList.toggle("k-stopped", off);
    const foot = button.querySelector(".k-tile-foot");
    if (off) setText(foot, t("stopped"));
    else if (index >= data.tiles.length) setText(foot, "");
  });
}

/* The first touch. */
export function tiles(data, waiting, onChoose) {
  const list = byId("tiles");
  const made = data.tiles.map((tile) => el("li", {}, el("button", { type: "button", class: "k-tile", onclick: () => onChoose(tile) },
      picture(tile.icon),
      el("span", { class: "k-tile-name" }, pick(tile.name)),
      el("span", { class: "k-tile-note" }, pick(tile.note)),
      el("span", { class: "k-tile-foot" }))));
  if (data.guide) {
    made.push(el("li", { class: "k-wide" }, el("button", { type: "button", class: "k-tile k-tile-guide", onclick: () => onChoose(null) },
      picture("guide"),
      el("span", { class: "k-tile-name" }, t("guide")),
      el("span", { class: "k-tile-note" }, t("guide_note")))));
  }
  fill(list, ...made);
  counts(data, waiting);
}

const button = (words, label, main, sign, go) => el("button", {
  type: "button", class: `btn ${main ? "btn-primary" : "btn-secondary"}`, onclick: go, "aria-label": label,
}, sign ? icon(sign) : null, words);

function row(name, note, ...buttons) {
  return el("li", { class: "k-offer" },
    el("span", { class: "k-offer-name" }, name, note ? el("small", {}, note) : null),
    el("span", { class: "k-offer-buttons" }, ...buttons));
}

function numberRow(name, note, code, onTake) {
  return row(name, note,
    button(t("take"), t("take_for", { service: name }), true, null, () => onTake(code, false)),
    button(t("take_priority"), t("take_priority_for", { service: name }), false, "priority", () => onTake(code, true)));
}

const sheetButton = (name, code, onSheet) => button(t("sheet"), t("sheet_for", { service: name }), false, "printer", () => onSheet(code));

/* The second touch: each service as an ordinary or a priority number, at the end "something else". */
export function services(data, tile, onTake) {
  const codes = tile ? tile.services : [data.guide];
  setText(byId("services-title"), tile ? pick(tile.name) : t("guide"));
  const rows = codes.map((code) => numberRow(pick(data.services[code]), null, code, onTake));
  if (tile && data.guide && !tile.services.includes(data.guide)) rows.push(numberRow(t("another"), t("another_note"), data.guide, onTake));
  fill(byId("services"), ...rows);
}

/* The same list without numbers: `codes` are the services with something to bring. */
export function papers(data, tile, codes, onSheet) {
  setText(byId("services-title"), t("sheets_title", { field: pick(tile.name) }));
  fill(byId("services"), ...codes.map((code) => row(pick(data.services[code]), null, sheetButton(pick(data.services[code]), code, onSheet))));
}

/* The same list outside the office: an hour of each service, and its papers where paper may be expected (`onSheet`). */
export function bookables(data, tile, onPick, onSheet) {
  setText(byId("services-title"), pick(tile.name));
  fill(byId("services"), ...tile.services.map((code) => {
    const name = pick(data.services[code]);
    const open = data.bookable.includes(code);
    return row(name, open ? null : t("not_bookable"),
      onSheet && data.papers.includes(code) ? sheetButton(name, code, onSheet) : null,
      open ? button(t("pick_hour"), t("pick_hour_for", { service: name }), true, null, () => onPick(code)) : null);
  }));
}

function counterWords(counters) {
  if (!counters.length) return t("counter_later");
  if (counters.length === 1) return t("counter", { n: counters[0] });
  if (counters.length === 2) return t("counter_or", { first: counters[0], last: counters[1] });
  return t("counters_many", { list: counters.join(", ") });
}

/* A picture of a code; asked for again while the line comes and goes, for it is all that some people have of their number. */
export function qr(image, address) {
  const mine = () => (image.getAttribute("src") || "").split("?")[0] === address;
  if (mine()) return;
  image.onerror = () => setTimeout(() => { if (mine()) image.src = `${address}?again=${performance.now()}`; }, 2000);
  image.src = address;
}

/* A number on the screen. `ticket` is the answer of the API, brought up to date by `live`. */
export function result(data, ticket, printer) {
  const service = data.services[ticket.service];
  setText(byId("number"), ticket.number);
  setText(byId("number-service"), service ? pick(service) : "");
  const badge = [ticket.priority && t("priority_badge"), ticket.people > 1 && t("people", { n: ticket.people })].filter(Boolean);
  byId("badge").hidden = !badge.length;
  setText(byId("badge"), badge.join(" · "));
  const outcome = ticket.outcome ? t(ticket.sentence_key, ticket.told) : "";
  byId("outcome").hidden = !outcome;
  byId("outcome").classList.toggle("k-mind", ["late", "returned", "held"].includes(ticket.outcome));
  setText(byId("outcome"), outcome);
  byId("number").previousElementSibling.hidden = false;
  qr(byId("qr"), `${data.urls.qr}t/${ticket.token}.svg`);
  byId("qr").alt = t("scan_me");
  live(data, ticket, printer);
}

/* Nothing of a number stays in the page, seen or not. */
export function clearResult() {
  ["number", "number-service", "badge", "outcome", "ahead", "wait", "wait-note", "where", "resumes"].forEach((id) => setText(byId(id), ""));
  byId("qr").removeAttribute("src");
  notice(byId("print"), "", "", "");
}

/* How long it will take, as it stands now. */
function drawWait(said) {
  byId("wait").parentElement.hidden = !said;
  setText(byId("wait-label"), said ? said.label : "");
  setText(byId("wait"), said ? said.value : "");
  byId("wait-note").hidden = !said || !said.note;
  setText(byId("wait-note"), said ? said.note : "");
}

/* The part of the result that changes while it is looked at. `printer`: how the kiosk's own is, as last told. */
export function live(data, ticket, printer) {
  const called = ticket.state === "called" && ticket.counter;
  const waiting = ticket.state === "waiting";
  const early = ticket.outcome === "expected" && !ticket.people_ahead; /* "Soon" would contradict the hour just said. */
  byId("ahead").parentElement.hidden = !waiting || ticket.people_ahead === null || early;
  setText(byId("ahead-label"), ticket.people_ahead ? t("ahead") : "");
  setText(byId("ahead"), ticket.people_ahead ? t("people", { n: ticket.people_ahead }) : t("nobody_ahead"));
  const later = waiting && Boolean(ticket.resumes_at); /* The server says so: this machine's clock may be wrong. */
  byId("resumes").hidden = !later;
  setText(byId("resumes"), later ? t("resumes", { at: ticket.resumes_at.slice(11, 16) }) : "");
  drawWait(waiting ? waitSaid(ticket, pick(data.wait_words)) : null);
  setText(byId("where"), called ? t("called_now", { counter: ticket.counter }) : counterWords(ticket.counters || []));
  const paper = ticket.print || {};
  const { key, at, tone } = said({ state: paper.state || "none", printer: printer || paper.printer, at: paper.at });
  byId("print").hidden = Boolean(ticket.outcome) && key === "none" && ticket.outcome !== "expected";
  notice(byId("print"), t(has(`print_${key}`) ? `print_${key}` : "print_none"), at, tone);
}

/* A refusal and its ways out, each one touch. `ways` = [{words, main, go}]; `pageQr` = {src, words}: a page to go on with. */
export function refused(title, sentence, ways, pageQr) {
  setText(byId("refused-title"), title);
  setText(byId("refused-words"), sentence);
  refusedQr(pageQr);
  fill(byId("ways"), ...ways.map((way) => el("button", {
    type: "button", class: `btn ${way.main ? "btn-primary" : "btn-secondary"}`, onclick: way.go,
  }, way.words)));
}

export function refusedQr(pageQr) {
  byId("refused-qr").hidden = !pageQr;
  if (!pageQr) { byId("refused-qr-img").removeAttribute("src"); setText(byId("refused-qr-words"), ""); return; }
  byId("refused-qr-img").src = pageQr.src;
  setText(byId("refused-qr-words"), pageQr.words);
}
