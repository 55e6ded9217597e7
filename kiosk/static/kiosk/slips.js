/* A paper that is nobody's number: asked for with one touch, and told of until it has come, or has not. */
import { send } from "/static/core/http.js";
import { notice, ON_THE_WAY, said } from "./paper.js";
import { press } from "./press.js";
import { has, lang, t } from "./words.js";

const ASK_MS = 1000;

/* `box` tells of it, in the sentences whose keys begin with `prefix`. `sheets` is where its state is asked. */
export function slip(box, prefix, sheets) {
  let paper = null; /* the API's answer, or {words} of a refusal, or {key} of a sentence */
  let asking = 0;

  function tell() {
    box.hidden = !paper;
    if (!paper) { notice(box, "", "", ""); return; }
    if (paper.words || paper.key) { notice(box, paper.words || t(paper.key), "", "notice-amber"); return; }
    const { key, at, tone } = said(paper);
    notice(box, t(has(`${prefix}_${key}`) ? `${prefix}_${key}` : `${prefix}_blocked`), at, tone);
  }
  /* One touch, one paper: another touch while it is on its way is dropped. */
  async function print(address, body) {
    if (paper && ON_THE_WAY.includes(paper.state)) return;
    paper = { state: "queued", printer: "unknown", at: null };
    const mine = paper;
    tell();
    const answer = await press(`${address}?lang=${lang()}`, Object.assign({ lang: lang() }, body), { onAgain: () => {} });
    if (answer === null || paper !== mine) return;
    paper = answer.ok ? answer.data : { words: (answer.data && answer.data.detail) || t(`${prefix}_blocked`) };
    tell();
    if (answer.ok) wait(paper);
  }
  function wait(shown) {
    clearTimeout(asking);
    if (!ON_THE_WAY.includes(shown.state)) return;
    asking = setTimeout(async () => {
      const answer = await send("GET", `${sheets}/${shown.id}`, null, { timeout: 5000 });
      if (paper !== shown) return;
      if (answer.ok) { paper = answer.data; tell(); }
      wait(paper);
    }, ASK_MS);
  }
  function forget() { clearTimeout(asking); paper = null; tell(); }
  return { print, tell, forget, say(key) { forget(); paper = { key }; tell(); } };
}
