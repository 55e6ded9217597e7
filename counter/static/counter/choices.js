/* What may be done with somebody of the lists: opened by a press on the row. [words, calls] each; with no calls, why not. */
import { el, say } from "/static/core/dom.js";
import { ask } from "./asks.js";
import { noPick } from "./board.js";

const ofTicket = (ticket, verb) => `/api/v1/tickets/${ticket.id}/${verb}`;

function pick(ticket, { desk, page }) {
  const why = noPick(desk);
  if (why) return [page.words.call_this, null, say(page.words[why], { number: desk.ticket ? desk.ticket.number : "" })];
  return [page.words.call_this, async () => {
    const answers = await ask("call", ticket.number);
    return answers && [[`/api/v1/counters/${desk.counter.id}/call`, { ticket: ticket.id, reason: answers.why }]];
  }];
}

function resume(ticket, { desk, page }) {
  if (desk.ticket) return [page.words.resume_long, null, say(page.words.finish_first, { number: desk.ticket.number })];
  return [page.words.resume_long, async () => [[ofTicket(ticket, "resume"), { counter: desk.counter.id }]]];
}

export function ticketChoices(ticket, { desk, page }) {
  const { words } = page;
  const waiting = ticket.state === "waiting";
  const post = (verb, body) => async () => [[ofTicket(ticket, verb), body]];
  return [
    waiting && pick(ticket, { desk, page }),
    ticket.state === "missed" && [words.bring_back_long, post("return", {})],
    ticket.state === "held" && resume(ticket, { desk, page }),
    waiting && [words.hold_this, async () => {
      const answers = await ask("hold", ticket.number);
      return answers && [[ofTicket(ticket, "hold"), { why: answers.why }]];
    }],
    [ticket.priority ? words.priority_off : words.priority_on, post("priority", { priority: !ticket.priority })],
    [ticket.needs_help ? words.help_off : words.help_on, post("priority", { needs_help: !ticket.needs_help })],
    ticket.visit && ticket.state !== "missed" && [words.wrong_person, post("wrong-person", {})],
    [words.cancel_this, async () => (await ask("cancel", ticket.number)) && [[ofTicket(ticket, "cancel"), {}]]],
  ].filter(Boolean);
}

/* The choices as buttons, numbered for the keys 1-9. `chosen(calls)` is told which. */
export const choiceButtons = (choices, chosen) => choices.map(([label, calls, why], place) => el("button", {
  type: "button", class: "btn btn-secondary numbered", "aria-disabled": calls ? null : "true", onclick: () => calls && chosen(calls),
}, el("span", { class: "numbered-words" }, label, why && el("small", {}, why)), el("kbd", { "aria-hidden": "true" }, String(place + 1))));
