/* What to bring for a service, printed for somebody who only asks: no number. */
import { say } from "/static/core/dom.js";
import { ask } from "./asks.js";
import { onPaper } from "./paper.js";
import { fillServices } from "./pick.js";

/* The call to make, or null when it was thought better of. `services`: those of the page, `chosen` marked first. */
export async function sheetCall(page, services, chosen) {
  const offered = services.filter((service) => service.papers);
  const mark = offered.some((service) => service.code === chosen) ? chosen : offered.length ? offered[0].code : "";
  const answers = await ask("sheet", "", {
    prepare() { fillServices("sheet-service", offered, mark, { none: page.words.no_service }); },
  });
  return answers && [`/api/v1/offices/${page.office}/guide-sheets`, { service: answers.service, lang: answers.english ? "en" : "vi" }];
}

/* What to say of it: [sentence, tone]. */
export function sheetSaid(sheet, words) {
  if (!onPaper({ print: sheet })) return [words.sheet_unprinted, "refused"];
  return [sheet.at ? say(words.sheet_printing_at, { at: sheet.at }) : words.sheet_printing, ""];
}
