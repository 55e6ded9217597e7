// 126 wards and communes are too many to scroll through: what is typed, with or without marks, leaves those it is found in.
import { fold } from "/static/core/fold.js";

const find = document.querySelector("#f-find"), choice = document.querySelector("#f-office");
if (find && choice) {
  const all = [...choice.options].map((option) => [fold(option.text), option]);
  document.querySelector("#find-office").hidden = false;
  find.addEventListener("input", () => {
    const wanted = fold(find.value), found = all.filter(([words]) => words.includes(wanted));
    choice.replaceChildren(...(found.length ? found : all).map(([, option]) => option));
    choice.selectedIndex = 0;
  });
}
