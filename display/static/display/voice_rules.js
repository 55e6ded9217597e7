/* What the hall's voice decides, without a sound or a clock of its own: tests/browser/test_voice_queue.py has the cases. */

const BEST_FIRST = ["clips", "espeak", "browser"];

/* The ways to say a sentence, in the order in which they are tried: the chosen one, then the rest from the best on. A chime is
   what is left when none can. `own` is the display's choice, null for the office's. */
export function enginesFor(own, ofOffice) {
  const chosen = own || ofOffice || "auto";
  if (chosen === "off" || chosen === "chime") return [];
  return BEST_FIRST.filter((engine) => engine === chosen).concat(BEST_FIRST.filter((engine) => engine !== chosen));
}

const minutes = (clock) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));

/* Whether `clock` ("HH:MM") lies in the quiet hours [from, until): over midnight when they end before they begin. */
export function isQuiet(clock, quiet) {
  if (!quiet || !quiet[0] || !quiet[1]) return false;
  const now = minutes(clock);
  const from = minutes(quiet[0]);
  const until = minutes(quiet[1]);
  return from <= until ? from <= now && now < until : now >= from || now < until;
}

/* Whether a call has to be said shorter, because the last one in the line would otherwise be heard too late. `waited` is how long
   this one has stood in the line, `behindIt` how many stand behind it, `eachMs` how long a whole one takes. */
export function isLate({ waited, behindIt, eachMs, mostMs }) {
  return waited + behindIt * eachMs > mostMs;
}

/* How loud, for a volume of 0 to 100: half of it is heard as half as loud. */
export function gainFor(volume) {
  const share = Math.min(100, Math.max(0, volume)) / 100;
  return share * share;
}

/* Put a call into the line. A call that still waits there is not said twice when it is called again: the newer one takes its
   place, at the earlier one's turn. Gives the entry. */
export function enter(line, call, at) {
  const waiting = line.filter((entry) => !entry.trial && entry.call.call_id === call.call_id)[0];
  if (waiting) {
    if (call.times >= waiting.call.times) waiting.call = call;
    return waiting;
  }
  const entry = { call, at };
  line.push(entry);
  return entry;
}
