/* The office today: draws the snapshots of the socket, sends presses. What is wrong is decided by the server alone
   (alarm_rules.py); because a wait grows and a machine falls silent without any change of the line, it is asked every 20 s. */
import { connect } from "/static/core/live.js";
import { send } from "/static/core/http.js";
import { el, fill, icon, pageData, say, setText } from "/static/core/dom.js";

const page = pageData("page-data");
const { words, alarms: alarmWords } = page;
const byId = (id) => document.getElementById(id);
const REFRESH_MS = 20000;
const TOAST_MS = 8000;
const wall = new Intl.DateTimeFormat("en-GB", { timeZone: page.timezone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const day = new Intl.DateTimeFormat("en-GB", { timeZone: page.timezone, day: "2-digit", month: "2-digit" });

let now = page.snapshot;
let ahead = 0; /* ms the server's clock is ahead of the tablet's */
let toastTimer = 0;
let connection = null;
const drawn = {};

const present = () => Date.now() + ahead;
const hour = (iso) => wall.format(Date.parse(iso));
const hourOrDay = (iso) => (day.format(Date.parse(iso)) === day.format(present()) ? hour(iso) : `${hour(iso)} ${day.format(Date.parse(iso))}`);
const minutes = (iso) => Math.max(0, Math.floor((present() - Date.parse(iso)) / 60000));

/* --- Drawing: a part is built anew only when it would look different, and the focus stays where it was. --------------------- */

function redraw(node, what, build) {
  const mark = JSON.stringify(what);
  if (drawn[node.id] === mark) return;
  drawn[node.id] = mark;
  const focused = node.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  fill(node, ...build());
  const again = focused && Array.from(node.querySelectorAll("[data-key]")).find((each) => each.dataset.key === focused);
  if (again) again.focus();
}

function press(key, label, tone, doing) {
  return el("button", { type: "button", class: `btn btn-small btn-${tone}`, dataset: { key }, onclick: doing }, label);
}

const closedCounters = () => now.counters.filter((each) => each.state === "closed");

function alarmAct(alarm) {
  if (["wait_long", "nobody_open"].includes(alarm.code) && closedCounters().length && now.officers.length) {
    return press(`open-${alarm.code}`, words.open_more, "primary", () => askSeat(null, null));
  }
  if (alarm.code === "counter_silent") {
    return press(`release-${alarm.ref}`, say(words.release_counter, { n: alarm.about }), "primary", () => askRelease(alarm.ref));
  }
  return alarm.code === "printer" ? el("a", { class: "btn btn-small btn-secondary", href: page.printers, dataset: { key: `printer-${alarm.ref}` } }, words.see_printers) : null;
}

/* A machine that was off since Friday is not silent for 3,900 minutes. */
function longWords(count) {
  if (count < 120) return say(words.minutes, { n: count });
  return count < 2880 ? say(words.hours, { n: Math.floor(count / 60) }) : say(words.days, { n: Math.floor(count / 1440) });
}

function drawAlarms() {
  const { alarms } = now;
  document.querySelector(".now-alarms").classList.toggle("now-alarming", alarms.length > 0);
  setText(byId("alarms-title"), alarms.length ? say(words.alarms, { n: alarms.length }) : now.on_duty ? words.calm : words.calm_closed);
  document.title = `${alarms.length ? `(${alarms.length}) ` : ""}${document.title.replace(/^\(\d+\) /, "")}`;
  redraw(byId("alarms"), [alarms, closedCounters().length], () => alarms.map((alarm) => {
    const [wrong, todo] = alarmWords[alarm.kind ? `${alarm.code}:${alarm.kind}` : alarm.code] || [alarm.code, ""];
    return el("li", { class: `now-alarm now-${alarm.tone}` }, icon("warning"),
      el("div", {}, el("strong", {}, say(wrong, Object.assign({ long: longWords(alarm.minutes) }, alarm))), el("span", {}, todo)), alarmAct(alarm));
  }));
}

function figure(name, value, more, bad) {
  const [big, small] = byId(`figure-${name}`).querySelectorAll("dd");
  setText(big, value);
  setText(small, more || "");
  byId(`figure-${name}`).classList.toggle("now-bad", Boolean(bad));
}

function drawFigures() {
  const opened = now.counters.filter((each) => each.state === "open").length;
  const alarming = (code) => now.alarms.some((each) => each.code === code);
  figure("waiting", now.waiting);
  figure("longest", now.longest ? say(words.minutes, { n: now.longest.minutes }) : "–", now.longest ? [now.longest.number, page.services[now.longest.service]].filter(Boolean).join(" · ") : words.nobody, alarming("wait_long"));
  figure("counters", say(words.of, { open: opened, all: now.counters.length }), "", alarming("nobody_open"));
  figure("expected", now.expected, now.overdue ? say(words.overdue, { n: now.overdue }) : "");
  figure("missed", now.missed.length);
}

function serving(counter) {
  if (counter.state === "paused") {
    const back = counter.back_at ? say(words.back_at, { at: hour(counter.back_at) }) : "";
    return el("p", { class: "small" }, [counter.pause_reason, back].filter(Boolean).join(" · ") || say(words.since, { at: hour(counter.since) }));
  }
  if (!counter.ticket) return el("p", { class: "muted" }, words.free);
  const { number, state, since } = counter.ticket;
  return el("p", { class: "now-serving" }, el("strong", {}, number), el("span", { class: "muted", dataset: { since, words: state === "called" ? "called" : "serving" } }));
}

const PILLS = { open: "green", paused: "amber", closed: "plain" };

function presses(counter) {
  if (counter.state === "closed") return now.officers.length ? [press(`open-${counter.id}`, words.open, "secondary", () => askSeat(counter.id, null))] : [];
  const found = [];
  if (counter.silent_at) found.push(press(`free-${counter.id}`, words.release, "primary", () => askRelease(counter.id)));
  if (closedCounters().length) found.push(press(`move-${counter.id}`, words.move, "secondary", () => askSeat(null, counter.officer)));
  return found;
}

function named(button, counter) {
  button.append(el("span", { class: "visually-hidden" }, ` ${say(words.counter, { n: counter.number })}`));
  return button;
}

function drawCounters() {
  redraw(byId("counters"), [now.counters, now.officers.length], () => now.counters.map((counter) => {
    const open = counter.state !== "closed";
    return el("li", { class: `now-counter${counter.silent_at ? " now-counter-silent" : ""}${open ? "" : " now-counter-closed"}` },
      el("header", {}, el("h3", {}, say(words.counter, { n: counter.number })), el("span", { class: `pill pill-${PILLS[counter.state]}` }, words[`state_${counter.state}`])),
      el("p", { class: "now-name" }, [counter.officer_name, counter.name].filter(Boolean).join(" · ")),
      page.takes[counter.id] ? el("p", { class: "now-takes", title: page.takes[counter.id] }, page.takes[counter.id]) : null,
      open ? serving(counter) : null,
      counter.silent_at ? el("p", { class: "red strong", dataset: { since: counter.silent_at, words: "counter_silent" } }) : null,
      el("div", { class: "now-press" }, ...presses(counter).map((button) => named(button, counter))));
  }));
}

function numbers(id, list) {
  setText(byId(id), list.length ? list.map((each) => `${each.number} (${say(words.minutes, { n: minutes(each.since) })})`).join(", ") : words.none);
}

function machineLine(name, kind, state, tone) {
  return el("li", {}, el("span", {}, name, kind ? el("span", { class: "muted small" }, ` ${kind}`) : null), el("span", { class: `now-state ${tone}` }, state));
}

function drawMachines() {
  redraw(byId("machines"), [now.printers, now.machines, now.on_duty], () => {
    const printers = now.printers.map((each) => {
      const out = ["paper_out", "cover", "off"].includes(each.state);
      const state = words[`printer_${each.state}`] + (each.replaced ? `, ${words.replaced}` : "");
      return machineLine(each.name, "", state, out && !each.replaced ? "red" : out || each.state === "near_end" ? "amber" : "");
    });
    const machines = now.machines.map((each) => {
      const silent = each.heard_at ? say(words.silent, { at: hourOrDay(each.heard_at) }) : words.never;
      return machineLine(each.name, words[`kind_${each.kind}`], each.silent ? silent : words.well, each.silent && now.on_duty ? "red" : "");
    });
    const all = printers.concat(machines);
    return all.length ? all : [el("li", { class: "muted" }, words.none)];
  });
}

function drawNotice() {
  byId("told").hidden = !now.notice;
  byId("untell").hidden = !now.notice;
  setText(byId("told-text"), now.notice);
  setText(byId("told-until"), now.notice_until ? say(words.told_until, { at: hourOrDay(now.notice_until) }) : words.told_always);
}

function draw() {
  const pill = byId("open");
  pill.className = `pill pill-${now.open_now ? "green" : "plain"}`;
  setText(pill, now.open_now ? words.open_now : now.opens_at ? say(words.opens_at, { at: hourOrDay(now.opens_at) }) : words.closed);
  drawAlarms();
  drawFigures();
  drawCounters();
  drawMachines();
  drawNotice();
  tick();
}

function tick() {
  setText(byId("clock"), wall.format(present()));
  document.querySelectorAll("[data-since]").forEach((node) => setText(node, say(words[node.dataset.words], { n: minutes(node.dataset.since) })));
  numbers("missed", now.missed);
  numbers("late", now.late);
  numbers("held", now.held);
}

function accept(snapshot) {
  now = snapshot;
  ahead = Date.parse(snapshot.now) - Date.now();
  draw();
}

/* --- Doing: what moves people is said in a sentence and asked first. -------------------------------------------------------- */

function toast(sentence, wrong) {
  const box = byId("toast");
  box.hidden = false;
  box.className = `toast${wrong ? " toast-red" : ""}`;
  setText(box, sentence);
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { box.hidden = true; }, TOAST_MS);
}

async function run(address, body, done) {
  const answer = await send("POST", address, body);
  if (answer.status === 401) location.reload();
  toast(answer.ok ? done : answer.status === 0 ? words.no_answer : (answer.data && answer.data.detail) || words.failed, !answer.ok);
  connection.refresh();
  return answer.ok;
}

function option(value, label, selected) {
  return el("option", { value, selected }, label);
}

function seatWords() {
  const counter = now.counters.find((each) => String(each.id) === byId("seat-counter").value);
  const officer = now.officers.find((each) => String(each.id) === byId("seat-staff").value);
  const places = { n: counter ? counter.number : "", name: officer ? officer.name : "", from: officer && officer.counter };
  const moves = Boolean(officer && officer.counter !== null);
  const busy = moves && officer.busy;
  setText(byId("seat-what"), say(busy ? words.seat_busy : moves ? words.seat_moves : words.seat_opens, places));
  setText(byId("seat-do"), say(moves ? words.do_move : words.do_open, places));
  byId("seat-do").disabled = busy || !counter || !officer;
  return { counter, officer, moves, places };
}

function askSeat(counter, officer) {
  const free = (each) => each.counter === null;
  const officers = now.officers.filter(free).concat(now.officers.filter((each) => !free(each)));
  fill(byId("seat-counter"), ...closedCounters().map((each) => option(each.id, [say(words.counter, { n: each.number }), each.name || page.takes[each.id]].filter(Boolean).join(": "), each.id === counter)));
  fill(byId("seat-staff"), ...officers.map((each) => option(each.id, say(free(each) ? words.seat_free : words.seat_elsewhere, { name: each.name, n: each.counter }), each.id === officer)));
  seatWords();
  byId("seat").showModal();
}

function askRelease(id) {
  const counter = now.counters.find((each) => each.id === id);
  if (!counter) return;
  const number = counter.ticket ? counter.ticket.number : "";
  byId("release").dataset.counter = id;
  setText(byId("release-what"), say(number ? words.release_number : words.release_nobody, { n: counter.number, number }));
  setText(byId("release-do"), say(words.release_counter, { n: counter.number }));
  byId("release").showModal();
}

["seat-counter", "seat-staff"].forEach((id) => byId(id).addEventListener("change", seatWords));
byId("seat").querySelector("form").addEventListener("submit", () => {
  const { counter, officer, moves, places } = seatWords();
  if (counter && officer) run(`/api/v1/counters/${counter.id}/seat`, { staff: officer.id, move: moves }, say(moves ? words.moved : words.opened, places));
});
byId("release").querySelector("form").addEventListener("submit", () => {
  const counter = now.counters.find((each) => String(each.id) === byId("release").dataset.counter);
  if (counter) run(`/api/v1/counters/${counter.id}/release`, {}, say(words.released, { n: counter.number }));
});
document.querySelectorAll("dialog").forEach((dialog) => dialog.addEventListener("click", (event) => {
  if (event.target === dialog || event.target.closest("[data-close]")) dialog.close();
}));
byId("notice").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = byId("notice");
  if (await run(page.notice, { notice: form.notice.value, minutes: Number(form.minutes.value) }, words.told)) form.notice.value = "";
});
byId("untell").addEventListener("click", () => run(page.notice, { notice: "" }, words.untold));

accept(now);
connection = connect({
  namespace: "/today",
  join: { office: page.office },
  poll: page.today,
  onSnapshot: accept,
  onState(state, age) {
    const live = byId("live");
    live.className = `live live-${state}`;
    setText(live, say(words[`live_${state}`], { age: age === null ? "–" : age }));
    document.body.classList.toggle("now-lost", state === "offline");
  },
  onRefused(problem) { if (problem && problem.code === "not_signed_in") location.reload(); else toast((problem && problem.detail) || words.failed, true); },
});
setInterval(() => connection.refresh(), REFRESH_MS);
setInterval(tick, 1000);
