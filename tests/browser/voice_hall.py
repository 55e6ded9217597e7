"""A hall for the voice alone: its real scripts in a real browser, a voice of the machine that a test can break, no server.

What happens is written down in the order in which it happens: `start A001`, `say A001`, `end A001`, `spoken A001 voice`, `idle`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Route

ORIGIN = "http://hall.test"
SCRIPTS = Path(__file__).parent.parent.parent / "display" / "static" / "display"
QUICK = {
    "shownMs": 40, "shownLateMs": 10, "pauseMs": 2, "chimeMs": 4, "startMs": 150, "overMs": 60, "fetchMs": 400, "unlockMs": 400,
    "tickMs": 20, "freshMs": 120,
}  # fmt: skip
PAGE = '<!doctype html><html lang="vi"><title>Sảnh</title><body data-tz="Asia/Ho_Chi_Minh"><button>Bật</button></body></html>'

VOICE_OF_THE_MACHINE = """
(() => {
  const log = window.log = [];
  const fake = window.fake = { voices: ["vi-VN", "en-GB"], mode: "good", ms: 12, talking: 0, most: 0, queue: [] };
  const named = (text) => (text.match(/số (\\S+)/i) || text.match(/^Number (\\S+)/) || [0, text])[1];
  const speech = {
    speaking: false, pending: false,
    getVoices: () => fake.voices.map((lang) => ({ lang, localService: true, name: lang })),
    addEventListener() {}, pause() {}, resume() {},
    cancel() { log.push("cancel"); speech.speaking = false; fake.talking = 0; },
    speak(words) {
      if (!words.text.trim()) return;
      if (fake.mode === "mute") return;
      speech.speaking = true;
      fake.talking += 1;
      fake.most = Math.max(fake.most, fake.talking);
      log.push(`say ${named(words.text)}`);
      fake.volume = words.volume;
      setTimeout(() => { if (words.onstart) words.onstart({}); }, 1);
      if (fake.mode === "endless") return;
      setTimeout(() => {
        speech.speaking = false;
        fake.talking -= 1;
        log.push(`end ${named(words.text)}`);
        if (words.onend) words.onend({});
      }, fake.ms);
    },
  };
  Object.defineProperty(window, "speechSynthesis", { value: speech });
  window.SpeechSynthesisUtterance = function Words(text) { this.text = text; };

  window.call = (number, more) => Object.assign({
    call_id: Number(number.slice(1)), number, counter: 1, times: 1,
    speech: [{ lang: "vi", text: `Mời số ${number} đến quầy một`, clips: [], audio: null }],
  }, more);
  window.calls = (...numbers) => numbers.forEach((number) => voice.say(call(number)));
  const usual = {
    engine: "auto", times: 2, chime: true, speed: 130, quiet: null,
    trial: [{ lang: "vi", text: "Mời số 000", clips: [], audio: null }],
  };
  window.board = (wish) => ({ now: new Date().toISOString(), voice: Object.assign({}, usual, wish) });
  window.idle = () => new Promise((resolve) => {
    const look = () => (log.indexOf("idle") >= 0 ? resolve(log.filter((line) => line !== "idle")) : setTimeout(look, 2));
    look();
  });
  window.open_hall = async (options, wish, pace) => {
    const { makeVoice } = await import("/voice.js");
    window.gone = {};
    window.voice = makeVoice({
      options: Object.assign({ volume: 100, engine: null, quiet: null }, options), pace,
      isStill: (call) => !window.gone[call.number],
      onStart(call) { log.push(`start ${call.number}`); if (window.atStart) window.atStart(call); },
      onSpoken(call, how) { log.push(`spoken ${call.number} ${how}`); },
      onIdle() { log.push("idle"); },
    });
    voice.follow(board(wish));
  };
})();
"""


class VoiceHall:
    """One page with the voice on it. `files` are what the server would send, by address: bytes, or None for no answer at all."""

    def __init__(self, context: BrowserContext) -> None:
        self._context = context
        self.page: Page = context.new_page()
        self.files: dict[str, bytes | None] = {}
        self.asked: list[str] = []
        context.route(f"{ORIGIN}/**", self._answer)
        context.add_init_script(VOICE_OF_THE_MACHINE)

    def _answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        self.asked.append(path)
        if path == "/":
            route.fulfill(body=PAGE, content_type="text/html")
        elif path in self.files:
            body = self.files[path]
            if body is not None:
                route.fulfill(body=body, content_type="text/html" if path == "/untouched" else "audio/wav")
        elif (SCRIPTS / path[1:]).is_file():
            route.fulfill(body=(SCRIPTS / path[1:]).read_bytes(), content_type="text/javascript")
        else:
            route.fulfill(status=404, body="")

    def begin(self, *, wish: dict[str, Any] | None = None, pace: dict[str, int] | None = None, **options: Any) -> VoiceHall:
        """The hall in the morning; `wish` is the office's, the options are the display's."""
        self.files.clear()
        self.asked.clear()
        self.page.goto(f"{ORIGIN}/")
        self.page.evaluate("(about) => open_hall(...about)", [options, wish or {}, QUICK | (pace or {})])
        assert self.page.evaluate("voice.start()"), "the browser lets it sound"
        return self

    def untouched(self, script: str) -> Any:
        """A hall whose own page runs `script`, which logs what it found: whatever Playwright evaluates counts as a touch."""
        self.page.close()
        self.page = self._context.new_page()
        run = f"await open_hall({{}}, {{}}, {json.dumps(QUICK | {'unlockMs': 20})}); {script}"
        self.files["/untouched"] = f'{PAGE}<script type="module">{run}</script>'.encode()
        with self.page.expect_console_message(lambda message: message.type == "log") as told:
            self.page.goto(f"{ORIGIN}/untouched")
        return json.loads(told.value.text)

    def touch(self) -> Any:
        """Somebody touches the screen; what the page then logs."""
        with self.page.expect_console_message(lambda message: message.type == "log") as told:
            self.page.mouse.click(5, 300)
        return json.loads(told.value.text)

    def run(self, script: str) -> list[str]:
        """Do something in the hall, and give what happened until it was quiet again."""
        happened: list[str] = self.page.evaluate(f"async () => {{ {script}; return idle(); }}")
        return happened

    def evaluate(self, script: str, *about: Any) -> Any:
        return self.page.evaluate(script, *about)

    def table(self, function: str, *cases: Any) -> list[Any]:
        """What a function of voice_rules.js answers to these lists of arguments."""
        script = f"import('/voice_rules.js').then((rules) => {json.dumps(cases)}.map((about) => rules.{function}(...about)))"
        answers: list[Any] = self.page.evaluate(script)
        return answers


@contextmanager
def voice_hall(browser: Browser) -> Iterator[VoiceHall]:
    """A hall that is closed at the end."""
    context = browser.new_context(timezone_id="Asia/Ho_Chi_Minh")
    context.set_default_timeout(10_000)
    try:
        yield VoiceHall(context)
    finally:
        context.close()
