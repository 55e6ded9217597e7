/* The last board, kept in the browser: a screen that is loaded again while the server is away still has one to show.

   Only what every passer-by could read is kept: numbers and counters of this office. ES2017. */
const EVERY_MS = 10000; /* a television's memory wears out: not more often than this */

export function makeKeep(office) {
  const key = `board/${office}`;
  let waiting = null;
  let timer = 0;

  function write() {
    timer = 0;
    try { localStorage.setItem(key, JSON.stringify(waiting)); } catch (full) { /* shown all the same */ }
    waiting = null;
  }

  return {
    save(snapshot, ahead) {
      waiting = { snapshot, ahead };
      if (!timer) timer = setTimeout(write, EVERY_MS);
    },
    /* {snapshot, ahead} or null; `ahead` is what makeClock().ahead() said then. */
    last() {
      try {
        const kept = JSON.parse(localStorage.getItem(key));
        return kept && kept.snapshot && Array.isArray(kept.snapshot.counters) ? kept : null;
      } catch (broken) {
        return null;
      }
    },
  };
}
