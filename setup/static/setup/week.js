// Buttons that fill in the usual hours of a day: nobody types "08:00-11:30, 13:30-17:00" seven times on a tablet.
for (const day of document.querySelectorAll("[data-week-day]")) {
  const field = day.querySelector("input");
  day.querySelector(".week-fill").hidden = false;
  for (const button of day.querySelectorAll("[data-fill]")) {
    button.addEventListener("click", () => {
      field.value = button.dataset.fill;
    });
  }
}
