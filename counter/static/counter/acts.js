/* What each press sends. An act gives the calls to make one after another: [[address, body], ...], or null when the officer
   thought better of it. */
import { el, fill, say, setText } from "/static/core/dom.js";
import { send } from "/static/core/http.js";
import { ask } from "./asks.js";
import { lineOf, noServe } from "./board.js";
import { missingOf } from "./papers.js";
import { fillServices, mineFirst } from "./pick.js";
import { sheetCall } from "./sheets.js";
import { counterWords } from "./strip.js";

const byId = (id) => document.getElementById(id);
const ofTicket = (ticket, verb) => `/api/v1/tickets/${ticket.id}/${verb}`;
const ofCounter = (counter, verb) => `/api/v1/counters/${counter.id}/${verb}`;
const simple = (verb) => ({ desk }) => [[ofTicket(desk.ticket, verb), {}]];

/* A choice of a list: what it is, and below it how things stand there. */
export function option(name, value, title, note, { checked, disabled, first } = {}) {
  return el("label", { class: "option" }, el("input", { type: "radio", name, value, checked, disabled, "data-first": first }),
    el("span", {}, el("strong", {}, title), note && el("span", { class: "muted" }, note)));
}

async function hold({ desk }) {
  const answers = await ask("hold", desk.ticket.number);
  return answers && [[ofTicket(desk.ticket, "hold"), { why: answers.why }]];
}

/* Where to, with how each counter stands: who is there, how many wait, and whether it takes the service at all. */
async function transfer({ desk, page }) {
  const { ticket } = desk;
  const { words } = page;
  const drawCounters = (code) => fill(byId("transfer-counters"), option("counter", "", words.any_counter, "", { checked: true }),
    ...desk.others.filter((each) => each.services.includes(code)).map((each) => option("counter", String(each.id),
      `${words.counter} ${each.number}`, [counterWords(each, words), say(words.waiting_there, { n: lineOf(desk, each) })].join(" · "))));
  const answers = await ask("transfer", ticket.number, {
    prepare() { fillServices("transfer-service", page.services, ticket.service.code, { none: words.no_service, changed: drawCounters }); },
  });
  return answers && [[ofTicket(ticket, "transfer"), { service: answers.service, counter: answers.counter ? Number(answers.counter) : null }]];
}

async function papers({ desk }) {
  const { ticket } = desk;
  const wanted = missingOf(ticket);
  const answers = await ask("papers", ticket.number, {
    prepare(dialog) {
      byId("papers-none").hidden = true;
      fill(byId("papers-missing"), ...ticket.service.documents.map((paper) => el("label", { class: "check" },
        el("input", { type: "checkbox", name: "paper", value: paper, checked: wanted.includes(paper) }), el("span", {}, paper))));
      dialog.dataset.ticket = ticket.id;
    },
    check(form) {
      const none = !form.querySelector("input[name=paper]:checked") && !form.elements.other.value.trim();
      byId("papers-none").hidden = !none;
      return !none;
    },
  });
  if (!answers) return null;
  const missing = [...byId("papers-missing").querySelectorAll("input:checked")].map((box) => box.value);
  if (answers.other.trim()) missing.push(answers.other.trim());
  return [[ofTicket(ticket, "finish"), { missing_papers: missing }]];
}

/* What is still to be done after this: what is ticked stays, what is marked in the list is added. */
async function further({ desk, page }) {
  const { ticket } = desk;
  const had = ticket.further || [];
  const others = page.services.filter((service) => service.code !== ticket.service.code && !had.some((each) => each.code === service.code));
  const answers = await ask("further", ticket.number, {
    prepare() {
      byId("further-now").hidden = !had.length;
      fill(byId("further-list"), ...had.map((service) => el("label", { class: "check" },
        el("input", { type: "checkbox", name: "kept", value: service.code, checked: true }), el("span", {}, service.name))));
      fillServices("further-service", others, "", { none: page.words.no_service });
      byId("further-service").required = false;
    },
  });
  if (!answers) return null;
  const kept = [...byId("further-list").querySelectorAll("input:checked")].map((box) => box.value);
  return [[ofTicket(ticket, "further"), { services: answers.service ? [...kept, answers.service] : kept }]];
}

