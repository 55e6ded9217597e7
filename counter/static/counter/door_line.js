/* The line at the door: a number is touched, and put right. */
import { el, fill, say, setText } from "/static/core/dom.js";
import { fold } from "/static/core/fold.js";
import { ask, closeAsking } from "./asks.js";
import { hour, minutesSince } from "./moments.js";
import { all, byId, facts, page, press, toast, words } from "./door_room.js";
import { fillServices } from "./pick.js";
import { namesAddress, namesOf, peoplePill, visitRows, visitTitle } from "./visit.js";

let list = "waiting";
let line = null;
let refresh = () => {};

function ticketRow(ticket) {
  const note = list === "missed" ? say(words.missed_row, { times: ticket.times, at: hour(ticket.state_at) })
    : list === "held" ? ticket.why : ticket.slot_at && ticket.kind === "booked" ? hour(ticket.slot_at) : say(words.waited, { minutes: minutesSince(ticket.due_at) });
  return el("li", {}, el("button", { type: "button", class: "door-row", onclick: () => openTicket(ticket) },
    el("span", { class: "number" }, ticket.number),
    el("span", { class: "door-what" }, el("strong", {}, ticket.service.name), el("span", { class: "muted" }, ticket.reason ? ticket.reason.sentence : "")),
    el("span", { class: "door-end" },
      peoplePill(ticket, words),
      ticket.priority && el("span", { class: "pill pill-amber" }, words.priority),
      ticket.needs_help && el("span", { class: "pill pill-amber" }, words.needs_help), note)));
}

export function drawLine(snapshot) {
  line = snapshot;
  const wanted = fold(byId("find-number").value).replace(/ /g, "");
  const has = (ticket) => fold(`${ticket.number} ${ticket.service.name}`).replace(/ /g, "").includes(wanted);
  setText(byId("waiting-pill"), say(words.waiting_now, { n: line.waiting.length }));
  all("[data-list]").forEach((button) => {
    button.setAttribute("aria-pressed", String(button.dataset.list === list));
    setText(button, say(words[`list_${button.dataset.list}`], { n: line[button.dataset.list].filter(has).length }));
  });
  const rows = line[list].filter(has).map(ticketRow);
  fill(byId("tickets"), ...(rows.length ? rows : [el("li", { class: "empty" }, wanted ? words.none_found : words[`none_${list}`])]));
}

export function chooseList(name) {
  list = name;
  if (line) drawLine(line);
}

/* What may be done: [words, press, sentence of success, whether it can be taken back, looks]. */
function choicesOf(ticket, verb) {
  const missed = ticket.state === "missed";
  return [
    missed && [words.bring_back_long, () => verb("return", {}), words.did_return, true, "btn-primary"],
    ticket.state === "held" && [words.resume_line, () => verb("resume", {}), words.did_return, true, "btn-primary"],
    [words.change_service, () => changeService(ticket, verb), words.did_service],
    [ticket.priority ? words.priority_off : words.priority_on, () => verb("priority", { priority: !ticket.priority }), words.did_save],
    [ticket.needs_help ? words.help_off : words.help_on, () => verb("priority", { needs_help: !ticket.needs_help }), words.did_save],
    [words.reprint, () => verb("reprint", {}), words.reprinted],
    ticket.visit && !missed && [words.wrong_person, () => verb("wrong-person", {}), words.did_wrong_person, true],
    [words.carry_this, async () => ((await ask("carry", ticket.number)) ? verb("carry", {}) : null), words.did_carry, true],
    [words.cancel_this, async () => ((await ask("cancel", ticket.number)) ? verb("cancel", {}) : null), words.did_cancel, true, "btn-danger"],
  ].filter(Boolean);
}

function openTicket(ticket) {
  const verb = (name, body) => press(`/api/v1/tickets/${ticket.id}/${name}`, body);
  const takeBack = async () => { if (await verb("undo", {})) { toast(words.undone); refresh(); } };
  const done = async (answer, sentence, back) => {
    if (await answer) { toast(say(sentence, { number: ticket.number }), "", back && takeBack); refresh(); }
  };
  ask("ticket", ticket.number, {
    prepare() {
      facts(byId("ticket-facts"), [[words.service, ticket.service.name], [words.arrived, hour(ticket.arrived_at)]]);
      drawVisit(ticket, null);
      fill(byId("ticket-acts"), ...choicesOf(ticket, verb).map(([label, act, sentence, back, looks]) => el("button", {
        type: "button", class: `btn ${looks || "btn-secondary"}`, onclick: () => { closeAsking(); done(act(), sentence, back); },
      }, label)));
    },
  });
}

/* Whose booking the ticket of the open dialog is. Names stay open as long as the dialog. */
function drawVisit(ticket, names) {
  byId("visit").hidden = !ticket.visit;
  byId("open-names").disabled = Boolean(names); /* It keeps its place: what would move under a finger is something else. */
  if (!ticket.visit) return;
  setText(byId("visit-title"), visitTitle(ticket, words));
  fill(byId("visit-people"), ...visitRows(ticket, names, words, async (absent) => {
    const fresh = await press(`/api/v1/tickets/${ticket.id}/people`, { absent });
    if (fresh) { drawVisit(fresh, names); refresh(); }
  }));
  byId("open-names").onclick = async () => {
    const opened = await press(namesAddress(page, ticket), {});
    if (opened) drawVisit(ticket, namesOf(opened));
  };
}

async function changeService(ticket, verb) {
  const answers = await ask("service", ticket.number, {
    prepare() { fillServices("new-service", page.services, ticket.service.code, { none: words.no_service }); },
  });
  return answers ? verb("service", { service: answers.service }) : null;
}

/* `fetchLine()` gets the present line; it is drawn when it is here. */
export function startLine(fetchLine) {
  refresh = fetchLine;
  all("[data-list]").forEach((button) => button.addEventListener("click", () => chooseList(button.dataset.list)));
  byId("find-number").addEventListener("input", () => drawLine(line));
}

/* The ticket with this id, as soon as the line knows it. */
export async function openById(id) {
  await refresh();
  const ticket = [...line.waiting, ...line.missed, ...line.held].find((each) => each.id === id);
  if (ticket) openTicket(ticket);
}
