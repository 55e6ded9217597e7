/* What the console and the tablet alike have to do with the server: a press is sent once, and whether it answers is shown. */
import { newKey, send } from "/static/core/http.js";
import { say, setText } from "/static/core/dom.js";

/* No answer does not mean not done: the same key asks again and is answered once. */
export async function post(address, body) {
  const key = newKey();
  const answer = await send("POST", address, body, { key });
  return answer.status === 0 ? send("POST", address, body, { key }) : answer;
}

/* The `onState` of a live line, in these words. */
export const showConnection = (words) => (state, age) => {
  const live = document.getElementById("live");
  live.className = `live live-${state}`;
  setText(live, words[`live_${state}`]);
  document.getElementById("lost").hidden = state !== "offline";
  setText(document.getElementById("lost-words"), say(words.lost, { seconds: age === null ? "?" : age }));
};
