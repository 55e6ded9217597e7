/* What is written on a paper of numbers, read. Pure: text in, rows out. A row: {number, time, service, priority}. */
import { fold } from "/static/core/fold.js";

const NUMBER = /([a-z]{1,2})\s*-?\s*(\d{1,4})(?!\d)/i;
const TIME = /(?:^|\D)([01]?\d|2[0-3])\s*[:hg.]\s*([0-5]\d)(?!\d)|(?:^|\s)([01]?\d|2[0-3])([0-5]\d)(?!\d)/i;

/* "a37" -> "A037"; what cannot be a number stays as it was typed. */
export function numberOf(typed) {
  const found = /^\s*([a-z]{1,4})\s*-?\s*(\d{1,5})\s*$/i.exec(typed);
  return found ? found[1].toUpperCase() + found[2].replace(/^0+(?=\d)/, "").padStart(3, "0") : typed.trim().toUpperCase();
}

/* "912", "9h12", "09.12" -> "09:12"; what cannot be a time stays as it was typed. */
export function timeOf(typed) {
  const found = /^\s*(\d{1,2})\s*[:hg.]?\s*(\d{2})\s*$/i.exec(typed);
  if (!found || Number(found[1]) > 23 || Number(found[2]) > 59) return typed.trim();
  return `${found[1].padStart(2, "0")}:${found[2]}`;
}

export const prefixOf = (number) => (/^[A-Z]+/.exec(number) || [""])[0];

/* The number after this one on the same paper. */
export function after(number) {
  const found = /^([A-Z]+)(\d+)$/.exec(number);
  return found ? found[1] + String(Number(found[2]) + 1).padStart(3, "0") : "";
}

/* The services a number may be for; those of another letter are not offered. */
export const servicesOf = (number, services) => services.filter((service) => service.prefix === prefixOf(number));

function lineOf(line, services) {
  const number = NUMBER.exec(line);
  const rest = number ? line.replace(number[0], " ") : line;
  const time = TIME.exec(rest);
  const said = fold(time ? rest.replace(time[0], " ") : rest).replace(/[;,\t|]/g, " ");
  const label = number ? numberOf(number[1] + number[2]) : "";
  const wanted = said.replace(/\buu tien\b/, "").replace(/\s+/g, " ").trim();
  const fitting = servicesOf(label, services);
  const named = wanted ? fitting.find((service) => service.code === wanted || fold(service.name).includes(wanted)) : null;
  return {
    number: label || line.trim().slice(0, 10),
    time: time ? timeOf(`${time[1] || time[3]}:${time[2] || time[4]}`) : "",
    service: named ? named.code : fitting.length === 1 ? fitting[0].code : "",
    priority: /\buu tien\b/.test(said),
  };
}

/* Each line of a pasted list as a row; empty ones are passed over. */
export const rowsOf = (text, services) => text.split(/\r?\n/).filter((line) => line.trim()).map((line) => lineOf(line, services));

/* What is wrong with each row before anything is sent: the name of a sentence by place, "" where nothing is. */
export function faultsOf(rows, services, now) {
  const given = new Map();
  return rows.map((row, place) => {
    const first = given.get(row.number);
    given.set(row.number, first === undefined ? place : first);
    if (!/^[A-Z]{1,4}\d{3}$/.test(row.number)) return "hand_number";
    if (!servicesOf(row.number, services).length) return "hand_prefix";
    if (first !== undefined) return "hand_twice";
    if (!/^\d\d:\d\d$/.test(row.time)) return "hand_time";
    if (row.time > now) return "hand_later";
    return row.service ? "" : "hand_service";
  });
}
