/* One touch is one request: a second touch meanwhile is dropped, and an answer lost on the way is asked for again under the
   same key, so that the server gives the same number and never a second one. */
import { newKey, send } from "/static/core/http.js";

const AGAIN_AFTER_MS = 2000;
const GIVE_UP_AFTER_MS = 45000;
const FINAL = ["too_many_holds", "code_too_soon"]; /* of 429: what is said is meant, asking again does not help */

let busy = false;
let freed = () => {};
export const isBusy = () => busy;
export function onFree(hear) { freed = hear; }

const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });
const lost = (answer) => answer.status === 0 || answer.status >= 500
  || (answer.status === 429 && !FINAL.includes(answer.data && answer.data.code));

/* press("/api/…", {…}, {onAgain}) -> {ok, status, data, lost, again()}, or null when another press is under way. */
export function press(address, body, { onAgain, method = "POST" }) {
  const key = newKey();
  async function ask() {
    if (busy) return null;
    busy = true;
    const until = performance.now() + GIVE_UP_AFTER_MS;
    try {
      for (;;) {
        const answer = await send(method, address, body, { key, timeout: 8000 });
        if (!lost(answer) || performance.now() > until) return Object.assign(answer, { lost: lost(answer), again: ask });
        onAgain();
        await pause(AGAIN_AFTER_MS);
      }
    } finally {
      busy = false;
      freed();
    }
  }
  return ask();
}
