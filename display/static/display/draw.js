/* What every layout draws: the call that is said, the last calls, the counters, how many wait. Each part is drawn where its
   place is on the page, and touched only when it changes. What shows a call carries its key in data-call. ES2017. */
import { el, fill, say, setText } from "/static/core/dom.js";
import { isAwaited, keyOf, lastCalled } from "./calls.js";
import { fitHero } from "./fit.js";

const NEW_MS = 60000; /* how long a call stands out in the list */
const ROWS = 6;
const FIELDS = 6;

export const at = (id) => document.getElementById(id);

/* Fill a place only when what it stands for has changed: a television must not build the same nodes all day. */
export function fillAnew(place, sign, build) {
  const now = JSON.stringify(sign);
  if (!place || place.lastSign === now) return;
  fill(place, ...build());
  place.lastSign = now;
}

/* Why there is no call to show, in two lines; null when there is one. */
function restOf(board, call, words, now) {
  const resumes = board.resumes_at && Date.parse(board.resumes_at) > now ? board.resumes_at.slice(11, 16) : null;
  const nobodyThere = !board.open_counters.length || resumes;
  if (call && !(nobodyThere && !board.now_serving.some((one) => one.state === "called"))) return null;
  if (resumes) return { title: board.recent.length ? words.break : words.before, text: `${say(words.from, { time: resumes })}. ${words.kept}` };
  if (board.stops.some((stop) => !stop.field)) return { title: words.stopped, text: "" };
  if (!board.open_counters.length) return { title: "", text: words.no_open };
  return { title: "", text: words.first };
}

export function drawHero(screen, board, call, said) {
  const { words } = screen;
  const rest = said ? null : restOf(board, call, words, screen.clock.now());
  if (at("rest")) {
    at("rest").hidden = !rest;
    setText(at("rest-title"), rest ? rest.title : "");
    setText(at("rest-text"), rest ? rest.text : "");
  }
  screen.page.classList.toggle("resting", Boolean(rest));
  if (!at("hero")) return;
  const awaited = Boolean(call) && (said || isAwaited(board, call));
  at("hero").hidden = Boolean(rest) || !call;
  at("call-title").hidden = at("hero").hidden;
  setText(at("call-title"), awaited ? words.called : words.last_called);
  screen.page.classList.toggle("awaited", awaited);
  setText(at("service"), call && !rest ? call.field : "");
  at("service").hidden = at("hero").hidden;
  if (!call || rest) return;
  at("hero").dataset.call = keyOf(call);
  setText(at("number"), call.number);
  setText(at("counter"), call.counter);
  fitHero(at("hero"), call);
}

export function drawRecent(screen, board, said) {
  const now = screen.clock.now();
  let calls = board.recent;
  if (said && screen.options.layout === "led") calls = [said].concat(calls.filter((call) => call.number !== said.number));
  const rows = calls.slice(0, ROWS).map((call) => ({
    call, key: keyOf(call), fresh: now - lastCalled(call) < NEW_MS, said: Boolean(said) && keyOf(said) === keyOf(call),
  }));
  fillAnew(at("recent"), rows.map((row) => [row.key, row.fresh, row.said]), () => rows.map((row) => el("li",
    { class: [row.fresh ? "new" : "", row.said ? "said" : ""].join(" ").trim() || null, dataset: { call: row.key } },
    el("span", { class: row.call.number.length > 4 ? "long" : null }, row.call.number),
    el("span", {}, el("span", { class: "visually-hidden" }, `${screen.words.counter} `), String(row.call.counter)))));
}

function counterCell(board, counter, words) {
  const one = board.now_serving.filter((each) => each.counter === counter.number)[0];
  if (one) return { look: one.state, text: one.number, small: false };
  if (counter.state !== "paused") return { look: "free", text: "–", small: false };
  const back = counter.back_at ? say(words.back_at, { time: counter.back_at.slice(11, 16) }) : words.paused;
  return { look: "paused", text: back, small: true };
}

/* Every counter somebody sits at, with the number it serves. */
export function drawCounters(screen, board) {
  const { words } = screen;
  const place = at("counters");
  if (!place) return;
  const cells = board.counters
    .filter((each) => each.state !== "closed" || board.now_serving.some((one) => one.counter === each.number))
    .map((each) => {
      const call = board.recent.filter((one) => one.counter === each.number && isAwaited(board, one))[0];
      return Object.assign(counterCell(board, each, words), { number: each.number, key: call ? keyOf(call) : null });
    });
  place.hidden = !cells.length;
  fillAnew(place, cells, () => {
    const count = cells.length;
    place.style.setProperty("--wide", count <= 6 ? Math.max(count, 1) : Math.ceil(count / Math.ceil(count / 7)));
    place.style.setProperty("--tall", count <= 3 ? count : count <= 6 ? 3 : count <= 8 ? 4 : 6);
    place.className = `board-counters ${count > 8 ? "many most" : count > 4 ? "many" : "few"}`;
    screen.page.classList.toggle("crowded", count > 6);
    return cells.map((cell) => el("li", { class: cell.look, dataset: cell.key ? { call: cell.key } : {} },
      el("span", {}, `${words.counter} ${cell.number}`),
      el("strong", { class: cell.small ? "words" : cell.text.length > 4 ? "long" : null },
        cell.look === "free" ? el("span", { class: "visually-hidden" }, words.nobody) : null,
        cell.look === "free" ? el("span", { "aria-hidden": "true" }, cell.text) : cell.text)));
  });
}

/* The busiest fields where there are more than fit; the rest are one sum, so the figures still add up. */
export function fieldsToShow(board, most, words) {
  const all = board.waiting_by_field;
  if (all.length <= most) return all;
  const busiest = all.slice().sort((one, other) => other.waiting - one.waiting).slice(0, most - 1);
  const rest = all.filter((one) => busiest.indexOf(one) < 0).reduce((sum, one) => sum + one.waiting, 0);
  return all.filter((one) => busiest.indexOf(one) >= 0).concat({ field: words.other_fields, waiting: rest });
}

export function drawFields(screen, board) {
  if (!at("fields")) return;
  const shown = fieldsToShow(board, FIELDS, screen.words);
  fillAnew(at("fields"), shown, () => {
    at("fields").style.setProperty("--wide", shown.length || 1);
    return shown.map((one) => el("li", { class: one.waiting ? null : "none" },
      el("span", {}, one.field), el("strong", {}, String(one.waiting), el("small", {}, ` ${screen.words.waiting}`))));
  });
}
