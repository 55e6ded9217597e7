/* How one person wants the screen: English, larger text, lower buttons. Kept in memory and for this visit only. */
import { setText } from "/static/core/dom.js";
import { lang, t, turnTo } from "./words.js";

const page = document.documentElement;
const TOGGLES = [["larger", "smaller", "k-larger"], ["lower", "upper", "k-lower"]];

export const personal = () => lang() !== "vi" || TOGGLES.some(([, , name]) => page.classList.contains(name));
export function toggle(name) { page.classList.toggle(`k-${name}`); }
export function turn() { turnTo(lang() === "vi" ? "en" : "vi"); }

export function forget() {
  TOGGLES.forEach(([, , name]) => page.classList.remove(name));
  if (lang() !== "vi") turnTo("vi");
}

export function draw(languages) {
  const button = document.getElementById("language");
  const other = lang() === "vi" ? "en" : "vi";
  button.lang = other;
  setText(button, languages[other]);
  TOGGLES.forEach(([off, on, name]) => {
    const toggled = document.querySelector(`[data-do="${off}"]`);
    const pressed = page.classList.contains(name);
    toggled.setAttribute("aria-pressed", String(pressed));
    toggled.dataset.t = pressed ? on : off;
    setText(toggled, t(toggled.dataset.t));
  });
}

/* 20 mm on the glass are 20 mm, whatever its size; without a stored width the browser's own idea of a millimetre. */
export function measure(screenMm) {
  page.style.setProperty("--mm", screenMm ? `${window.innerWidth / screenMm}px` : "3.78px");
}
