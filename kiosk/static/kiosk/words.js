/* The sentences of the page in both languages, and turning the whole screen from one to the other. */
import { say, setText } from "/static/core/dom.js";

let all = {};
let present = "vi";

export function setWords(words) { all = words; }
export function lang() { return present; }
export function pick(both) { return both[present] || both.vi; }
export function has(key) { return key in all[present]; }

export function t(key, places) {
  const sentence = all[present][key];
  return places ? say(sentence, places) : sentence;
}

export function turnTo(next) {
  present = next;
  document.documentElement.lang = next;
  document.querySelectorAll("[data-t]").forEach((node) => setText(node, t(node.dataset.t)));
}
