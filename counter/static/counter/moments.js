/* The office's time on this screen: the server's clock, shown on the office's wall. */

let ahead = 0; /* milliseconds the server's clock is ahead of this computer's */
let wall = null;

export function setZone(zone) {
  wall = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

export function setServerTime(instant) {
  if (instant) ahead = Date.parse(instant) - Date.now();
}

export const present = () => Date.now() + ahead;

/* "09:04" of an ISO instant (or of milliseconds) on the office's wall. */
export const hour = (instant) => (instant ? wall.format(typeof instant === "number" ? instant : Date.parse(instant)) : "");

export const secondsSince = (instant) => Math.max(0, Math.floor((present() - Date.parse(instant)) / 1000));
export const secondsUntil = (instant) => Math.max(0, Math.ceil((Date.parse(instant) - present()) / 1000));
export const minutesSince = (instant) => Math.floor(secondsSince(instant) / 60);

/* 04:12, and 1:04:12 from an hour on. */
export function stopwatch(seconds) {
  const two = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  return `${hours ? `${hours}:` : ""}${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
