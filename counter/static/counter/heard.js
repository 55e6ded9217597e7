/* Whether the hall saw and heard the call: one line under the number, of its own feed, so that nothing else is drawn for it.

   The server says what holds now and what will hold when, if no display says anything more; here only the clock is looked at.
   Every step of a call is shown, but only its end is read out: that it was said, or that the officer had better call aloud. */
import { connect } from "/static/core/live.js";
import { el, fill, icon, say, setText } from "/static/core/dom.js";
import { present } from "./moments.js";

const line = el("p", { class: "heard", id: "heard", "aria-live": "off" });
let snapshot = null;
let lost = false;
let drawn = "";

export const heardLine = () => line;

/* What is told of this ticket's call now: {board, voice, ask, shown, of}, or null where nothing is known yet. */
function toldOf(ticket) {
  if (!snapshot || lost || !ticket || ticket.state !== "called") return null;
  const call = snapshot.calls.find((each) => each.ticket === ticket.id && each.times === ticket.times);
  if (!call) return null;
  const steps = call.told.filter((step, place) => place === 0 || Date.parse(step.from_at) <= present());
  return Object.assign({ shown: call.shown, of: call.of }, steps[steps.length - 1]);
}

function sentence({ board, voice, shown, of }, words) {
  const boards = board === "shown" && shown < of ? say(words.heard_board_partly, { shown, of }) : words[`heard_board_${board}`];
  return voice ? say(words.heard_both, { board: boards, voice: words[`heard_voice_${voice}`] }) : boards;
}

/* Nobody paired a display: said with the first call of the day at this console, not with every one. */
const KEPT = "heard-unpaired";
function tooOften(told, ticket) {
  if (told.board !== "unpaired") return false;
  try {
    const before = sessionStorage.getItem(KEPT);
    if (!before) sessionStorage.setItem(KEPT, String(ticket.id));
    return Boolean(before) && before !== String(ticket.id);
  } catch (refused) { return false; }
}

export function drawHeard(ticket, words) {
  const told = toldOf(ticket);
  const silent = !told || tooOften(told, ticket);
  const text = silent ? "" : sentence(told, words);
  const mark = silent ? "" : `${ticket.id}/${ticket.times} ${text} ${told.ask}`;
  if (mark === drawn) return;
  drawn = mark;
  line.className = `heard ${silent ? "" : told.ask ? "ask" : told.voice === "said" || told.voice === "chimed" ? "well" : ""}`;
  if (silent) fill(line);
  else if (told.ask) fill(line, icon("sound"), el("strong", {}, words.heard_ask), el("span", { title: text }, text));
  else fill(line, el("span", { title: text }, text));
  const end = !silent && (told.ask || told.voice === "said" || told.voice === "chimed");
  setText(document.getElementById("heard-said"), end ? `${told.ask ? `${words.heard_ask}: ` : ""}${text}` : "");
}

/* `redraw` is called with every snapshot; it draws this line and nothing else. */
export function followHeard(page, redraw) {
  return connect({
    namespace: "/heard",
    join: { office: page.office },
    poll: `/api/v1/offices/${page.office}/heard`,
    onSnapshot(fresh) { snapshot = fresh; redraw(); },
    onState(state) { lost = state === "offline"; redraw(); },
  });
}
