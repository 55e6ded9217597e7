/* What becomes of the paper, in words. A number is never less valid for it, and nothing claims a print nobody confirmed. */
import { el, fill, icon, setText } from "/static/core/dom.js";
import { t } from "./words.js";

const WELL = ["ok", "near_end", "unknown"];
export const ON_THE_WAY = ["queued", "sending"];

/* Whether paper may be expected of a printer in this state. */
export const well = (printer) => WELL.includes(printer);

/* The words, where it comes out if not here, and the notice's tone. What is on its way to a printer that is known to be out of
   order is not waited for: the person is told at once. `paper` = {state, printer, at}. */
export function said(paper) {
  const out = Boolean(paper.printer) && paper.printer !== "none" && !well(paper.printer);
  const told = out && ON_THE_WAY.includes(paper.state) ? "blocked" : paper.state;
  const key = told === "blocked" && paper.printer === "paper_out" ? "paper_out" : told;
  const coming = [...ON_THE_WAY, "printed", "handed"].includes(told);
  const tone = told === "printed" ? "notice-green" : coming ? "" : "notice-amber";
  return { key, at: coming && paper.at ? t("print_at", { at: paper.at }) : "", tone };
}

/* Draws a notice, only when something of it changed: it is read aloud. */
export function notice(box, words, at, tone) {
  const mark = [words, at, tone].join("|");
  if (box.dataset.mark === mark) return;
  box.dataset.mark = mark;
  box.className = `notice k-print ${tone}`;
  if (!words) { setText(box, ""); return; }
  fill(box, icon("printer"), el("span", { class: "k-paper" }, el("span", {}, words), at ? el("strong", {}, at) : null));
}
