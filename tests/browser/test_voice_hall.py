"""The whole way of a call to the ear: an officer's key, the server's voice, the loudspeaker of the paired television."""

from __future__ import annotations

import io
import shutil
import wave

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests import servers
from tests.browser.hall import LOBBY, OFFICE, Hall
from tests.browser.screens.lobby import Board
from tests.browser.screens.staff import Pairing

pytestmark = pytest.mark.browser

EAR = """
(() => {
  window.heard = [];
  window.sounds = () => heard.filter((one) => one !== "note");
  window.after = (count) => new Promise((done) => {
    const look = () => (sounds().length >= count ? done(sounds()) : setTimeout(look, 20));
    look();
  });
  let sounding = 0;
  const start = AudioBufferSourceNode.prototype.start;
  AudioBufferSourceNode.prototype.start = function ear(when) {
    const samples = this.buffer.getChannelData(0);
    const level = Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length);
    sounding += 1;
    window.heard.push({ seconds: this.buffer.duration, level, together: sounding });
    this.addEventListener("ended", () => { sounding -= 1; });
    this.playbackRate.value = 12; /* nobody waits here */
    start.call(this, when);
  };
  const put = AudioContext.prototype.createOscillator;
  AudioContext.prototype.createOscillator = function note() { window.heard.push("note"); return put.call(this); };
})();
"""


def seconds_of(page: Page, address: str) -> float:
    with wave.open(io.BytesIO(page.request.get(address).body())) as sound:
        return sound.getnframes() / sound.getframerate()


def test_one_touch_lets_the_hall_hear_calls_in_both_languages_one_after_the_other(hall: Hall) -> None:
    if shutil.which("espeak-ng") is None:
        servers.not_run("espeak-ng is not installed (apt-get install espeak-ng)")
    page = hall.visit(**LOBBY)
    page.add_init_script(EAR)
    Pairing(page).pair(hall.sheet.codes["display"])
    page.goto("about:blank")
    board = Board(page)
    button, status = page.locator("#sound"), page.locator("#voice")
    expect(button).to_be_visible()
    button.click()
    expect(status).to_have_text("Đã phát câu thử. Không nghe thấy thì kiểm tra loa.")
    expect(button).to_be_hidden()
    notes, trial = page.evaluate("[heard.length - sounds().length, sounds()]")
    assert (notes, len(trial)) == (3, 1)
    page.evaluate("heard.length = 0")
    officer = hall.officer()
    mark = officer.page.locator("meta[name=csrf-token]").get_attribute("content") or ""
    wish = {"service": hall.service(), "lang": "en"}
    made = officer.page.request.post(f"/api/v1/offices/{OFFICE}/tickets", data=wish, headers={"X-CSRFToken": mark})
    assert made.status == 201, made.text()
    officer.call_next()
    expect(board.number).to_have_text(made.json()["number"])
    sounds = page.evaluate("after(4)")
    call = httpx.get(f"{hall.server.url}/api/v1/offices/{OFFICE}/board").json()["recent"][0]
    assert [said["lang"] for said in call["speech"]] == ["vi", "en"]
    expected = [seconds_of(page, said["audio"]) for said in call["speech"]] * 2
    assert [sound["seconds"] for sound in sounds] == pytest.approx(expected, abs=0.01), "whole, in both languages, twice"
    assert all(sound["together"] == 1 for sound in sounds), "never two at a time"
    assert all(0.03 < sound["level"] < 0.5 for sound in sounds), "neither silent nor crackling"
    listens_at_the_desk(hall)


def listens_at_the_desk(hall: Hall) -> None:
    """The head hears both sentences before the hall does."""
    desk = hall.signed_in("truong")
    desk.add_init_script(EAR)
    desk.goto(f"/display/{OFFICE}/voice")
    for place in (0, 1):
        desk.get_by_role("button", name="Nghe giọng máy chủ").nth(place).click()
        expect(desk.locator("#told")).to_have_text("Đã phát xong.")
    desk.get_by_role("button", name="Nghe giọng trình duyệt").first.click()
    expect(desk.locator("#told")).to_have_text("Máy này không phát được cách đọc này.")
    assert len(desk.evaluate("sounds()")) == 2
