/* Finding a booking of today, opening it, checking it in; and what is said to who came on the wrong day. */
import { el, fill, say, setText } from "/static/core/dom.js";
import { ask } from "./asks.js";
import { hour } from "./moments.js";
import { all, byId, facts, ofOffice, press, pressed, refuse, search, words } from "./door_room.js";
import { give, given } from "./door_take.js";
import { peoplePill } from "./visit.js";

const SCANNED = /\/[at]\/[\w-]+/;
const CODE = /^[a-z0-9]{5,8}$/i;
const intro = byId("found-words").textContent;
let places = {}; /* {show, now}: what the tablet does beyond finding */

export async function find(event) {
  event.preventDefault();
  const wanted = byId("find-words").value.trim();
  if (!wanted) { byId("find-words").focus(); return; }
  byId("wrong").hidden = true;
  if (SCANNED.test(wanted)) { await scanned(wanted); return; }
  const answer = await search(ofOffice("bookings/find"), { q: wanted.slice(0, 80) });
  if (!answer.ok) { refuse(answer); return; }
  fill(byId("found"), ...answer.data.map(bookingRow));
  byId("cases").hidden = answer.data.length > 0;
  setText(byId("found-words"), answer.data.length ? say(words.found, { n: answer.data.length }) : words.found_none);
  if (!answer.data.length && CODE.test(wanted)) await codeOfAnotherDay(wanted);
}

function bookingRow(booking) {
  return el("li", {}, el("button", { type: "button", class: "door-row", onclick: () => open(booking) },
    el("span", { class: "number" }, hour(booking.starts_at)),
    el("span", { class: "door-what" }, el("strong", {}, `${booking.name} · ${booking.phone}`), el("span", { class: "muted" }, booking.service)),
    el("span", { class: "door-end" }, peoplePill(booking, words), booking.number ? el("span", { class: "pill pill-green" }, say(words.has_number, { number: booking.number })) : words.open_booking)));
}

/* How far from the hour the person stands here, in words: before anything is confirmed. */
function whenWords(startsAt) {
  const minutes = Math.round((Date.parse(startsAt) - places.now()) / 60000);
  const span = Math.abs(minutes) < 60 ? say(words.span_minutes, { n: Math.abs(minutes) }) : say(words.span_hours, { n: Math.floor(Math.abs(minutes) / 60), m: Math.abs(minutes) % 60 });
  if (minutes > 10) return say(words.comes_early, { span });
  return minutes < -10 ? say(words.comes_late, { span }) : words.comes_now;
}

async function open(booking) {
  const whole = await press(ofOffice(`bookings/${booking.id}/open`), {});
  if (!whole) return;
  const family = whole.people > 1 ? whole.everybody.map((person) => [person.name, person.service]) : [[words.service, whole.service]];
  ask("booking", whole.name, {
    prepare() {
      facts(byId("booking-facts"), [[words.hour, `${hour(whole.starts_at)} · ${whole.number ? say(words.has_number, { number: whole.number }) : whenWords(whole.starts_at)}`],
        ...family, [words.phone, whole.phone.replace(/^\+84/, "0")], [words.code, whole.code]]);
      byId("check-in").hidden = Boolean(whole.number);
      byId("check-in").onclick = () => checkIn({ code: whole.code });
    },
  });
}

async function checkIn(body) {
  const ticket = await press(ofOffice("check-ins"), body);
  if (ticket) admitted(ticket);
}

/* As before anything was sought. */
function begin() {
  fill(byId("found"));
  setText(byId("found-words"), intro);
  byId("wrong").hidden = true;
  byId("cases").hidden = false;
}

function admitted(ticket) {
  byId("find-words").value = "";
  begin();
  given(ticket, words[`outcome_${ticket.outcome}`] || "", ticket.sentence);
}

/* A scanner types the address that its picture holds: of a booking, a ticket, or a slip of the day before. */
async function scanned(text) {
  const answer = await pressed(ofOffice("check-ins"), { qr: text });
  if (!answer) return;
  byId("find-words").value = "";
  if (answer.ok) admitted(answer.data);
  else if (answer.status === 0 || !answer.data) refuse(answer);
  else wrong(answer.data);
}

/* Not among today's: the server knows of which day it is, and says what may be done. */
async function codeOfAnotherDay(code) {
  const answer = await pressed(ofOffice("check-ins"), { code });
  if (!answer) return;
  if (answer.ok) admitted(answer.data);
  else if (answer.data && answer.data.code !== "not_found") wrong(answer.data);
}

function wrong(problem) {
  const ways = (problem.ways || []).map((way) => {
    if (way.do === "take_number" && way.service) return el("button", { type: "button", class: "btn btn-primary btn-large", onclick: () => give(way.service) }, words.take_instead);
    if (way.do === "take_number") return el("button", { type: "button", class: "btn btn-primary btn-large", onclick: () => places.show("take") }, words.take_instead);
    return way.url ? el("a", { class: "btn btn-secondary btn-large", href: way.url, target: "_blank", rel: "noopener" }, words.change_hour) : null;
  });
  setText(byId("found-words"), "");
  fill(byId("found"));
  setText(byId("wrong-words"), problem.detail);
  fill(byId("wrong-ways"), ...ways);
  byId("wrong").hidden = false;
}

export function startFind(the) {
  places = the;
  byId("find").addEventListener("submit", find);
  byId("find-words").addEventListener("input", () => {
    if (!byId("find-words").value) begin();
  });
  all("[data-go]").forEach((button) => button.addEventListener("click", () => places.show(button.dataset.go)));
}
