/* Keeping the first screen true: people waiting, open or not, the printer, the clock, and whether the server answers. */
import { send } from "/static/core/http.js";
import { connect } from "/static/core/live.js";

const ASK_MS = 20000;
const ASK_LOST_MS = 3000;
const SOON_MS = 700; /* A board that changes ten times a second is asked about once. */

/* The wall clock of the office, not of this machine: the server's instant and its offset, carried on by a steady clock. */
function wallClock(instant) {
  const sign = instant.slice(-6, -5) === "-" ? -1 : 1;
  const offset = instant.endsWith("Z") ? 0 : sign * (Number(instant.slice(-5, -3)) * 60 + Number(instant.slice(-2)));
  const at = Date.parse(instant) + offset * 60000;
  const heard = performance.now();
  return () => new Date(at + performance.now() - heard).toISOString().slice(11, 16);
}

export function follow(data, { onClock, onState, onConnection }) {
  let clock = null;
  let timer = 0;
  let due = 0;
  let asked = 0;
  const reloadedAt = performance.now();

  /* Sooner wins: a change never puts off the asking that an earlier one has ordered. */
  function soon(ms) {
    const at = performance.now() + ms;
    if (timer && at > due) return;
    clearTimeout(timer);
    due = at;
    timer = setTimeout(ask, ms);
  }

  async function ask() {
    timer = 0;
    asked += 1;
    const mine = asked;
    const answer = await send("GET", data.urls.state, null, { timeout: 6000 });
    if (mine !== asked) return;
    if (answer.ok) {
      clock = wallClock(answer.data.now);
      onClock(clock());
      onConnection(true);
      onState(answer.data);
      soon(ASK_MS);
    } else if ([401, 403].includes(answer.status) && performance.now() - reloadedAt > 30000) {
      location.reload(); /* No longer a kiosk of this office: the page says how to pair it. */
    } else {
      onConnection(false);
      soon(ASK_LOST_MS);
    }
  }

  connect({
    namespace: "/board", join: { office: data.office }, poll: data.urls.board,
    onSnapshot: () => soon(SOON_MS),
    onState: (state) => { if (state === "offline") soon(0); },
  });
  setInterval(() => { if (clock) onClock(clock()); }, 1000);
  ask();
}
