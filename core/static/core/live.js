/* One live board, ticket or line: a socket when it can be had, asking every few seconds when it cannot.

   connect({namespace, join, poll, onSnapshot, onState, onRefused}) -> {close, emit, refresh}
     namespace  "/board", "/line" or "/ticket"
     join       what is said on every (re)connection, e.g. {office: "00070"}
     poll       address of the GET with the same snapshot; leave out where there is none
     onSnapshot(snapshot)      a whole snapshot, never older than the last one
     onState(state, age)       state "live" | "polling" | "offline"; age = whole seconds since the board was last known
                               true. Told at every change, and every 5 s while not live.
     onRefused(problem)        the server said no (a token that ended, a right that was taken): {code, detail}
   What it gives also has emit(event, data): say something in the room; false when there is no socket in it to say it over.

   Written in ES2017: lobby televisions are old. */
import { io } from "./vendor/socket.io.esm.min.js";
import { steady } from "./steady.js";

const POLL_MS = 5000;
const ANSWER_MS = 6000;
const OLDER_MS = 10000; /* Where nothing can be asked for: so long only lower versions, and the database is a restored one. */
const CONFIRM_MS = 1000; /* not more often than this is it asked whether the database went back */
const WATCH_MS = 5000;
const SLEPT_MS = 15000; /* a watch that comes so late has slept */
const REJOIN_MS = 20000;
const RETRY_MS = 5000; /* a city of screens is back within eight seconds, and does not all knock at once */
const RETRY_POLLING_MS = 30000; /* where sockets are blocked for good, polling does */

const jitter = (ms) => Math.round(ms * (0.75 + Math.random() * 0.5));

