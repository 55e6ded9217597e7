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
  const typed = stored();
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

// The same wish sent again (the answer was lost on the way, then Back) carries the key of the first time: it is one booking.
function keepKey(form) {
  const typed = stored();
  const wish = ["service", "at", ...NAMES].map((name) => (name === "consent" ? form.elements[name].checked : form.elements[name].value)).join("\n");
  if (typed.wish === wish) form.elements.key.value = typed.key;
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ ...typed, wish, key: form.elements.key.value }));
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

// Without a connection the browser would leave for its own error page.
const offline = document.getElementById("offline");
if (offline) {
  offline.closest("form").addEventListener("submit", (event) => {
    offline.hidden = navigator.onLine;
    if (!navigator.onLine) event.preventDefault();
  });
  window.addEventListener("online", () => { offline.hidden = true; });
}

const form = document.querySelector("[data-keep]");
if (form) {
  restore(form);
  form.addEventListener("input", () => keep(form));
  form.addEventListener("submit", () => keepKey(form));
} else if (document.body.hasAttribute("data-forget")) {
  try {
    sessionStorage.removeItem(KEY);
  } catch (error) {
    // Nothing was stored.
  }
}
