/* Outside the office: an hour is chosen, kept while name and phone are typed, and booked by booking's own calls. */
import { setText } from "/static/core/dom.js";
import { send } from "/static/core/http.js";
import { ask } from "./asking.js";
import { cardName } from "./card.js";
import * as draw from "./hours.js";
import { well } from "./paper.js";
import { ended, noAnswer, refuse } from "./refusals.js";
import { slip } from "./slips.js";
import { at, show } from "./stage.js";
import { lang, t } from "./words.js";

const CHOOSE_AGAIN = ["slot_taken", "slot_past", "slot_unknown", "field_stopped", "not_bookable"];
const TYPED = { name: /\p{L}[^]*\p{L}/u, phone: /(\D*\d){9}/, pin: /(\D*\d){6}/ };

const byId = (id) => document.getElementById(id);
let data = null;
let home = () => {};
let printer = () => "none";
let paper = null;
let visit = {}; /* {service, hours, day, hour, chosen, hold, name, phone, booked} of the person at the screen */

export function begin(page, goHome, printerNow) {
  data = page;
  home = goHome;
  printer = printerNow;
  paper = slip(byId("booked-print"), "print", data.urls.sheets);
  document.querySelectorAll("[data-ask]").forEach((form) => {
    const name = form.dataset.ask;
    form.querySelectorAll("input").forEach((field) => field.addEventListener("input", () => wrong(name, "")));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (typedWell(name)) answers[name]();
    });
  });
}

/* As for the next person: the place that was kept goes back at once. */
export function forget() {
  release();
  visit = {};
  document.querySelectorAll("[data-ask] input").forEach((field) => { field.value = ""; field.checked = false; });
  document.querySelectorAll("[data-ask] details").forEach((fold) => { fold.open = false; });
  ["name", "phone", "agree", "pin"].forEach((name) => wrong(name, ""));
  draw.clear();
  paper.forget();
}

export function redraw() {
  if (at() === "hours") drawHours();
  if (at() === "agree") draw.agreement(data, visit);
  if (at() === "booked") { draw.booked(data, visit, visit.booked); paper.tell(); }
}

function release() {
  if (visit.hold) send("DELETE", `${data.book.holds}/${visit.hold.hold}`);
  visit.hold = null;
}

// --- The hour --------------------------------------------------------------------------------------------------------------

/* `told`: why another hour has to be chosen. What was typed stays. */
export function pick(service, told = "") {
  release();
  visit.service = service;
  const address = `${data.urls.hours}?${new URLSearchParams({ service, place: data.place, lang: lang() })}`;
  const hear = {
    onOk(hours) {
      visit.hours = hours;
      visit.told = told;
      visit.day = hours.first ? draw.dayOf(hours, hours.first) : hours.days[0];
      drawHours();
      show("hours");
    },
    onRefused: (answer) => tell(answer, hear),
    method: "GET",
  };
  ask(t("pending_hours"), address, null, hear);
}

function drawHours() {
  draw.choice(data, visit, visit.told, (day) => { visit.day = day; show("hours"); drawHours(); document.querySelector('#days [aria-pressed="true"]').focus(); }, keep);
}

function keep(hour) {
  release();
  visit.hour = hour;
  visit.chosen = draw.dayOf(visit.hours, hour.starts_at);
  const hear = {
    onOk(hold) { visit.hold = hold; show("name"); },
    onRefused: (answer) => ((answer.data || {}).code === "too_many_holds" ? show("name") : tell(answer, hear)), /* A booking needs no hold. */
  };
  ask(t("pending_hold"), data.book.holds, { service: visit.service, starts_at: hour.starts_at }, hear);
}

export const changeHour = () => pick(visit.service);

// --- Who comes -------------------------------------------------------------------------------------------------------------

const answers = {
  name() { visit.name = byId("name").value.trim(); show("phone"); },
  phone() { visit.phone = byId("phone").value.trim(); draw.agreement(data, visit); show("agree"); },
  agree: book,
  pin: book,
};

function typedWell(name) {
  const good = name === "agree" ? byId("consent").checked : TYPED[name].test(byId(name).value);
  wrong(name, good ? "" : t(`${name}_wrong`));
  const field = byId(name === "agree" ? "consent" : name);
  if (!good) { field.focus(); field.scrollIntoView({ block: "center" }); }
  return good;
}

export function wrong(name, words) {
  byId(`${name}-error`).hidden = !words;
  setText(byId(`${name}-error`).lastElementChild, words);
}

/* A card gives its name to the field that asks for one, and nothing else. */
export function scannedCard(text) {
  if (at() !== "name" || !cardName(text)) return false;
  byId("name").value = cardName(text);
  wrong("name", "");
  byId("name").focus();
  return true;
}

// --- The booking -----------------------------------------------------------------------------------------------------------

function book() {
  const body = { service: visit.service, starts_at: visit.hour.starts_at, name: visit.name, phone: visit.phone, consent: byId("consent").checked };
  if (visit.hold) body.hold = visit.hold.hold;
  if (byId("pin").value) body.phone_code = byId("pin").value;
  const hear = {
    onOk(answer) {
      visit.booked = answer;
      visit.hold = null; /* The booking has used it up. */
      draw.booked(data, visit, answer);
      show("booked");
      if (well(printer())) paper.print(data.urls.slips, { token: answer.token });
      else paper.say("print_none");
    },
    onRefused: (answer) => tell(answer, hear),
  };
  ask(t("pending_book"), `${data.book.appointments}?lang=${lang()}`, body, hear);
}

/* The code this office sends to a phone. */
export function sendPin(again = true) {
  const done = (words) => { byId("pin").value = ""; wrong("pin", words); show("pin"); };
  const hear = {
    onOk: () => done(again ? t("pin_sent") : ""),
    onRefused: (answer) => ((answer.data || {}).code === "code_too_soon" ? done(again ? answer.data.detail : "") : tell(answer, hear)),
  };
  ask(t("pending_book"), `${data.book["phone-codes"]}?lang=${lang()}`, { phone: visit.phone }, hear);
}

function tell(answer, hear) {
  if (ended(answer)) return;
  if (answer.lost) { noAnswer(answer, hear); return; }
  const problem = answer.data || {};
  const field = ["name", "phone"].find((name) => problem.errors && problem.errors[name]);
  if (field) { wrong(field, problem.errors[field]); show(field); return; }
  if (problem.code === "code_needed") {
    if (problem.wrong) { wrong("pin", problem.detail); show("pin"); } else sendPin(false);
    return;
  }
  if (CHOOSE_AGAIN.includes(problem.code) && visit.hours) { pick(visit.service, problem.detail); return; }
  refuse({
    title: t("refused"), words: problem.detail || t("lost_what"),
    ways: [{ words: t("another_hour"), main: true, go: changeHour }, { words: t("help"), go: () => show("help") }, { words: t("back"), go: home }],
  });
}
