/* Numbers written by hand during an outage: typed row by row or pasted, kept on this machine until they are entered. */
import { el, fill, say, setText } from "/static/core/dom.js";
import { ask } from "./asks.js";
import { hour, present } from "./moments.js";
import { byId, ofOffice, page, pressed, toast, words } from "./door_room.js";
import { after, faultsOf, numberOf, rowsOf, servicesOf, timeOf } from "./hand_rules.js";

const KEPT = `door-hand-${page.office}`;
const empty = () => ({ number: "", time: "", service: "", priority: false });
const isEmpty = (row) => !row.number && !row.time;
let rows = [];
let told = []; /* a sentence by place */
let done = () => {};

function keep() {
  localStorage.setItem(KEPT, JSON.stringify({ on: page.today, rows: rows.filter((row) => !isEmpty(row)) }));
}

function kept() {
  try {
    const found = JSON.parse(localStorage.getItem(KEPT) || "null");
    return found && found.on === page.today ? found.rows : [];
  } catch (broken) { return []; }
}

const box = (name, value, more) => el("input", { class: "input", "data-hand": name, value, autocomplete: "off", ...more });

function serviceBox(row, place) {
  const fitting = servicesOf(row.number, page.services);
  const names = fitting.map((service) => el("option", { value: service.code, selected: service.code === row.service }, service.name));
  return el("select", { class: "input", "data-hand": "service", "aria-label": say(words.hand_service_of, { n: place + 1 }) },
    el("option", { value: "" }, fitting.length || !row.number ? words.hand_choose : words.hand_no_letter), ...names);
}

function rowNode(row, place) {
  const fault = told[place];
  const said = fault ? `hand-fault-${place}` : null;
  const more = (label, extra) => ({ "aria-label": say(label, { n: place + 1 }), "aria-invalid": fault ? "true" : null, "aria-describedby": said, ...extra });
  return el("li", { class: `hand-row ${fault ? "wrong" : ""}`, dataset: { place } },
    box("number", row.number, more(words.hand_number_of, { maxlength: 10, placeholder: "A037", autocapitalize: "characters" })),
    box("time", row.time, more(words.hand_time_of, { maxlength: 8, placeholder: "09:12", inputmode: "numeric" })),
    serviceBox(row, place),
    el("label", { class: "hand-priority" }, el("input", { type: "checkbox", "data-hand": "priority", checked: row.priority }), el("span", {}, words.priority)),
    el("button", { type: "button", class: "btn btn-secondary hand-drop", "data-drop": "", "aria-label": say(words.hand_drop, { n: place + 1 }) }, "×"),
    fault && el("p", { class: "error hand-fault", id: said }, fault));
}

function draw(focus) {
  fill(byId("hand-rows"), ...rows.map(rowNode));
  count();
  if (!focus) return;
  const node = byId("hand-rows").children[focus.place];
  if (node) node.querySelector(`[data-hand="${focus.name}"]`).focus();
}

function count() {
  const n = rows.filter((row) => !isEmpty(row)).length;
  setText(byId("hand-save"), n ? say(words.hand_save, { n }) : words.hand_save_none);
  byId("hand-save").disabled = n === 0;
}

/* The next row is begun with the next number and the same service: on a paper they follow one another. */
function addRow() {
  const last = rows[rows.length - 1];
  rows.push(last ? { ...empty(), number: after(last.number), service: last.service } : empty());
}

function changed(event) {
  const node = event.target.closest(".hand-row");
  const name = event.target.dataset.hand;
  if (!node || !name) return;
  const row = rows[Number(node.dataset.place)];
  row[name] = name === "priority" ? event.target.checked : event.target.value;
  if (name === "service" && row.service) sameLetter(row);
  count();
  keep();
}

/* On a paper of one queue most are for the same thing: rows of the same letter that have no service yet take this one. */
function sameLetter({ number, service }) {
  rows.forEach((row, place) => {
    if (row.service || !servicesOf(row.number, page.services).some((each) => each.code === service && row.number[0] === number[0])) return;
    row.service = service;
    byId("hand-rows").children[place].querySelector("select").value = service;
  });
}

/* Written properly once the field is left; the letter decides which services are offered. */
function left(event) {
  const node = event.target.closest(".hand-row");
  const name = event.target.dataset.hand;
  if (!node || !["number", "time"].includes(name)) return;
  const place = Number(node.dataset.place);
  const row = rows[place];
  row[name] = name === "number" ? numberOf(event.target.value) : timeOf(event.target.value);
  event.target.value = row[name];
  if (name === "number") {
    const fitting = servicesOf(row.number, page.services);
    if (!fitting.some((service) => service.code === row.service)) row.service = fitting.length === 1 ? fitting[0].code : "";
    node.querySelector("select").replaceWith(serviceBox(row, place));
  }
  keep();
}

