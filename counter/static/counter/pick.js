/* Finding one service of many: a box that narrows a list down, marks or no marks, by keys alone. */
import { el, fill, setText } from "/static/core/dom.js";
import { fold } from "/static/core/fold.js";

const byId = (id) => document.getElementById(id);

/* Fill the list `id` with `services`, `chosen` marked. `changed(code)` is told whenever another one is marked. */
export function fillServices(id, services, chosen, { none, changed = () => {} }) {
  const list = byId(id);
  const finder = document.querySelector(`[data-narrows="${id}"]`);
  const told = document.querySelector(`[data-none="${id}"]`);
  const draw = (shown, mark) => {
    fill(list, ...shown.map((service) => el("option", { value: service.code, selected: service.code === mark }, service.name)));
    list.value = mark;
    list.required = true;
    setText(told, shown.length ? "" : none);
    changed(list.value);
  };
  finder.oninput = () => {
    const words = fold(finder.value);
    const begins = (service) => fold(service.name).startsWith(words);
    const shown = services.filter((service) => fold(service.name).includes(words)).sort((a, b) => begins(b) - begins(a));
    draw(shown, shown.length ? (words ? shown[0].code : chosen) : "");
  };
  /* The arrows work from the box: the eye is on the list, the hands stay where they type. */
  finder.onkeydown = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !list.options.length) return;
    event.preventDefault();
    list.selectedIndex = Math.max(0, Math.min(list.options.length - 1, list.selectedIndex + step));
    changed(list.value);
  };
  list.onchange = () => changed(list.value);
  list.ondblclick = () => list.form.requestSubmit();
  draw(services, chosen);
}

/* The same services, those this counter takes first. */
export const mineFirst = (services, counter) => [...services].sort((a, b) => counter.services.includes(b.code) - counter.services.includes(a.code));
