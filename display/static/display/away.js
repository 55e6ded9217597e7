/* The board elsewhere: how many wait, how long it takes, which hour is free next. It asks for the last two once a minute. ES2017. */
import { el, pageData, setText } from "/static/core/dom.js";
import { at, fieldsToShow, fillAnew } from "./draw.js";

const ASK_MS = 60000;
const ROWS = 8;

export function makeAway(screen) {
  let known = at("outlook-now") ? pageData("outlook-now") : null;
  let board = null;
  let knownAt = screen.clock.now();

  function draw(fresh) {
    if (!known) return;
    board = fresh;
    /* A wait that was told long ago is none. */
    const told = screen.clock.now() - knownAt < 5 * ASK_MS ? known.fields : [];
    const wait = (field) => (told.filter((each) => each.field === field)[0] || { wait: "" }).wait;
    const rows = fieldsToShow(board, ROWS, screen.words).map((each) => ({ field: each.field, waiting: each.waiting, wait: wait(each.field) }));
    fillAnew(at("outlook"), rows, () => rows.map((row) => el("li", {},
      el("span", {}, row.field),
      el("strong", {}, String(row.waiting), el("small", {}, ` ${screen.words.waiting}`)),
      el("em", {}, row.wait))));
    if (!at("free")) return;
    at("free").hidden = !known.next_free_words || Date.parse(known.next_free) < screen.clock.now();
    setText(at("free-at"), known.next_free_words);
  }

  async function ask() {
    if (document.visibilityState === "hidden") return;
    try {
      const answer = await fetch(screen.page.dataset.outlook, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (!answer.ok) return;
      known = await answer.json();
      knownAt = screen.clock.now();
      if (board) draw(board);
    } catch (away) { /* the board says that the connection is lost */ }
  }

  if (known) setInterval(ask, ASK_MS);
  return { draw };
}
