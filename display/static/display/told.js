/* What the hall is told besides the calls: what is stopped, when calling goes on, that the connection is lost, and in turn what
   the head has written. ES2017. */
import { el, say, setText } from "/static/core/dom.js";
import { at, fillAnew } from "./draw.js";

const TURN_MS = 15000; /* by the office's clock, so that all screens of a hall change together */
const ALARM_S = 4;

/* What is stopped today and why; and when calling goes on, where the rest of the screen does not say so already. */
export function drawStops(screen, board) {
  const lines = board.stops.map((stop) => stop.sentence);
  const later = board.resumes_at && Date.parse(board.resumes_at) > screen.clock.now();
  if (later && !screen.page.classList.contains("resting")) lines.push(say(screen.words.resumes, { time: board.resumes_at.slice(11, 16) }));
  at("stops").hidden = !lines.length;
  fillAnew(at("stops"), lines, () => lines.map((line) => el("li", {}, line)));
}

function span(words, seconds) {
  if (seconds < 60) return say(words.seconds, { n: seconds });
  if (seconds < 5400) return say(words.minutes, { n: Math.round(seconds / 60) });
  if (seconds < 129600) return say(words.hours, { n: Math.round(seconds / 3600) });
  return say(words.days, { n: Math.round(seconds / 86400) });
}

/* `age`: seconds since the board was true. */
export function drawLost(screen, state, age) {
  const { words, clock } = screen;
  const lost = at("lost");
  /* A server that starts again is back within seconds: the hall is not alarmed for that. */
  lost.hidden = state !== "offline" || age < ALARM_S;
  screen.page.classList.toggle("stale", !lost.hidden);
  if (lost.hidden) return;
  const sentence = screen.options.layout === "public" ? words.lost_away : words.lost;
  setText(lost, say(sentence, { at: screen.time.format(clock.now() - age * 1000), age: span(words, age) }));
}

export function drawFoot(screen, board) {
  const { words, clock } = screen;
  const now = clock.now();
  const texts = board.guidance.map((text) => ({ mark: words.guidance, text }));
  if (board.notice && (!board.notice_until || Date.parse(board.notice_until) > now)) texts.unshift({ mark: words.notice, text: board.notice });
  if (screen.options.layout !== "public") texts.push({ mark: words.book, text: words.book_text });
  at("foot").hidden = !texts.length;
  if (!texts.length) return;
  const turn = texts[Math.floor(now / TURN_MS) % texts.length];
  setText(at("foot-mark"), turn.mark);
  setText(at("foot-text"), turn.text);
  at("foot").classList.toggle("long", turn.text.length > 110);
}
