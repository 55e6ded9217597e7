/* What the console and the tablet alike have to do with the server: a press is sent once, and whether it answers is shown. */
import { connect } from "/static/core/live.js";
import { newKey, send } from "/static/core/http.js";
import { say, setText } from "/static/core/dom.js";

/* Signed out meanwhile (the day's session ended, or somebody signed out in another window): to the sign-in, and from there back to
   this very page. The counter stays open and its ticket with it, so whoever signs in again finds both. */
export function signInAgain(answer) {
  if (answer.status === 401) location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
  return answer;
}

/* No answer does not mean not done: the same key asks again and is answered once. */
export async function post(address, body) {
  const key = newKey();
  const answer = await send("POST", address, body, { key });
  return signInAgain(answer.status === 0 ? await send("POST", address, body, { key }) : answer);
}

const SOON_MS = 300; /* a line comes some 20 ms after its change; then it is asked for */

/* Lines as they come: `isNewerThan(version)` is true as soon as a later one is there, false when the socket does not bring it. */
export function arrivals() {
  let live = false;
  let latest = -1;
  let waiting = [];
  return {
    isLive(is) { live = is; },
    came(version) {
      latest = version;
      waiting = waiting.filter((each) => !each(version));
    },
    isNewerThan(version) {
      if (latest > version) return Promise.resolve(true);
      if (!live) return Promise.resolve(false);
      return new Promise((resolve) => {
        const timer = setTimeout(() => resolve(false), SOON_MS);
        waiting.push((present) => {
          if (present <= version) return false;
          clearTimeout(timer);
          resolve(true);
          return true;
        });
      });
    },
  };
}

/* Keep the line of a page's office live. The socket speaks Vietnamese to everybody: for who reads English `refetch` asks for
   the same line in English. `isLive` is told whether the socket brings it. Gives the connection. */
export function followLine(page, accept, refetch, isLive = () => {}) {
  const show = showConnection(page.words);
  return connect({
    namespace: "/line",
    join: { office: page.office },
    poll: page.line,
    onSnapshot(fresh) { if (page.language === "vi") accept(fresh); else refetch(); },
    onState(state, age) { isLive(state === "live"); show(state, age); },
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
