/* Five faces after the visit: one touch, changed as long as the server lets it, then only thanked for. */
import { send } from "/static/core/http.js";
import { setText } from "/static/core/dom.js";

const at = (id) => document.getElementById(id);
const faces = () => Array.from(document.querySelectorAll("#faces button"));
let known = null; /* {score, until} as the server last said */
let timer = 0;
let now = Date.now; /* the server's time, once it is known */

/* Nothing to say any more: rated and fixed, or never rated and too long ago. */
const closed = (rating) => Date.parse(rating.until) <= now();

function draw(words) {
  clearTimeout(timer);
  const fixed = closed(known);
  at("rating").hidden = fixed && known.score === null;
  at("rating").classList.toggle("rated", known.score !== null);
  faces().forEach((face) => {
    const mine = Number(face.value) === known.score;
    face.setAttribute("aria-pressed", String(mine));
    face.parentNode.hidden = fixed && !mine;
    face.disabled = fixed;
  });
  setText(at("rating-title"), known.score === null ? words.title : words.thanks);
  setText(at("rating-note"), known.score === null ? words.note : fixed ? words.fixed : words.change);
  const left = Date.parse(known.until) - now();
  if (known.score !== null && left > 0) timer = setTimeout(() => draw(words), Math.min(left + 500, 3600e3));
}

export function drawRating(view, words, serverNow) {
  now = serverNow;
  if (!view.rating) { at("rating").hidden = true; known = null; return; }
  known = view.rating;
  draw(words);
}

async function rate(token, score, words) {
  const before = known;
  known = { score, until: known.until };
  draw(words);
  setText(at("rated"), "");
  const answer = await send("POST", `/api/v1/tickets/${token}/rating`, { score });
  if (answer.ok) { known = answer.data; draw(words); setText(at("rated"), words.kept); return; }
  known = before;
  if (known) draw(words);
  setText(at("rated"), answer.status && answer.data && answer.data.detail ? answer.data.detail : words.not_sent);
}

export function listenToFaces(token, words) {
  at("rating-form").addEventListener("submit", (event) => event.preventDefault());
  faces().forEach((face) => face.addEventListener("click", (event) => {
    event.preventDefault();
    if (known && !closed(known)) rate(token, Number(face.value), words);
  }));
}
