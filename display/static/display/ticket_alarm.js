/* The noise a telephone makes for its person: sound, vibration, the title of the tab, and a screen that stays on.

   makeAlarm({words, number, button, told}) -> {called(counter, {loud}), soon(), calm({over})}
   A phone sounds only after its owner touched the page, and only while the screen is on: so `button` asks for it. The wish is
   kept for this tab, so that a page that is loaded again goes on warning. Nothing runs while nobody is called. */

const LOUD_MS = 6000;
const LOUD_TIMES = 5; /* half a minute, then the red page alone: the hall has heard it */
const FLASH_MS = 1000;
const KEPT = "ticket-warns";

export function makeAlarm({ words, number, button, told }) {
  const title = document.title;
  let on = false;
  let audio = null;
  let lock = null;
  let loud = 0;
  let flash = 0;

  function vibrate(pattern) {
    if (navigator.vibrate) navigator.vibrate(pattern);
  }

  function note(hertz, start) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0.0001, start);
    volume.gain.exponentialRampToValueAtTime(0.6, start + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.4);
    tone.connect(volume);
    volume.connect(audio.destination);
    tone.start(start);
    tone.stop(start + 0.45);
  }

  function ring(times) {
    if (!audio || audio.state !== "running") return;
    for (let time = 0; time < times; time += 1) {
      note(880, audio.currentTime + 0.05 + time * 0.8);
      note(1174.66, audio.currentTime + 0.27 + time * 0.8);
    }
  }

  function wakeAudio() {
    const Audio = window.AudioContext || window.webkitAudioContext;
    if (!audio && Audio) audio = new Audio();
    return audio ? audio.resume().catch(() => {}) : Promise.resolve();
  }

  /* The lock is lost whenever the page is hidden, and asked for again when it is seen. */
  function keepAwake() {
    if (!on || lock || !navigator.wakeLock || document.visibilityState !== "visible") return;
    navigator.wakeLock.request("screen").then((given) => {
      lock = given;
      given.addEventListener("release", () => { lock = null; });
    }).catch(() => {});
  }

  function letSleep() {
    if (lock) lock.release().catch(() => {});
    lock = null;
  }

  function show() {
    button.setAttribute("aria-pressed", String(on));
    button.querySelector("span").textContent = on ? words.warn_on : words.warn_off;
    told.textContent = on ? words.warned : "";
  }

  function remember() {
    try { sessionStorage.setItem(KEPT, on ? number : ""); } catch (refused) { /* a browser without a memory */ }
  }

  function toggle() {
    on = !on;
    show();
    remember();
    if (!on) { letSleep(); return; }
    wakeAudio().then(() => ring(1));
    vibrate(150);
    keepAwake();
  }

  /* A touch says that the person has seen it; it also lets a page that was loaded again sound from now on. */
  function touched() {
    quiet();
    if (on) wakeAudio();
  }

  function quiet() {
    clearInterval(loud);
    loud = 0;
  }

  function shout() {
    vibrate([600, 200, 600, 200, 600, 200, 1000]);
    ring(4);
  }

  function unflash() {
    clearInterval(flash);
    flash = 0;
    document.title = title;
  }

  try { on = sessionStorage.getItem(KEPT) === number; } catch (refused) { on = false; }
  if (on) { show(); keepAwake(); }
  button.addEventListener("click", toggle);
  document.addEventListener("visibilitychange", keepAwake);
  ["pointerdown", "keydown"].forEach((kind) => document.addEventListener(kind, touched));

  return {
    called(counter, { loud: aloud }) {
      const titles = [`${words.your_turn} · ${number}`, counter ? `${words.counter} ${counter} · ${number}` : title];
      unflash();
      let turn = 0;
      document.title = titles[0];
      flash = setInterval(() => { turn += 1; document.title = titles[turn % 2]; }, FLASH_MS);
      quiet();
      if (!aloud) return;
      shout();
      let times = 1;
      loud = setInterval(() => { times += 1; shout(); if (times >= LOUD_TIMES) quiet(); }, LOUD_MS);
    },
    soon() {
      if (!on) return;
      vibrate([300, 150, 300]);
      ring(2);
    },
    calm({ over }) {
      quiet();
      if (flash) unflash();
      if (over) letSleep();
    },
  };
}
