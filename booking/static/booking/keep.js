// Keeps what was typed in this tab while another hour is chosen; forgets it when the booking is made. Counts kept places down.

const KEY = "booking-typed";
const NAMES = ["name", "phone", "consent"];

function stored() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) || {};
  } catch (error) {
    return {};
  }
}

// Who comes along and for what, in the order of the form.
function people(form) {
  return [...form.querySelectorAll('[name="person"], [name="person_service"]')];
}

function keep(form) {
  const typed = stored();
  for (const name of NAMES) {
    const input = form.elements[name];
    typed[name] = input.type === "checkbox" ? input.checked : input.value;
  }
  // The waiting list asks nobody else's name.
  if (form.elements.at) Object.assign(typed, { service: form.elements.service.value, people: people(form).map((input) => input.value) });
  try {
    sessionStorage.setItem(KEY, JSON.stringify(typed));
  } catch (error) {
    // A browser that stores nothing still books.
  }
}

// The same wish sent again (the answer was lost on the way, then Back) carries the key of the first time: it is one booking.
function keepKey(form) {
  const typed = stored();
  const chosen = ["service", "at", "day"].map((name) => (form.elements[name] ? form.elements[name].value : ""));
  const parts = NAMES.map((name) => (name === "consent" ? form.elements[name].checked : form.elements[name].value));
  const wish = [...chosen, ...parts, ...people(form).map((input) => input.value)].join("\n");
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
  if (!form.elements.at || typed.service !== form.elements.service.value) return;
  people(form).forEach((input, index) => {
    const value = (typed.people || [])[index];
    const offered = !input.options || [...input.options].some((option) => option.value === value);
    if (value && offered && (input.options || !input.value)) input.value = value;
  });
}

// Counted from when the page came, not by the telephone's clock, which may be wrong.
function countDown(kept) {
  const began = performance.now();
  const clock = kept.querySelector("[data-countdown]");
  const told = kept.querySelector("[data-last]");
  function tick() {
    const left = Math.max(0, Math.ceil(Number(kept.dataset.seconds) - (performance.now() - began) / 1000));
    clock.textContent = left ? `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}` : "";
    if (left && left <= 60 && !told.textContent) told.textContent = told.dataset.last;
    if (left) return;
    kept.classList.replace("notice-green", "notice-amber");
    kept.querySelector("[data-kept]").textContent = kept.dataset.gone;
    window.clearInterval(timer);
  }
  const timer = window.setInterval(tick, 1000);
  tick();
}

document.querySelectorAll("[data-seconds]").forEach(countDown);

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
  // A tick is kept here, with the name, and not by the browser: after Back it would stand there without one.
  form.elements.consent.setAttribute("autocomplete", "off");
  // What the server shows again is newer than what is kept: somebody may have been dropped.
  if (document.body.dataset.here) keep(form);
  else restore(form);
  form.addEventListener("input", () => keep(form));
  form.addEventListener("submit", () => keepKey(form));
  // Back to a page the browser kept as it was, after its booking was made: the place it says it keeps is used by now.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted && !("name" in stored())) window.location.reload();
  });
} else if (document.body.hasAttribute("data-forget")) {
  try {
    sessionStorage.removeItem(KEY);
  } catch (error) {
    // Nothing was stored.
  }
}
