/* The papers of whoever is served, ticked off as they are laid on the desk. Ticks stay with the ticket on this computer only:
   they help the officer, and are nobody's data. */
import { el, fill } from "/static/core/dom.js";

const byId = (id) => document.getElementById(id);
const seen = new Map();

/* What was not ticked, once something was: what the officer will say is missing. */
export const missingOf = (ticket) => {
  const had = seen.get(ticket.id) || new Set();
  return had.size ? ticket.service.documents.filter((paper) => !had.has(paper)) : [];
};

export function drawPapers(desk) {
  const { ticket } = desk;
  const papers = ticket ? ticket.service.documents : [];
  byId("papers").hidden = !papers.length;
  const list = byId("papers-list");
  const mark = ticket && papers.length ? String(ticket.id) + papers.join() : "";
  if (list.dataset.mark === mark) return;
  list.dataset.mark = mark;
  if (!papers.length) return;
  const had = seen.get(ticket.id) || new Set();
  seen.set(ticket.id, had);
  fill(list, ...papers.map((paper) => {
    const tick = el("input", { type: "checkbox", checked: had.has(paper) });
    const label = el("label", { class: `check ${had.has(paper) ? "seen" : ""}` }, tick, el("span", {}, paper));
    tick.addEventListener("change", () => { had[tick.checked ? "add" : "delete"](paper); label.classList.toggle("seen", tick.checked); });
    return el("li", {}, label);
  }));
}
