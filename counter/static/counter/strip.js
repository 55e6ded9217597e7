/* How the other counters stand, in one strip; and what holds for the whole office: stops, days not decided. */
import { el, say, setText } from "/static/core/dom.js";
import { hour, minutesSince, secondsSince, stopwatch } from "./moments.js";
import { redraw } from "./lists.js";
import { stopWords } from "./stops.js";

const byId = (id) => document.getElementById(id);

export function pausedWords(counter, words) {
  const why = counter.pause_reason ? say(words.paused_for, { reason: counter.pause_reason }) : words.state_paused;
  return counter.back_at ? say(words.back_at, { why, at: hour(counter.back_at) }) : why;
}

export const silentWords = (counter, words) => say(words.silent_for, { minutes: minutesSince(counter.seen_at) });

/* "đang phục vụ H009", "Tạm ngưng: họp, đến 10:15", "Sẵn sàng": one line about a counter. */
export function counterWords(counter, words) {
  if (counter.ticket) return say(counter.ticket.state === "called" ? words.calling_there : words.serving_there, { number: counter.ticket.number });
  return counter.state === "paused" ? pausedWords(counter, words) : words[`state_${counter.state}`];
}

/* Two lines: who is there and since when, or how the counter stands; below it who sits there. */
function chip(counter, words, release) {
  const { ticket } = counter;
  const silent = Boolean(counter.silent);
  const first = ticket ? [el("strong", { class: "number" }, ticket.number), " ", el("span", { class: "strip-clock", dataset: { since: ticket.state_at } }, stopwatch(secondsSince(ticket.state_at))), " ", ticket.service.name] : [counterWords(counter, words)];
  const second = [silent && silentWords(counter, words), counter.staff && counter.staff.name].filter(Boolean).join(" · ");
  const whole = [ticket && ticket.service.name, counterWords(counter, words), second].filter(Boolean).join(" · ");
  return el("li", { class: `strip-counter ${silent ? "silent" : ""} ${counter.state}`, title: whole },
    el("span", { class: "strip-number" }, el("span", { class: "visually-hidden" }, words.counter, " "), String(counter.number)),
    el("span", { class: "strip-words" }, el("span", { class: "strip-now" }, ...first), el("span", { class: "strip-staff" }, second)),
    silent && el("button", { type: "button", class: "btn btn-small btn-secondary", onclick: () => release(counter) }, words.release));
}

export function drawStrip(desk, words, release) {
  const list = byId("counters");
  if (!desk.others.length) { redraw(list, [el("li", { class: "side-empty" }, words.no_counters)]); return; }
  redraw(list, desk.others.map((counter) => chip(counter, words, release)));
}

export function drawNotices(desk, words) {
  byId("stops").hidden = !desk.stops.length;
  setText(byId("stops-words"), stopWords(desk.stops, words));
  const undecided = desk.past.filter((day) => day.undecided);
  byId("undecided").hidden = !undecided.length;
  const day = (iso) => iso.split("-").reverse().slice(0, 2).join("/");
  setText(byId("undecided-words"), undecided.map((each) => say(words.undecided_day, { n: each.undecided, day: day(each.on) })).join(" "));
}
