/* The console says every minute that somebody is there, also from a window behind others: a browser slows the clocks of a hidden
   page down, but not those of a worker. */
import { send } from "/static/core/http.js";
import { signInAgain } from "./server.js";

const worker = new Worker(new URL("./beat.js", import.meta.url));

export function sayAlive(counter) {
  const beat = async () => signInAgain(await send("POST", `/api/v1/counters/${counter}/alive`, {}));
  worker.onmessage = beat;
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") beat(); });
  send("POST", `/api/v1/counters/${counter}/alive`, {});
}
