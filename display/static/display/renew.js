/* A screen runs for months: when the server has other files, or other options for it, it loads itself again. ES2017.

   makeRenewal({release, isQuiet}) -> {see(release), want(), tick()}
   Only in a quiet moment, never during a call, and only when the server really has the page to give. Not all screens of a
   city at once; and not again and again where two servers of different versions answer in turn. */
import { steady } from "/static/core/steady.js";

const SPREAD_MS = 60000;
const AGAIN_MS = 600000;
const MARK = "renewed-at";

function lately() {
  try { return Date.now() - Number(sessionStorage.getItem(MARK)) < AGAIN_MS; } catch (forbidden) { return false; }
}

export function makeRenewal({ release, isQuiet }) {
  let dueAt = null;
  let asking = false;

  function want() { if (dueAt === null) dueAt = steady() + Math.random() * SPREAD_MS; }

  async function renew() {
    asking = true;
    try {
      const page = await fetch(location.href, { cache: "no-store", credentials: "same-origin" });
      if (page.ok && isQuiet()) {
        sessionStorage.setItem(MARK, String(Date.now()));
        location.reload();
      }
    } catch (away) { /* the next quiet moment */ }
    dueAt = steady() + SPREAD_MS;
    asking = false;
  }

  return {
    see(other) {
      if (release && other && other !== release) want();
      else if (release) dueAt = null;
    },
    want,
    tick() {
      if (dueAt !== null && !asking && steady() > dueAt && isQuiet() && !lately()) renew();
    },
  };
}
