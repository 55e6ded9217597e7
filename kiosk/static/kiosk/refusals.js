/* What could not be done, why, and each way out of it in one touch. */
import { askAgain } from "./asking.js";
import * as draw from "./draw.js";
import { show } from "./stage.js";
import { t } from "./words.js";

let trouble = null; /* how the refusal that is shown is told again, in the other language */

/* `ways` = [{words, main, go}]; `retell` is called when the language is turned. */
export function refuse({ title, words, ways, qr = null, retell = null }) {
  trouble = retell;
  draw.refused(title, words, ways, qr);
  show("refused");
}

/* Nobody knows whether it was done: only the same request again tells, and it never does it a second time. */
export function noAnswer(answer, hear) {
  const again = () => askAgain(t("pending_again"), answer, hear);
  refuse({
    title: t("no_answer"), words: t("no_answer_what"), ways: [{ words: t("again"), main: true, go: again }],
    retell: () => noAnswer(answer, hear),
  });
}

/* The pairing or the page has ended: loaded again, it says what to do. */
export function ended(answer) {
  if (![400, 401].includes(answer.status)) return false;
  location.reload();
  return true;
}

export function retell() { if (trouble) trouble(); }
export function forget() { trouble = null; draw.refused("", "", [], null); }
