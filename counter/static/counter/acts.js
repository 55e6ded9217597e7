/* What each press sends. An act gives the calls to make one after another: [[address, body], ...], or null when the officer
   thought better of it. */
import { el, fill } from "/static/core/dom.js";
import { ask } from "./asks.js";
import { fold } from "/static/core/fold.js";
import { missingOf } from "./desk.js";

const byId = (id) => document.getElementById(id);
const ofTicket = (ticket, verb) => `/api/v1/tickets/${ticket.id}/${verb}`;
const ofCounter = (desk, verb) => `/api/v1/counters/${desk.counter.id}/${verb}`;
const simple = (verb) => ({ desk }) => [[ofTicket(desk.ticket, verb), {}]];

function options(list, chosen) {
  return list.map(([value, label]) => el("option", { value, selected: value === chosen }, label));
}

/* A select of services and the box above it that narrows it down: "khai sinh" typed without marks is enough. */
function fillServices(box, services, chosen) {
  const finder = document.querySelector(`[data-narrows="${box.id}"]`);
  const draw = (found, first) => fill(box, ...options(found.map((service) => [service.code, service.name]), first));
  finder.oninput = () => {
    const found = services.filter((service) => fold(service.name).includes(fold(finder.value)));
    draw(found, found.length ? found[0].code : "");
  };
  draw(services, chosen);
}

async function hold({ desk }) {
  const answers = await ask("hold", desk.ticket.number);
  return answers && [[ofTicket(desk.ticket, "hold"), { why: answers.why }]];
}

async function transfer({ desk, page }) {
  const { ticket } = desk;
  const answers = await ask("transfer", ticket.number, {
    prepare() {
      fillServices(byId("transfer-service"), page.services, ticket.service.code);
      const others = desk.counters.filter((each) => each.id !== desk.counter.id);
      fill(byId("transfer-counter"), ...options([["", page.words.any_counter], ...others.map((each) => [String(each.id), `${page.words.counter} ${each.number} · ${page.words[`state_${each.state}`]}`])], ""));
    },
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

async function take({ page, desk }) {
  const answers = await ask("take", "", {
    prepare() {
      const here = (service) => desk.counter.services.includes(service.code);
      const first = [...page.services].sort((a, b) => here(b) - here(a));
      fillServices(byId("take-service"), first, first.length ? first[0].code : "");
    },
  });
  return answers && [[`/api/v1/offices/${page.office}/tickets`, { service: answers.service, priority: Boolean(answers.priority) }]];
}

async function pause({ desk }) {
  if (desk.counter.state === "paused") return [[ofCounter(desk, "open"), {}]];
  const first = await decideOpen(desk);
  if (!first) return null;
  const answers = await ask("pause", "");
  return answers && [...first, [ofCounter(desk, "pause"), { reason: answers.why }]];
}

async function close({ desk }) {
  const first = await decideOpen(desk);
  return first && [...first, [ofCounter(desk, "close"), {}]];
}

/* A counter does not stop with a person at it: finish, hold, or back to the line first. */
async function decideOpen(desk) {
  if (!desk.ticket) return [];
  const answers = await ask("undecided", desk.ticket.number);
  if (!answers) return null;
  const bodies = { finish: {}, hold: { why: "" }, transfer: {} };
  return [[ofTicket(desk.ticket, answers.pressed), bodies[answers.pressed]]];
}

/* One call does both: finish whoever is here, call the next. */
function next({ desk }) {
  return [[ofCounter(desk, desk.counter.state === "paused" ? "open" : "call-next"), {}]];
}

export const ACTS = {
  next, hold, transfer, papers, take, pause, close,
  wrong: simple("wrong-person"), serve: simple("serve"), recall: simple("recall"), absent: simple("absent"), finish: simple("finish"),
};

export const KEYS = { n: "next", s: "serve", r: "recall", v: "absent", g: "hold", c: "transfer", x: "finish", t: "papers", k: "take", p: "pause", m: "names", d: "wrong", z: "undo" };

/* What may be done with somebody of the lists: opened by a press on the row. */
export function ticketChoices(ticket, { desk, page }) {
  const { words } = page;
  const waiting = ticket.state === "waiting";
  const post = (verb, body) => async () => [[ofTicket(ticket, verb), body]];
  return [
    waiting && desk.counter.state === "open" && !desk.ticket && [words.call_this, async () => {
      const answers = await ask("call", ticket.number);
      return answers && [[ofCounter(desk, "call"), { ticket: ticket.id, reason: answers.why }]];
    }],
    ticket.state === "missed" && [words.bring_back_long, post("return", {})],
    ticket.state === "held" && !desk.ticket && [words.resume_long, post("resume", { counter: desk.counter.id })],
    ticket.visit && ticket.state !== "missed" && [words.wrong_person, post("wrong-person", {})],
    [ticket.priority ? words.priority_off : words.priority_on, post("priority", { priority: !ticket.priority })],
    waiting && [words.hold_this, async () => {
      const answers = await ask("hold", ticket.number);
      return answers && [[ofTicket(ticket, "hold"), { why: answers.why }]];
    }],
    [words.cancel_this, async () => (await ask("cancel", ticket.number)) && [[ofTicket(ticket, "cancel"), {}]]],
  ].filter(Boolean);
}
