/* Choosing a counter: one press opens it and leads to the console. */
import { send, newKey } from "/static/core/http.js";
import { pageData, setText } from "/static/core/dom.js";

const page = pageData("page-data");
const refused = document.getElementById("refused");
let busy = false;

async function press(address, body) {
  busy = true;
  document.querySelectorAll("[data-counter], [data-release]").forEach((each) => each.classList.add("waiting-for"));
  const key = newKey();
  let answer = await send("POST", address, body, { key });
  if (answer.status === 0) answer = await send("POST", address, body, { key });
  if (answer.status === 401) { location.reload(); return answer; }
  if (!answer.ok) refuse(answer);
  return answer;
}

async function open(button) {
  const answer = await press(`/api/v1/counters/${button.dataset.counter}/open`, { move: Boolean(button.dataset.move) });
  if (answer.ok) location.assign(page.console);
}

/* Whoever was there is in the line again; how the counter stands now is drawn by the server. */
async function release(button) {
  const answer = await press(`/api/v1/counters/${button.dataset.release}/release`, {});
  if (answer.ok) location.reload();
}

function refuse(answer) {
  busy = false;
  document.querySelectorAll("[data-counter], [data-release]").forEach((each) => each.classList.remove("waiting-for"));
  /* One's counter of another window: the same press again moves. */
  if (answer.data && answer.data.code === "other_counter_open") document.querySelectorAll("[data-counter]").forEach((each) => { each.dataset.move = "1"; });
  setText(document.getElementById("refused-words"), (answer.data && answer.data.detail) || page.no_answer);
  refused.hidden = false;
  refused.scrollIntoView({ block: "nearest" });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-counter], [data-release]");
  if (!button || busy) return;
  if (button.dataset.release) { release(button); return; }
  if (Number(button.dataset.counter) === page.mine) location.assign(page.console);
  else open(button);
});
