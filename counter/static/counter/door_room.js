/* What every part of the tablet uses: the page's words, sending one press at a time, saying what came of it. */
import { el, fill, pageData, setText } from "/static/core/dom.js";
import { send } from "/static/core/http.js";
import { post, signInAgain } from "./server.js";

export const page = pageData("page-data");
export const { words } = page;
export const byId = (id) => document.getElementById(id);
export const all = (selector) => document.querySelectorAll(selector);
export const ofOffice = (rest) => `/api/v1/offices/${page.office}/${rest}`;

const MESSAGE_MS = 8000;
const UNDO_MS = 30000;
let busy = false;
let toastTimer = 0;

/* `undo` takes back what the sentence says. */
export function toast(sentence, tone, undo) {
  clearTimeout(toastTimer);
  byId("toast").className = `toast door-toast ${tone || ""}`;
  byId("toast").setAttribute("role", tone === "refused" ? "alert" : "status");
  byId("toast").hidden = false;
  setText(byId("toast-words"), sentence);
  byId("toast-undo").hidden = !undo;
  byId("toast-undo").onclick = undo || null;
  /* A dialog lies above everything of the page: what is said of it is said in it. */
  const dialog = document.querySelector("dialog[open]");
  (dialog || document.body).append(byId("toast"));
  toastTimer = setTimeout(() => { byId("toast").hidden = true; }, undo ? UNDO_MS : MESSAGE_MS);
}

export function refuse(answer) {
  toast(answer.status === 0 ? words.no_answer : (answer.data && answer.data.detail) || words.failed, "refused");
}

/* The whole answer, or null when another press is under way. */
export async function pressed(address, body) {
  if (busy) return null;
  busy = true;
  document.body.classList.add("busy");
  const answer = await post(address, body);
  busy = false;
  document.body.classList.remove("busy");
  return answer;
}

/* What was answered, or null when another press is under way or it was refused, which is said. */
export async function press(address, body) {
  const answer = await pressed(address, body);
  if (!answer) return null;
  if (answer.ok) return answer.data || {};
  refuse(answer);
  return null;
}

/* A question that changes nothing and is not kept. */
export const search = async (address, body) => signInAgain(await send("POST", address, body));

export function facts(box, pairs) {
  fill(box, ...pairs.filter(([, value]) => value).map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
}
