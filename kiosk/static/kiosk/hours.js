/* The days and hours of a service, and what stands of a booking: drawn only. */
import { el, fill, setText } from "/static/core/dom.js";
import { qr } from "./draw.js";
import { pick, t } from "./words.js";

const byId = (id) => document.getElementById(id);

export const dayOf = (hours, startsAt) => hours.days.find((day) => day.on === startsAt.slice(0, 10));
export const said = (day, startsAt) => t("chosen_hour", { day: pick(day.name), clock: startsAt.slice(11, 16) });
export const spaced = (code) => code.replace(/(...)(?=.)/g, "$1 ");

/* The offices, where the kiosk books for several. */
export function places(data, onChoose) {
  fill(byId("places"), ...data.places.map((place) => el("li", {}, el("button", { type: "button", class: "k-tile k-place", onclick: () => onChoose(place) },
    el("span", { class: "k-tile-name" }, place.name), el("span", { class: "k-tile-note" }, place.address)))));
}

/* `visit` = {service, hours, day}; `told` says why another hour has to be chosen. */
export function choice(data, visit, told, onDay, onHour) {
  const { hours, day } = visit;
  setText(byId("hours-service"), pick(data.services[visit.service]));
  byId("hours-told").hidden = !told;
  setText(byId("hours-told"), told || "");
  soonest(hours, onHour);
  fill(byId("days"), ...hours.days.map((each) => el("button", {
    type: "button", class: "btn btn-secondary k-day", "aria-pressed": String(each === day), onclick: () => onDay(each),
  }, el("span", {}, pick(each.weekday)), el("strong", {}, each.day), el("small", {}, pick(each.note)))));
  const parts = (day.parts || []).map((part) => el("section", {}, el("h3", { class: "k-label" }, pick(part.name)),
    el("div", { class: "k-hours" }, ...part.hours.map((hour) => el("button", { type: "button", class: "btn btn-secondary k-hour", onclick: () => onHour(hour) },
      el("strong", {}, hour.clock), el("small", {}, t("left", { n: hour.left })), hour.next_day ? el("small", {}, t("next_day")) : null)))));
  fill(byId("hours"), el("h2", { class: "k-title" }, pick(day.name)),
    ...(parts.length ? parts : [el("p", { class: "k-say" }, t(hours.first ? "no_hours" : "no_days"))]));
}

function soonest(hours, onHour) {
  const first = hours.first && dayOf(hours, hours.first);
  byId("soonest").hidden = !first;
  if (!first) { fill(byId("soonest")); return; }
  const hour = first.parts.flatMap((part) => part.hours).find((each) => each.starts_at === hours.first);
  const when = said(first, hours.first);
  fill(byId("soonest"), el("span", { class: "k-offer-name" }, el("small", {}, t("soonest")), when),
    el("button", { type: "button", class: "btn btn-primary", "aria-label": `${t("pick")}: ${when}`, onclick: () => onHour(hour) }, t("pick")));
}

/* What is about to be booked. */
export function agreement(data, visit) {
  const rows = [["when", said(visit.chosen, visit.hour.starts_at)], ["what", pick(data.services[visit.service])], ["at", place(data)],
    ["who", visit.name], ["phone", visit.phone]];
  fill(byId("agree-facts"), ...rows.map(([key, text]) => el("div", {}, el("dt", {}, t(key)), el("dd", {}, text))));
  setText(byId("agree-words"), t("agree_what", { office: data.name }));
  byId("held").hidden = !visit.hold;
  setText(byId("held"), visit.hold ? t("held_until", { until: visit.hold.expires_at.slice(11, 16) }) : "");
  document.querySelectorAll("[data-notice]").forEach((text) => { text.hidden = text.dataset.notice !== data.place || text.lang !== document.documentElement.lang; });
}

const place = (data) => [data.name, data.address].filter(Boolean).join(", ");

/* What is booked. */
export function booked(data, visit, answer) {
  setText(byId("booked-when"), said(visit.chosen, answer.starts_at));
  setText(byId("booked-what"), pick(data.services[visit.service]));
  setText(byId("booked-at"), place(data));
  setText(byId("booked-code"), spaced(answer.code));
  setText(byId("booked-window"), t("booked_window", { first: answer.arrive_from.slice(11, 16), last: `\u2060${answer.arrive_until.slice(11, 16)}` }));
  qr(byId("booked-qr"), `${data.urls.qr}a/${answer.token}.svg`);
  byId("booked-qr").alt = t("booked_scan");
}

/* Nothing of a visit stays in the page, seen or not. */
export function clear() {
  ["soonest", "days", "hours", "agree-facts"].forEach((id) => fill(byId(id)));
  ["hours-service", "hours-told", "held", "booked-when", "booked-what", "booked-at", "booked-code", "booked-window"].forEach((id) => setText(byId(id), ""));
  byId("booked-qr").removeAttribute("src");
}
