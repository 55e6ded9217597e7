/* A forecast in words, as queueing/wait_words.py says it: {label, value, note}, or null where nothing is known. `view` has `wait`,
   `after_break`, `perhaps_after_break` and `call_about`, instants on the office's clock; `words` are those of script_words. */
import { say } from "./dom.js";

const clock = (instant) => instant.slice(11, 16);

export function rounded(wait) {
  const step = wait.high <= 60 ? 5 : 10;
  const low = Math.floor(wait.low / step) * step;
  const high = Math.ceil(wait.high / step) * step;
  return [low, high > low ? high : low + step];
}

function length(minutes, words) {
  const h = Math.floor(minutes / 60);
  const m = minutes % 60;
  if (!h) return say(words.minutes, { n: m });
  return say(m ? words.hours_minutes : words.hours, { h, m });
}

export function waitSaid(view, words) {
  if (!view.wait) return null;
  if (view.after_break) {
    const hour = Number(view.after_break.slice(11, 13));
    return { label: hour >= 12 && hour < 15 ? words.after_lunch : words.after_break, value: say(words.from, { time: clock(view.after_break) }), note: "" };
  }
  const note = view.perhaps_after_break ? say(words.perhaps, { time: clock(view.perhaps_after_break) }) : "";
  if (view.call_about) return { label: words.call_about, value: clock(view.call_about), note };
  const [low, high] = rounded(view.wait);
  if (low === 0) return { label: words.wait, value: say(words.under, { high: length(high, words) }), note };
  if (high < 60) return { label: words.wait_about, value: say(words.range, { low, high }), note };
  return { label: words.wait_about, value: say(words.from_to, { low: length(low, words), high: length(high, words) }), note };
}