/* Enter goes on: from the number to its time, from the time to the next row's. */
function goOn(event) {
  const node = event.target.closest(".hand-row");
  if (event.key !== "Enter" || !node || event.target.matches("select, button")) return;
  event.preventDefault();
  left(event);
  const place = Number(node.dataset.place);
  if (event.target.dataset.hand === "number") { node.querySelector('[data-hand="time"]').focus(); return; }
  const row = rows[place];
  if (!row.service) { node.querySelector("select").focus(); return; }
  if (place === rows.length - 1) { addRow(); draw({ place: place + 1, name: "time" }); return; }
  byId("hand-rows").children[place + 1].querySelector('[data-hand="time"]').focus();
}

function take(text) {
  rows = [...rows.filter((row) => !isEmpty(row)), ...rowsOf(text, page.services)];
  told = [];
  keep();
  draw();
}

function pasted(event) {
  const text = event.clipboardData ? event.clipboardData.getData("text") : "";
  if (!text.trim().includes("\n")) return;
  event.preventDefault();
  take(text);
}

function wrong(sentences) {
  told = sentences;
  draw();
  const first = told.findIndex(Boolean);
  byId("hand-wrong").hidden = first < 0;
  if (first < 0) return;
  setText(byId("hand-wrong-words"), say(words.hand_wrong, { n: told.filter(Boolean).length }));
  byId("hand-rows").children[first].querySelector("input").focus();
}

async function save(event) {
  event.preventDefault();
  rows = rows.filter((row) => !isEmpty(row));
  const faults = faultsOf(rows, page.services, hour(present())).map((name) => (name ? words[name] : ""));
  if (faults.some(Boolean)) { wrong(faults); return; }
  const answer = await pressed(ofOffice("tickets/handwritten"), {
    tickets: rows.map((row) => ({ number: row.number, service: row.service, taken_at: row.time, priority: row.priority })),
  });
  if (!answer) return;
  if (answer.ok) { entered(answer.data.length); return; }
  wrong(rows.map((row, place) => sentenceFor(row, place, answer)));
  if (!told.some(Boolean)) { byId("hand-wrong").hidden = false; setText(byId("hand-wrong-words"), answer.status === 0 ? words.no_answer : (answer.data && answer.data.detail) || words.failed); }
}

/* Of which row the server's refusal speaks. */
function sentenceFor(row, place, { data }) {
  if (!data) return "";
  if (data.code === "number_taken") return data.number === row.number ? data.detail : "";
  const key = Object.keys(data.errors || {}).find((each) => each.startsWith(`tickets.${place}.`));
  return key ? data.errors[key] : "";
}

function entered(n) {
  clear();
  toast(say(words.hand_done, { n }));
  done();
}

function clear() {
  rows = [empty()];
  told = [];
  localStorage.removeItem(KEPT);
  byId("hand-wrong").hidden = true;
  draw();
}

async function paste() {
  const answers = await ask("paste", "");
  if (answers && answers.lines.trim()) take(answers.lines);
}

/* `entering()` is told when all of them are in the line. */
export function startHand(entering) {
  done = entering;
  rows = kept();
  if (!rows.length) rows = [empty()];
  const list = byId("hand-rows");
  list.addEventListener("input", changed);
  list.addEventListener("change", changed);
  list.addEventListener("focusout", left);
  list.addEventListener("keydown", goOn);
  list.addEventListener("paste", pasted);
  list.addEventListener("click", (event) => {
    if (!event.target.closest("[data-drop]")) return;
    rows.splice(Number(event.target.closest(".hand-row").dataset.place), 1);
    told = [];
    if (!rows.length) rows = [empty()];
    keep();
    draw();
  });
  byId("hand-more").addEventListener("click", () => { addRow(); draw({ place: rows.length - 1, name: rows[rows.length - 1].number ? "time" : "number" }); });
  byId("hand-paste").addEventListener("click", paste);
  byId("hand-clear").addEventListener("click", () => {
    const before = rows;
    clear();
    toast(words.hand_cleared, "", () => { rows = before; keep(); draw(); byId("toast").hidden = true; });
  });
  byId("hand").addEventListener("submit", save);
  draw();
}
