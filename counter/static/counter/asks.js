/* Dialogs that ask before an action. ask("hold", "A047") -> {why: "..."} or null when the officer thought better of it. */

const dialogOf = (id) => document.getElementById(`ask-${id}`);
const FIRST = "[data-first], input[type=radio]:checked, #papers-missing input, [data-narrows], select, .dialog .field input, .dialog button:not([data-close]):not([aria-disabled=true])";

export const asking = () => document.querySelector("dialog[open]") !== null;

function answersOf(form, button) {
  const answers = { pressed: button ? button.value : "" };
  new FormData(form).forEach((value, name) => { if (!(name in answers)) answers[name] = value; });
  /* What was written goes before the reason that was ticked. */
  if (answers.why_other && answers.why_other.trim()) answers.why = answers.why_other.trim();
  return answers;
}

/* `prepare(dialog)` fills it in; `check(form)` returns false to keep it open. */
export function ask(id, about, { prepare, check } = {}) {
  const dialog = dialogOf(id);
  const form = dialog.querySelector("form");
  form.reset();
  const title = dialog.querySelector("[data-title]");
  title.textContent = title.dataset.title.replace("…", about || "");
  if (prepare) prepare(dialog);
  return new Promise((resolve) => {
    let answers = null;
    const submit = (event) => {
      event.preventDefault();
      const pressed = event.submitter;
      if ((pressed && pressed.getAttribute("aria-disabled") === "true") || (check && !check(form))) return;
      answers = answersOf(form, pressed);
      dialog.close();
    };
    form.addEventListener("submit", submit);
    dialog.addEventListener("close", () => { form.removeEventListener("submit", submit); resolve(answers); }, { once: true });
    dialog.showModal();
    const first = dialog.querySelector(FIRST);
    if (first) first.focus();
  });
}

export function closeAsking() {
  document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close());
}

function pressEnter(dialog, event) {
  const marked = dialog.querySelector(event.ctrlKey ? '[data-key="Ctrl+Enter"]' : "[data-enter]");
  const submit = marked || dialog.querySelector("button[type=submit]");
  event.preventDefault();
  if (submit) dialog.querySelector("form").requestSubmit(submit);
}

/* 1-9 tick the reason of that place, or press what is to be done; a press outside the box or on "Thôi" closes. */
export function listenToDialogs() {
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-close]")) event.target.closest("dialog").close();
    else if (event.target instanceof HTMLDialogElement) event.target.close();
  });
  document.addEventListener("keydown", (event) => {
    const dialog = document.querySelector("dialog[open]");
    if (!dialog) return;
    if (event.key === "Enter" && !event.isComposing && event.target.matches("select, input")) { pressEnter(dialog, event); return; }
    if (!/^[1-9]$/.test(event.key) || event.target.matches("input:not([type=radio]):not([type=checkbox]), textarea, select")) return;
    const chosen = dialog.querySelectorAll(".chip kbd ~ span, .numbered")[Number(event.key) - 1];
    if (!chosen) return;
    event.preventDefault();
    const box = chosen.closest(".chip") && chosen.closest(".chip").querySelector("input");
    if (box) { box.checked = true; box.focus(); } else chosen.click();
  });
}