async function dossier({ desk }) {
  const { ticket } = desk;
  const left = ticket.further || [];
  const answers = await ask("dossier", ticket.number, {
    prepare() {
      byId("dossier-all").hidden = !left.length;
      setText(byId("dossier-further"), left.map((service) => service.name).join(", "));
    },
  });
  if (!answers) return null;
  return [[ofTicket(ticket, "finish"), { dossier_code: answers.dossier.trim() || null, ...(answers.all ? { all: true } : {}) }]];
}

async function take({ page, desk }) {
  const why = noServe(desk);
  const answers = await ask("take", "", {
    prepare() {
      const first = mineFirst(page.services, desk.counter);
      fillServices("take-service", first, first.length ? first[0].code : "", { none: page.words.no_service });
      byId("take-serve").setAttribute("aria-disabled", String(why !== null));
      setText(byId("take-why"), why ? say(page.words[`serve_${why}`], { number: desk.ticket ? desk.ticket.number : "" }) : desk.mine.length ? page.words.serve_logged : "");
    },
  });
  if (!answers) return null;
  const wish = { service: answers.service, priority: Boolean(answers.priority), serve: answers.pressed === "serve" };
  return [[ofCounter(desk.counter, "take"), wish]];
}

async function sheet({ page, desk }) {
  const call = await sheetCall(page, mineFirst(page.services, desk.counter), desk.ticket ? desk.ticket.service.code : "");
  return call && [call];
}

async function pause({ desk }) {
  if (desk.counter.state === "paused") return [[ofCounter(desk.counter, "open"), {}]];
  const first = await decideOpen(desk);
  if (!first) return null;
  const answers = await ask("pause", "");
  if (!answers) return null;
  return [...first, [ofCounter(desk.counter, "pause"), { reason: answers.why, ...(answers.minutes ? { minutes: Number(answers.minutes) } : {}) }]];
}

async function close({ desk }) {
  const first = await decideOpen(desk);
  return first && [...first, [ofCounter(desk.counter, "close"), {}]];
}

/* A counter does not stop with a person at it: finish, hold, or back to the line first. */
async function decideOpen(desk) {
  if (!desk.ticket) return [];
  const answers = await ask("undecided", desk.ticket.number);
  if (!answers) return null;
  const bodies = { finish: {}, hold: { why: "" }, transfer: {} };
  return [[ofTicket(desk.ticket, answers.pressed), bodies[answers.pressed]]];
}

/* Who could sit down here: a colleague at another counter has to leave that one first. */
async function handover({ desk, page, refuse }) {
  const { words } = page;
  const answer = await send("GET", `/api/v1/offices/${page.office}/staff`);
  if (!answer.ok) { refuse(answer); return null; }
  const people = answer.data.filter((person) => person.id !== (desk.counter.staff || {}).id);
  const free = people.find((person) => !person.counter);
  const answers = await ask("handover", "", {
    prepare() {
      byId("handover-none").hidden = true;
      fill(byId("handover-staff"), ...people.map((person) => option("staff", String(person.id), person.name,
        person.counter ? say(words.sits_at, { counter: person.counter }) : words.sits_nowhere, { disabled: Boolean(person.counter), first: person === free })));
      if (!people.length) fill(byId("handover-staff"), el("p", { class: "empty" }, words.nobody_else));
    },
    check(form) {
      const none = !form.querySelector("input[name=staff]:checked");
      byId("handover-none").hidden = !none;
      return !none;
    },
  });
  return answers && [[ofCounter(desk.counter, "hand-over"), { staff: Number(answers.staff) }]];
}

/* A counter nobody is heard of: its person goes back to the line with the old turn. */
export async function release(counter, { words }) {
  const answers = await ask("release", String(counter.number), {
    prepare() {
      setText(byId("release-words"), counter.ticket ? say(words.release_ticket, { number: counter.ticket.number }) : words.release_empty);
    },
  });
  return answers && [[ofCounter(counter, "release"), {}]];
}

/* One call does both: finish whoever is here, call the next. */
function next({ desk }) {
  return [[ofCounter(desk.counter, desk.counter.state === "paused" ? "open" : "call-next"), {}]];
}

export const ACTS = {
  next, hold, transfer, papers, further, dossier, take, sheet, pause, close, handover,
  wrong: simple("wrong-person"), serve: simple("serve"), recall: simple("recall"), absent: simple("absent"), finish: simple("finish"),
};
