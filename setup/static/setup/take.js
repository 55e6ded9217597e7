// One touch for a whole field of work: a counter seldom takes half of one.
for (const field of document.querySelectorAll("[data-take-field]")) {
  const button = field.querySelector(".take-all");
  button.hidden = false;
  button.addEventListener("click", () => {
    const ticks = [...field.querySelectorAll("[type=checkbox]")];
    const all = ticks.every((tick) => tick.checked);
    for (const tick of ticks) tick.checked = !all;
  });
}
