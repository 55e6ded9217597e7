/* Who came with a booking: names masked until somebody opens them, and who did not come. For the console and the tablet. */
import { el, say } from "/static/core/dom.js";

/* Who is absent after a touch on the person at `place`: all of them, for the server takes the whole list each time. */
const afterTouch = (people, place) => people.map((person, at) => (person.absent !== (at === place) ? at : -1)).filter((at) => at >= 0);

/* A row for each person of `ticket`'s booking. `names` are the opened ones; `sayAbsent(places)` is called on a touch. */
export function visitRows(ticket, names, words, sayAbsent) {
  const { people } = ticket.visit;
  return people.map((person, place) => {
    const name = (names && names[place]) || person.name;
    return el("li", { class: person.absent ? "gone" : "" },
      el("span", { class: "visit-who" }, el("strong", {}, name), " ", el("span", { class: "muted", title: person.service }, person.service)),
      people.length > 1 && el("button", {
        type: "button", class: "btn btn-small btn-secondary", "aria-pressed": String(person.absent), "aria-label": `${words.not_come}: ${name}`,
        onclick: () => sayAbsent(afterTouch(people, place)),
      }, words.not_come));
  });
}

export const visitTitle = (ticket, words) => (ticket.visit.people.length > 1 ? say(words.visit_many, { n: ticket.people }) : words.visit_one);

/* "3 người", where a number is for more than one. */
export const peoplePill = (ticket, words) => ticket.people > 1 && el("span", { class: "pill" }, say(words.people, { n: ticket.people }));

export const namesAddress = (page, ticket) => `/api/v1/offices/${page.office}/bookings/${ticket.visit.booking}/open`;
export const namesOf = (opened) => opened.everybody.map((person) => person.name);
