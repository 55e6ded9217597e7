/* One live board, ticket or line: a socket when it can be had, asking every few seconds when it cannot.

   connect({namespace, join, poll, onSnapshot, onState, onRefused}) -> {close, refresh}
     namespace  "/board", "/line" or "/ticket"
     join       what is said on every (re)connection, e.g. {office: "00070"}
     poll       address of the GET with the same snapshot; leave out where there is none
     onSnapshot(snapshot)      a whole snapshot whose `version` is not below the last one drawn
     onState(state, age)       state "live" | "polling" | "offline"; age = whole seconds since the board was last known
                               true. Told at every change, and every 5 s while not live.
     onRefused(problem)        the server said no (a token that ended, a right that was taken): {code, detail}

   Written in ES2017: lobby televisions are old. */
import { io } from "./vendor/socket.io.esm.min.js";

const POLL_MS = 5000;
const ANSWER_MS = 6000;
const OLDER_MS = 10000; /* So long only lower versions: not a late event but a database restored from a backup. */

const jitter = (ms) => Math.round(ms * (0.75 + Math.random() * 0.5));

export function connect({ namespace, join, poll, onSnapshot, onState, onRefused }) {
  let version = -1;
  let olderSince = null;
  let trueAt = null; /* when the drawn board was last known to be the present one */
  let state = null;
  let joined = false;
  let closed = false;
  let pollTimer = 0;
  let joinTimer = 0;
  let againTimer = 0;

  const socket = io(namespace, {
    transports: ["websocket"],
    reconnectionDelay: 500,
    reconnectionDelayMax: 8000,
    randomizationFactor: 0.5,
    timeout: 8000,
  });

  const age = () => (trueAt === null ? null : Math.max(0, Math.round((Date.now() - trueAt) / 1000)));

  function tell(next) {
    if (closed) return;
    if (next === "live") trueAt = Date.now();
    if (next !== state || next !== "live") {
      state = next;
      if (onState) onState(state, age());
    }
  }

  function accept(snapshot) {
    if (closed || !snapshot || typeof snapshot.version !== "number") return;
    if (snapshot.version < version) {
      if (olderSince === null) olderSince = Date.now();
      if (Date.now() - olderSince < OLDER_MS) return;
    }
    olderSince = null;
    version = snapshot.version;
    trueAt = Date.now();
    if (onSnapshot) onSnapshot(snapshot);
  }

  function say() {
    socket.emit("join", join);
    clearTimeout(joinTimer);
    joinTimer = setTimeout(() => { if (!joined) pollSoon(0); }, ANSWER_MS);
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
    try {
      const answer = await fetchOrGiveUp(poll);
      if (answer.ok) {
        accept(answer.data);
        if (!joined) tell("polling");
      } else {
        if (onRefused && answer.status < 500 && answer.status !== 429) onRefused(answer.data);
        if (!joined) tell("offline");
      }
    } catch (lost) {
      if (!joined) tell("offline");
    }
    pollSoon(jitter(POLL_MS));
  }

  function lost() {
    joined = false;
    clearTimeout(joinTimer);
    if (closed) return;
    if (state === "live") trueAt = Date.now();
    if (navigator.onLine === false) tell("offline");
    pollSoon(jitter(1000));
    /* Socket.IO does not come back by itself after the server hung up or refused the connection. */
    clearTimeout(againTimer);
    if (!socket.active) againTimer = setTimeout(() => { if (!closed) socket.connect(); }, jitter(POLL_MS));
  }

  socket.on("connect", say);
  socket.on("snapshot", (snapshot) => {
    joined = true;
    clearTimeout(pollTimer);
    clearTimeout(joinTimer);
    accept(snapshot);
    tell("live");
  });
  socket.on("refused", (problem) => { if (!closed && onRefused) onRefused(problem); });
  socket.on("disconnect", lost);
  socket.on("connect_error", lost);

  /* The network or the page came back: do not wait for the next attempt, and never trust a socket that slept. */
  function wake() {
    if (closed || document.visibilityState === "hidden") return;
    if (socket.connected) say();
    else { clearTimeout(againTimer); socket.connect(); pollSoon(0); }
  }
  function away() {
    if (joined) { joined = false; tell("offline"); }
    pollSoon(jitter(1000));
  }
  window.addEventListener("online", wake);
  window.addEventListener("offline", away);
  document.addEventListener("visibilitychange", wake);

  if (!poll) pollSoon(ANSWER_MS);
  else pollSoon(3000);

  return {
    /* Ask for the present snapshot at once (after an action of our own). */
    refresh() { if (socket.connected) say(); else pollSoon(0); },
    close() {
      closed = true;
      [pollTimer, joinTimer, againTimer].forEach(clearTimeout);
      window.removeEventListener("online", wake);
      window.removeEventListener("offline", away);
      document.removeEventListener("visibilitychange", wake);
      socket.disconnect();
    },
  };
}
