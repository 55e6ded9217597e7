/* Which part of the page is shown, and who hears of it. */

let present = "home";
const listeners = [];

export const at = () => present;
export function onShow(hear) { listeners.push(hear); }

/* A part that asks for something typed gets the focus in its field; any other is read from its heading. */
export function show(next) {
  present = next;
  document.querySelectorAll("[data-screen]").forEach((part) => { part.hidden = part.dataset.screen !== next; });
  const part = document.querySelector(`[data-screen="${next}"]`);
  const first = field() || part.querySelector('[tabindex="-1"]');
  if (first) first.focus({ preventScroll: true });
  part.scrollTop = 0;
  listeners.forEach((hear) => hear(next));
}

/* The field of the part that is shown. */
export function field() { return document.querySelector(`[data-screen="${present}"] input[data-keys]`); }
