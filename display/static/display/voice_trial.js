/* Listening to the hall's sentences at a desk: one button a way, one sound at a time. */
import { pageData, setText } from "/static/core/dom.js";
import { makeSound } from "./voice_sound.js";
import { makeSpeech } from "./voice_speech.js";

const PACE = { fetchMs: 8000, startMs: 3000, overMs: 3000, unlockMs: 1000 };
const words = pageData("words");
const told = document.getElementById("told");
const sound = makeSound({ volume: 100, pace: PACE });
const speech = makeSpeech({ volume: 100, pace: PACE });
let busy = false;

async function hear(button) {
  const { way, play, lang, text } = button.dataset;
  if (way === "browser") return speech.say({ lang, text }, 1);
  return await sound.unlock() && sound.play(play.split(" "), way === "clips");
}

async function listen(button) {
  if (busy) return;
  busy = true;
  setText(told, words.trying);
  const heard = await hear(button).catch(() => false);
  setText(told, heard ? words.done : words.none);
  busy = false;
}

document.querySelectorAll("[data-way]").forEach((button) => button.addEventListener("click", () => listen(button)));
