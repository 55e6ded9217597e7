/* The office's clock on a machine whose own clock may be wrong by years, and may be set at any moment. ES2017.

   makeClock() -> {take(iso, afresh), now(), ahead()}
     take(iso)   the server's time in a snapshot that has just come; `afresh` forgets what was believed before
     now()       the office's time, ms since 1970; it never runs back for a snapshot that was long under way
     ahead()     by how much that is ahead of the machine's own clock, ms */
import { steady } from "/static/core/steady.js";

const LATE_MS = 2000; /* an answer may be under way so long */
const SURE = 3; /* so many in a row that say the same: the server's clock was set back */

export function makeClock() {
  let base = null; /* the office's time at the beginning of `steady` */
  let behind = 0;

  return {
    take(iso, afresh) {
      const told = Date.parse(iso) - steady();
      if (base === null || afresh || told > base) {
        base = told;
        behind = 0;
        return;
      }
      behind = base - told > LATE_MS ? behind + 1 : 0;
      if (behind < SURE) return;
      base = told;
      behind = 0;
    },
    now: () => (base === null ? Date.now() : base + steady()),
    ahead: () => (base === null ? 0 : base + steady() - Date.now()),
  };
}
