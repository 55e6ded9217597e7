// Narrows a list while the person types, tones aside. Without scripts the form asks the server the same (?q=).

import { fold } from "/static/core/fold.js";

function narrow(box, list) {
  const words = fold(box.value).split(/\s+/).filter(Boolean);
  let found = 0;
  for (const item of list.querySelectorAll("[data-folded]")) {
    item.hidden = !words.every((word) => item.dataset.folded.includes(word));
    if (!item.hidden) found += 1;
  }
  for (const group of list.querySelectorAll("[data-filter-group]")) {
    group.hidden = !group.querySelector("[data-folded]:not([hidden])");
  }
  document.querySelector(`[data-filter-none="${list.id}"]`).hidden = found > 0;
  document.querySelector(`[data-filter-count="${list.id}"]`).textContent = words.length ? box.dataset.found.replace("{n}", found) : "";
}

for (const box of document.querySelectorAll("[data-filter]")) {
  const list = document.getElementById(box.dataset.filter);
  box.addEventListener("input", () => narrow(box, list));
  // A browser that goes Back fills the box again without telling.
  window.addEventListener("pageshow", () => narrow(box, list));
}
