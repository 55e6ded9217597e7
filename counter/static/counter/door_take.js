/* Giving a number to somebody who has none, and the number in large figures afterwards. */
import { el, fill, say, setText } from "/static/core/dom.js";
import { fold } from "/static/core/fold.js";
import { ask, closeAsking } from "./asks.js";
import { all, byId, ofOffice, press, pressed, refuse, toast, words } from "./door_room.js";
import { onPaper } from "./paper.js";

let openPeople = () => {};
let lang = "vi";

/* `despite`: the person was told that it will hardly be called today, and wants it all the same. */
export async function give(service, priority, despite) {
  const answer = await pressed(ofOffice("tickets"), { service, priority: Boolean(priority), lang, despite_closing: Boolean(despite) });
  if (!answer) return;
  if (answer.ok) { speak("vi"); given(answer.data, "", ""); return; }
  if (!answer.data || answer.data.code !== "closing") { refuse(answer); return; }
  if (await ask("closing", "", { prepare: () => tellClosing(answer.data) })) give(service, priority, true);
}

function tellClosing(refusal) {
  setText(byId("closing-words"), refusal.detail);
  fill(byId("closing-hours"), ...(refusal.alternatives || []).map((hour) => el("li", {}, hour.words)));
}

/* The next number's slip, page and call are in this language; the one after it is in Vietnamese again. */
function speak(chosen) {
  lang = chosen;
  all("[data-lang]").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.lang === lang)));
}

function narrow() {
  const wanted = fold(byId("narrow").value);
  let shown = 0;
  all(".door-service").forEach((row) => { row.hidden = !fold(row.firstElementChild.textContent).includes(wanted); shown += !row.hidden; });
  byId("no-service").hidden = shown > 0;
}

export function given(ticket, note, sentence) {
  closeAsking();
  const ahead = ticket.people_ahead === null || ticket.people_ahead === undefined ? "" : say(words.ahead, { n: ticket.people_ahead });
  const wait = ticket.wait ? say(words.wait_of, ticket.wait) : "";
  const counters = (ticket.counters || []).length ? say(words.go_to, { counters: ticket.counters.join(", ") }) : "";
  ask("given", words.given, {
    prepare() {
      setText(byId("given-number"), ticket.number);
      setText(byId("given-service"), note);
      const people = ticket.people > 1 ? `${say(words.people, { n: ticket.people })}.` : "";
      setText(byId("given-words"), [sentence, people, ahead, wait, counters, onPaper(ticket) ? "" : words.not_printed].filter(Boolean).join(" "));
      byId("reprint").hidden = !ticket.id;
      byId("reprint").onclick = () => reprint(ticket);
      byId("given-people").hidden = !(ticket.people > 1);
      byId("given-people").onclick = () => { closeAsking(); openPeople(ticket.id); };
    },
  });
}

async function reprint(ticket) {
  if (await press(`/api/v1/tickets/${ticket.id}/reprint`, {})) toast(words.reprinted);
}

/* `whoCame(id)` opens a ticket to say who of a family is not here. */
export function startTake(whoCame) {
  openPeople = whoCame;
  byId("narrow").addEventListener("input", narrow);
  all("[data-take]").forEach((button) => button.addEventListener("click", () => give(button.dataset.take, button.dataset.priority)));
  all("[data-lang]").forEach((button) => button.addEventListener("click", () => speak(button.dataset.lang)));
}