export function connect({ namespace, join, poll, onSnapshot, onState, onRefused }) {
  let version = -1;
  let drawnAt = 0;
  let madeAt = ""; /* the server's time in the drawn snapshot */
  let olderSince = null;
  let trueAt = null; /* when the drawn board was last known to be the present one */
  let heardAt = 0; /* when the socket last gave a sign of life: the server's is every 20 s */
  let state = null;
  let joined = false;
  let closed = false;
  let pollTimer = 0;
  let joinTimer = 0;
  let againTimer = 0;
  let confirming = false;
  let watchedAt = steady();

  const socket = io(namespace, {
    transports: ["websocket"],
    reconnectionDelay: 1000,
    reconnectionDelayMax: RETRY_MS,
    randomizationFactor: 0.9, /* a city that was cut off comes back within two seconds, not at once */
    timeout: 8000,
  });

  const age = () => (trueAt === null ? null : Math.max(0, Math.round((steady() - trueAt) / 1000)));

  function tell(next) {
    if (closed) return;
    if (next === "live") trueAt = steady();
    if (next !== state || next !== "live") {
      state = next;
      socket.io.reconnectionDelayMax(next === "polling" ? RETRY_POLLING_MS : RETRY_MS);
      if (onState) onState(state, age());
    }
  }

  /* A lower version is a late one, and is not drawn; unless it was asked for after the present one was drawn: then the
     database itself has gone back, to a backup. `askedAt` is null for what the server sent of itself. */
  function isBehind(snapshot, askedAt) {
    if (snapshot.version > version || (askedAt !== null && askedAt > drawnAt)) return false;
    if (snapshot.version === version) return Boolean(snapshot.now && madeAt) && Date.parse(snapshot.now) < Date.parse(madeAt);
    if (poll) {
      confirm();
      return true;
    }
    if (olderSince === null) olderSince = steady();
    return steady() - olderSince < OLDER_MS;
  }

  function accept(snapshot, askedAt) {
    if (closed || !snapshot || typeof snapshot.version !== "number" || isBehind(snapshot, askedAt)) return;
    olderSince = null;
    version = snapshot.version;
    madeAt = snapshot.now || "";
    drawnAt = steady();
    trueAt = askedAt === null ? drawnAt : askedAt;
    /* What a page fails to draw must not look like a lost connection. */
    try { if (onSnapshot) onSnapshot(snapshot); } catch (error) { console.error(error); }
  }

  function say() {
    const known = joined;
    const before = heardAt;
    socket.emit("join", join);
    clearTimeout(joinTimer);
    joinTimer = setTimeout(() => {
      if (closed || (joined && heardAt !== before)) return;
      if (known) lost("no answer"); /* a socket that looks alive and is dead */
      else pollSoon(0);
      joinTimer = setTimeout(() => { if (!closed && !joined && socket.connected) say(); }, jitter(REJOIN_MS));
    }, ANSWER_MS);
  }

  function pollSoon(ms) {
    clearTimeout(pollTimer);
    if (!closed && !joined) pollTimer = setTimeout(ask, ms);
  }

  /* A request that hangs must not stop the asking: it is given up, with or without AbortController. */
  function fetchOrGiveUp(address) {
    const stop = typeof AbortController === "function" ? new AbortController() : null;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => { if (stop) stop.abort(); reject(new Error("no answer")); }, ANSWER_MS);
      fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin", cache: "no-store", signal: stop ? stop.signal : undefined })
        .then((answer) => answer.json().then((data) => resolve({ ok: answer.ok, status: answer.status, data })))
        .catch(reject)
        .then(() => clearTimeout(timer));
    });
  }

  async function ask() {
    if (closed || joined) return;
    if (!poll) {
      tell("offline");
      return pollSoon(jitter(POLL_MS));
    }
    const askedAt = steady();
    try {
      const answer = await fetchOrGiveUp(poll);
      if (answer.ok) {
        accept(answer.data, askedAt);
        if (!joined) tell("polling");
      } else {
        if (onRefused && answer.status < 500 && answer.status !== 429) onRefused(answer.data);
        if (!joined) tell("offline");
      }
    } catch (lostAgain) {
      if (!joined) tell("offline");
    }
    pollSoon(jitter(POLL_MS));
  }

  async function confirm() {
    if (confirming) return;
    confirming = true;
    const askedAt = steady();
    try {
      const answer = await fetchOrGiveUp(poll);
      if (answer.ok) accept(answer.data, askedAt);
    } catch (unknown) { /* the next one tells */ }
    setTimeout(() => { confirming = false; }, CONFIRM_MS);
  }

  function lost(why) {
    const was = joined;
    joined = false;
    clearTimeout(joinTimer);
    if (closed) return;
    /* What went silent was last known to be true when it last gave a sign; what was closed, now. */
    if (was && state === "live") trueAt = why === "ping timeout" || why === "no answer" ? Math.max(trueAt, heardAt) : steady();
    if (navigator.onLine === false) tell("offline");
    pollSoon(jitter(1000));
    /* Socket.IO does not come back by itself after the server hung up or refused the connection. */
    clearTimeout(againTimer);
    if (!socket.active) againTimer = setTimeout(() => { if (!closed) socket.connect(); }, jitter(POLL_MS));
  }

  function heard() { heardAt = steady(); }

  socket.on("connect", say);
  socket.on("snapshot", (snapshot) => {
    heard();
    joined = true;
    clearTimeout(pollTimer);
    accept(snapshot, null);
    tell("live");
  });
  socket.on("refused", (problem) => { if (!closed && onRefused) onRefused(problem); });
  socket.on("disconnect", lost);
  socket.on("connect_error", lost);
  socket.io.on("ping", heard);

  /* The network or the page came back: do not wait for the next attempt, and never trust a socket that slept. */
  function wake() {
    if (closed || document.visibilityState === "hidden") return;
    if (socket.connected) say();
    else { clearTimeout(againTimer); socket.connect(); pollSoon(0); }
  }
  function away() {
    if (joined) { joined = false; trueAt = Math.max(trueAt, heardAt); tell("offline"); }
    pollSoon(jitter(1000));
  }
  function watch() {
    const now = steady();
    if (now - watchedAt > SLEPT_MS) wake();
    watchedAt = now;
  }
  const watching = setInterval(watch, WATCH_MS);
  window.addEventListener("online", wake);
  window.addEventListener("offline", away);
  document.addEventListener("visibilitychange", wake);

  if (!poll) pollSoon(ANSWER_MS);
  else pollSoon(3000);

  return {
    /* Ask for the present snapshot at once (after an action of our own). */
    refresh() { if (socket.connected) say(); else pollSoon(0); },
    emit(event, data) {
      if (closed || !joined || !socket.connected) return false;
      socket.emit(event, data);
      return true;
    },
    close() {
      closed = true;
      [pollTimer, joinTimer, againTimer].forEach(clearTimeout);
      clearInterval(watching);
      window.removeEventListener("online", wake);
      window.removeEventListener("offline", away);
      document.removeEventListener("visibilitychange", wake);
      socket.io.off("ping", heard);
      socket.disconnect();
    },
  };
}
