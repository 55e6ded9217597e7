/* A list longer than the screen gets two large buttons: many people do not know that a list can be pushed. */
import { el } from "/static/core/dom.js";

export function addButtons(box) {
  const up = el("button", { type: "button", class: "btn btn-secondary", "data-t": "up", onclick: () => move(-1) });
  const down = el("button", { type: "button", class: "btn btn-secondary", "data-t": "down", onclick: () => move(1) });
  const bar = el("div", { class: "k-scroll-buttons", hidden: true }, up, down);
  box.after(bar);

  function move(pages) { box.scrollTop += pages * box.clientHeight * 0.8; }
  function draw() {
    const over = box.scrollHeight - box.clientHeight - (bar.hidden ? 0 : bar.offsetHeight);
    bar.hidden = over <= 4;
    up.disabled = box.scrollTop <= 2;
    down.disabled = box.scrollTop + box.clientHeight >= box.scrollHeight - 2;
    if (bar.hidden) box.removeAttribute("tabindex");
    else box.tabIndex = 0; /* Pushed by keyboard too. */
  }
  box.addEventListener("scroll", draw);
  window.addEventListener("resize", draw);
  if (typeof ResizeObserver === "function") new ResizeObserver(draw).observe(box);
  return draw;
}
