/* What the console and the tablet alike have to do with the server: a press is sent once, and whether it answers is shown. */
import { connect } from "/static/core/live.js";
import { newKey, send } from "/static/core/http.js";
import { say, setText } from "/static/core/dom.js";

/* No answer does not mean not done: the same key asks again and is answered once. */
export async function post(address, body) {
  const key = newKey();
  const answer = await send("POST", address, body, { key });
  return answer.status === 0 ? send("POST", address, body, { key }) : answer;
}

/* Keep the line of a page's office live. The socket speaks Vietnamese to everybody: for who reads English `refetch` asks for
   the same line in English. Gives the connection. */
export function followLine(page, accept, refetch) {
  return connect({
    namespace: "/line",
    join: { office: page.office },
    poll: page.line,
    onSnapshot(fresh) { if (page.language === "vi") accept(fresh); else refetch(); },
    onState: showConnection(page.words),
    onRefused() { location.reload(); },
  });
}

const showConnection = (words) => (state, age) => {
  const live = document.getElementById("live");
  live.className = `live live-${state}`;
  setText(live, words[`live_${state}`]);
  document.getElementById("lost").hidden = state !== "offline";
  setText(document.getElementById("lost-words"), say(words.lost, { seconds: age === null ? "?" : age }));
};
