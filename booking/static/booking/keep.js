// Keeps what was typed in this tab while another hour is chosen; forgets it when the booking is made.

const KEY = "booking-typed";
const NAMES = ["name", "phone", "consent"];

function stored() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) || {};
  } catch (error) {
    return {};
  }
}

function keep(form) {
  const typed = {};
  for (const name of NAMES) {
    const input = form.elements[name];
    typed[name] = input.type === "checkbox" ? input.checked : input.value;
  }
  try {
    sessionStorage.setItem(KEY, JSON.stringify(typed));
  } catch (error) {
    // A browser that stores nothing still books.
  }
}

function restore(form) {
  const typed = stored();
  for (const name of NAMES) {
    const input = form.elements[name];
    if (input.type === "checkbox") input.checked = input.checked || typed[name] === true;
    else if (!input.value && typed[name]) input.value = typed[name];
  }
}

// A step that a form opened gets the address of its plain step: Back and reload then show it again instead of
// the browser's question whether to send the form once more.
if (document.body.dataset.here) window.history.replaceState(null, "", document.body.dataset.here);

const form = document.querySelector("[data-keep]");
if (form) {
  restore(form);
  form.addEventListener("input", () => keep(form));
} else if (document.body.hasAttribute("data-forget")) {
  try {
    sessionStorage.removeItem(KEY);
  } catch (error) {
    // Nothing was stored.
  }
}
