/* The keys of the console. The letters stand for the Vietnamese words on the buttons; A, F and W are second names. */
export const KEYS = {
  n: "next", s: "serve", r: "recall", v: "absent", a: "absent", g: "hold", c: "transfer", x: "finish", f: "finish", t: "papers", l: "further", h: "dossier",
  k: "take", w: "take", i: "sheet", p: "pause", b: "handover", m: "names", d: "wrong", z: "undo",
};

/* Which letter was pressed. A Vietnamese typing program turns some into others ("w" becomes "ư", a tone key is swallowed):
   then the place on the keyboard counts. */
export function letterOf(event) {
  const typed = event.key.toLowerCase();
  if (/^[a-z]$/.test(typed)) return typed;
  const place = /^Key([A-Z])$/.exec(event.code || "");
  if (place && (event.key.length > 1 ? ["Process", "Unidentified"].includes(event.key) : true)) return place[1].toLowerCase();
  return { "\u01b0": "w", "\u01a1": "w", "\u0111": "d" }[typed] || "";
}

/* Whether the key is meant for a field, a list, or the browser itself. */
export const isForField = (event) => event.target.matches("input:not([type=checkbox]):not([type=radio]), select, textarea");

export const keysOn = () => localStorage.getItem("console-keys") !== "off";
export const setKeysOn = (on) => localStorage.setItem("console-keys", on ? "on" : "off");
