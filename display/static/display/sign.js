/* The sign over one counter. ES2017. */
import { say, setText } from "/static/core/dom.js";
import { isAwaited, keyOf } from "./calls.js";
import { at } from "./draw.js";
import { fitAlone } from "./fit.js";

function told(counter, one, words, number) {
  if (!counter) return { look: "closed", state: say(words.no_counter, { n: number }), note: "" };
  if (one) return { look: one.state, state: one.state === "called" ? words.invited : words.serving, note: "" };
  if (counter.state === "paused") {
    return { look: "paused", state: words.sign_paused, note: counter.back_at ? say(words.sign_back_at, { time: counter.back_at.slice(11, 16) }) : "" };
  }
  if (counter.state === "closed") return { look: "closed", state: words.sign_closed, note: "" };
  return { look: "free", state: words.ready, note: "" };
}

export function drawSign(screen, board) {
  const sign = at("sign");
  if (!sign) return;
  const counter = board.counters[0];
  const one = board.now_serving[0];
  const now = told(counter, one, screen.words, screen.options.counter);
  sign.className = `sign ${now.look}`;
  setText(at("sign-state"), now.state);
  setText(at("sign-note"), now.note);
  at("sign-note").hidden = !now.note;
  const number = at("sign-number");
  number.hidden = !one;
  setText(number, one ? one.number : "");
  setText(at("sign-fields"), counter ? counter.fields.join(" · ") : "");
  const call = board.recent.filter((each) => isAwaited(board, each))[0];
  if (call) number.dataset.call = keyOf(call);
  else number.removeAttribute("data-call");
  if (one) fitAlone(number, one.number);
}
