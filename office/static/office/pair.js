// Asks every few seconds whether somebody has typed the code that stands here; then this machine is a device and goes to its page.
import { send } from "/static/core/http.js";

const EVERY_MS = 2500;
const state = document.getElementById("pair-state");

async function ask() {
  const answer = await send("POST", "/pair/claim", {});
  if (answer.status === 200 && answer.data && answer.data.url) {
    location.replace(answer.data.url);
    return;
  }
  const words = answer.status === 0 ? state.dataset.lost : state.dataset.waiting;
  if (state.textContent !== words) state.textContent = words;
  setTimeout(ask, EVERY_MS);
}

setTimeout(ask, EVERY_MS);
