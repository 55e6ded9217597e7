"""The kiosk between two people, between scanner and hand, between two lines of the network; and the one in a culture house."""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect
from sqlalchemy import select

from core.database import Database
from office.models import Office
from setup import demo_sheet
from tests import running
from tests.browser.conftest import Check, Visit
from tests.browser.hall import CERTIFYING, COPIES, KIOSK, OFFICE, Hall, at
from tests.browser.screens.kiosk import Kiosk
from tests.builders import make_device

pytestmark = pytest.mark.browser

SIZES = ((1080, 1920), (1920, 1080), (1366, 768), (800, 600))
STATE = f"**/api/v1/offices/{OFFICE}/kiosk"
ROUND_TRIP = "() => fetch('/healthz').then((answer) => answer.text()).catch(() => '')"
TONED = """(cases) => import(new URL("tones.js", document.querySelector("script[type=module]").src))
  .then(({withTone}) => cases.map(([name, tone]) => withTone(name, tone)))"""
STEP_S = 4
"""Shorter than the kiosk waits for an answer."""
CARD = "001199000001||Nguyễn Thị Thử|01011999|Nữ|Số 1 Phố Mẫu, Hà Nội|01082024||||"


@pytest.fixture(scope="module")
def ward(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[running.Running]:
    """One server for the tests of this file: each leaves it open for the next."""
    data_dir = shutil.copytree(demo_data, tmp_path_factory.mktemp("kiosk") / "data")
    with running.server(data_dir) as started:
        yield started


@pytest.fixture(scope="module")
def tokens(ward: running.Running) -> dict[str, str]:
    """A kiosk in the office, and one in a culture house."""
    database = Database(f"sqlite:///{ward.data_dir / 'dung-gio.db'}")
    with database.transaction() as session:
        office = session.scalars(select(Office).where(Office.code == OFFICE)).one()
        tokens = {"inside": make_device(session, office), "outside": make_device(session, office, on_site=False)}
    database.dispose()
    return tokens


@pytest.fixture
def visit(chromium: Browser, ward: running.Running) -> Iterator[Visit]:
    visit = Visit(chromium, ward.url)
    yield visit
    visit.close()
    assert visit.faults == []


@pytest.fixture
def hall(ward: running.Running, visit: Visit) -> Hall:
    return Hall(ward, demo_sheet.read(ward.data_dir / "demo.txt"), visit)


@pytest.fixture
def page(visit: Visit) -> Page:
    """A kiosk's glass, whose clock a test may move on."""
    page = visit(**KIOSK)
    page.clock.install()
    return page


def begin(page: Page, token: str, ward: running.Running) -> Kiosk:
    """The kiosk, paired before."""
    page.context.add_cookies([{"name": "device", "value": token, "url": ward.url}])
    page.goto(f"/kiosk/{OFFICE}")
    return Kiosk(page)


@pytest.fixture
def kiosk(page: Page, tokens: dict[str, str], ward: running.Running) -> Kiosk:
    return begin(page, tokens["inside"], ward)


@pytest.fixture
def outside(page: Page, tokens: dict[str, str], ward: running.Running) -> Kiosk:
    return begin(page, tokens["outside"], ward)


def take(kiosk: Kiosk) -> None:
    kiosk.touch_tile(CERTIFYING)
    kiosk.take(COPIES).tap()


def waiting(ward: running.Running) -> int:
    """How many people wait, by the office's board."""
    return int(httpx.get(f"{ward.url}/api/v1/offices/{OFFICE}/board").json()["waiting"])


def refuse(route: Route, status: int, code: str, detail: str) -> None:
    """Answer as the office would where it asks for more, or is fuller, than the demo ward."""
    route.fulfill(status=status, json={"status": status, "code": code, "detail": detail})


def pass_time(kiosk: Kiosk, seconds: int) -> None:
    for passed in range(0, seconds, STEP_S):
        kiosk.page.clock.run_for(min(STEP_S, seconds - passed) * 1000)
        kiosk.page.evaluate(ROUND_TRIP)  # what was asked meanwhile has had the time to be answered


def test_nothing_of_a_person_is_left_when_nobody_touches_the_kiosk(kiosk: Kiosk) -> None:
    page, pages = kiosk.page, kiosk.page.evaluate("history.length")
    kiosk.touch("English")
    kiosk.touch("Larger text")
    kiosk.touch("Lower buttons")
    page.locator("#tiles button").first.tap()
    page.locator("#services .btn-primary").first.tap()
    number, address = kiosk.number, page.locator("#qr").get_attribute("src")
    assert address
    pass_time(kiosk, 26)
    expect(page.locator("#countdown-told")).to_contain_text("More time")  # read aloud, with 20 s left to act
    kiosk.touch("More time")
    pass_time(kiosk, 40)
    assert kiosk.number == number
    pass_time(kiosk, 70)
    expect(kiosk.screen("home")).to_be_visible()
    assert number not in kiosk.everything
    assert address not in kiosk.everything
    assert page.locator("html").get_attribute("lang") == "vi"
    assert "k-l" not in (page.locator("html").get_attribute("class") or "")
    assert page.evaluate("history.length") == pages

    kiosk.screen("home").locator('[data-do="checkin"]').tap()
    kiosk.press_keys("code", "TRWE")
    page.keyboard.type("fg", delay=150)  # a real keyboard goes on in the same field
    page.keyboard.type("o8", delay=150)  # no code has these
    expect(page.locator("#code")).to_have_value("TRW EFG")
    pass_time(kiosk, 61)
    expect(kiosk.screen("home")).to_be_visible()
    assert "TRW" not in kiosk.everything


def test_a_scanner_types_on_every_step(kiosk: Kiosk, hall: Hall) -> None:
    booked, page = hall.booked(at("10:30"), "0912345611"), kiosk.page
    kiosk.scan(booked.page_url)
    number = kiosk.number

    def scan_here(end: str) -> None:
        pass_time(kiosk, 3)  # another person, not the same code held on
        page.keyboard.type(booked.page_url)
        if end:
            page.keyboard.press(end)
        else:
            pass_time(kiosk, 1)
        expect(kiosk.outcome).to_have_text("Ông/bà đã có số này. Xin chờ đến lượt.")
        assert kiosk.number == number
        kiosk.go_home()

    scan_here("")
    kiosk.touch_tile(CERTIFYING)
    kiosk.take(COPIES).focus()  # neither the button with the focus is pressed,
    scan_here("Enter")
    kiosk.screen("home").locator('[data-do="checkin"]').tap()
    kiosk.press_keys("code", "ACD")  # nor what is typed mixed up
    page.locator("#code").focus()
    scan_here("Tab")
    assert page.locator("#code").input_value() == ""
    kiosk.touch("Cần người giúp")
    scan_here("Enter")
    kiosk.screen("home").locator('[data-do="checkin"]').tap()
    page.keyboard.type("HHHHHH", delay=150)
    page.keyboard.press("Enter")
    expect(kiosk.refusal).to_contain_text("Không tìm thấy lịch hẹn")
    scan_here("Enter")


def test_a_scan_during_another_request_is_done_once_and_after_it(kiosk: Kiosk, hall: Hall) -> None:
    booked, page = hall.booked(at("10:45"), "0912345612"), kiosk.page
    held: list[Route] = []
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.post_data or "") if "check-ins" in request.url else None)
    page.route("**/tickets?lang=vi", lambda route: held.append(route))
    take(kiosk)
    expect(kiosk.screen("pending")).to_be_visible()
    for _held_there in range(3):
        page.keyboard.type(booked.page_url)
        page.keyboard.press("Enter")
    expect(page.locator("#pending-kept")).to_be_visible()
    held[0].continue_()
    first = kiosk.number
    expect(kiosk.countdown).to_contain_text("Mã vừa quét")
    assert asked == []
    pass_time(kiosk, 9)
    expect(kiosk.outcome).to_contain_text("10:45")
    assert kiosk.number != first
    assert len(asked) == 1


def test_what_an_input_method_made_of_a_scan_is_made_out(kiosk: Kiosk) -> None:
    page = kiosk.page
    sent: list[str] = []

    def lose(route: Route) -> None:
        sent.append(route.request.post_data_json["qr"])
        route.abort()

    page.route("**/check-ins*", lose)
    # Composition: the letter is hidden, its place on the keyboard is not.
    kiosk.keys(*[("Process", *_place(sign)) for sign in "/a/Aa9-_" + "dd" * 5], ("Enter", "Enter", False))
    expect(kiosk.screen("pending")).to_be_visible()
    # A hook: "â" stands in place of an "a" whose second key was taken away.
    kiosk.page.reload()
    hooked = [("a", "KeyA", False), ("Backspace", "", False), ("â", "", False), ("n", "KeyN", False)]
    hooked += [("Backspace", "", False), ("Backspace", "", False), ("ấ", "", False), ("n", "", False)]
    expect(kiosk.screen("home")).to_be_visible()
    plain = [[(sign, "", False) for sign in signs] for signs in ("/t/", "0123456789")]
    kiosk.keys(*plain[0], *hooked, *plain[1], ("Enter", "", False))
    expect(kiosk.screen("pending")).to_be_visible()
    assert sent == ["/a/Aa9-_dddddddddd", "/t/aans0123456789"]


def _place(sign: str) -> tuple[str, bool]:
    known = {"/": ("Slash", False), "-": ("Minus", False), "_": ("Minus", True)}
    if sign in known:
        return known[sign]
    return (f"Digit{sign}", False) if sign.isdigit() else (f"Key{sign.upper()}", sign.isupper())


def test_an_identity_card_never_leaves_the_kiosk(kiosk: Kiosk) -> None:
    sent: list[Request] = []
    kiosk.page.on("request", lambda request: sent.append(request))
    kiosk.scan(CARD)
    expect(kiosk.refusal).to_contain_text("thẻ căn cước, máy không lưu lại")
    assert not [request for request in sent if request.method == "POST"]
    kiosk.go_home()
    assert "Nguyễn Thị Thử" not in kiosk.everything


def test_a_press_that_the_network_lost_is_finished_once(kiosk: Kiosk) -> None:
    page = kiosk.page
    lost: list[int] = []

    def lose_the_answer(route: Route) -> None:
        lost.append(route.fetch().status)  # the server has given the number
        route.abort()

    page.route("**/tickets?lang=vi", lose_the_answer, times=1)
    take(kiosk)
    expect(page.locator("#pending-again")).to_be_visible()
    pass_time(kiosk, 3)
    number = kiosk.number
    assert lost == [201]
    kiosk.go_home()
    take(kiosk)
    assert int(kiosk.number[1:]) == int(number[1:]) + 1  # one press, one number
    kiosk.go_home()

    page.context.set_offline(True)
    pass_time(kiosk, 25)
    expect(kiosk.screen("lost")).to_contain_text("mời hỏi cán bộ hướng dẫn tại cửa")
    kiosk.touch("English")
    expect(kiosk.screen("lost")).to_contain_text("reconnecting")
    pass_time(kiosk, 61)
    expect(kiosk.screen("lost")).to_contain_text("Mất kết nối")  # the next person's again
    page.context.set_offline(False)
    pass_time(kiosk, 4)
    expect(kiosk.screen("home")).to_be_visible()


def test_outside_the_hours_it_is_locked_until_it_opens(kiosk: Kiosk) -> None:
    page, answer = kiosk.page, {"open": False}

    def told(route: Route) -> None:
        state = route.fetch().json() | {"open": answer["open"]}
        words = {"vi": "lúc 07:30 thứ Ba 24/11", "en": "at 07:30 Tuesday 24/11"}
        route.fulfill(json=state | {"opens_words": None if answer["open"] else words})

    page.route(STATE, told)
    pass_time(kiosk, 21)
    expect(kiosk.screen("locked")).to_contain_text("Máy lấy số mở lại lúc 07:30 thứ Ba 24/11.")
    kiosk.touch("English")
    expect(kiosk.screen("locked")).to_contain_text("at 07:30 Tuesday 24/11")
    pass_time(kiosk, 61)
    expect(kiosk.screen("locked")).to_contain_text("mở lại")
    answer["open"] = True
    pass_time(kiosk, 21)
    expect(kiosk.screen("home")).to_be_visible()


def test_large_text_low_buttons_and_english_fit_together(kiosk: Kiosk) -> None:
    page = kiosk.page
    for button in ("English", "Larger text", "Lower buttons"):
        kiosk.touch(button)
    steps = (
        ("home", '[data-screen="home"] [data-do="checkin"]'),
        ("checkin", '[data-screen="checkin"] [data-do="home"]'),
        ("home", "#tiles button"),
        ("services", "#services .btn-primary"),
        ("result", '[data-do="help"]'),
    )
    for screen, onwards in steps:
        expect(kiosk.screen(screen)).to_be_visible()
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            assert kiosk.unreached == [], f"{screen} at {width}x{height}"
            if height > width:
                assert kiosk.highest > 0.2, f"{screen} at {width}x{height}"
        page.locator(onwards).first.tap()


def test_a_kiosk_in_a_culture_house_books_an_hour_and_never_gives_a_number(
    outside: Kiosk, ward: running.Running, check: Check
) -> None:
    page, before = outside.page, waiting(ward)

    def look(step: str) -> None:
        check(page, step)
        assert "lấy số" not in page.locator("body").inner_text().lower().replace("máy lấy số", ""), step
        assert outside.unreached == [], step

    look("home")
    outside.touch_tile(CERTIFYING)
    look("services")
    page.get_by_role("button", name=f"Chọn giờ: {COPIES}").tap()
    expect(outside.screen("hours")).to_be_visible()
    look("hours")
    page.route("**/holds", lambda route: refuse(route, 409, "slot_taken", "Khung giờ này vừa hết chỗ."), times=1)
    page.locator("#soonest button").tap()
    expect(page.locator("#hours-told")).to_have_text("Khung giờ này vừa hết chỗ.")
    page.locator("#soonest button").tap()
    expect(outside.screen("name")).to_be_visible()
    outside.go_on()
    expect(page.locator("#name-error")).to_be_visible()
    look("name")
    page.keyboard.type(CARD)  # a card gives the name and nothing else
    page.keyboard.press("Enter")
    expect(page.locator("#name")).to_have_value("Nguyễn Thị Thử")
    page.locator("#name").fill("")
    outside.press_keys("name", "NGUYÊN")
    page.get_by_role("button", name="Dấu ngã").tap()
    page.get_by_role("button", name="Cách", exact=True).tap()
    outside.press_keys("name", "HOA")
    page.get_by_role("button", name="Dấu huyền").tap()
    expect(page.locator("#name")).to_have_value("Nguyễn Hòa")
    outside.go_on()
    outside.press_keys("phone", "0912345621")
    look("phone")
    outside.go_on()
    expect(outside.screen("agree")).to_contain_text("Nguyễn Hòa")
    outside.go_on()
    expect(page.locator("#agree-error")).to_be_visible()
    look("agree")
    page.locator("#consent").check()
    page.route("**/appointments*", lambda route: refuse(route, 422, "code_needed", "Xin nhập mã xác nhận."), times=1)
    outside.go_on()
    expect(outside.screen("pin")).to_be_visible()
    look("pin")
    outside.press_keys("pin", "123456")
    outside.go_on()
    expect(outside.screen("booked")).to_be_visible()
    look("booked")
    code = page.locator("#booked-code").inner_text()
    pass_time(outside, 61)
    expect(outside.screen("home")).to_be_visible()
    assert not [kept for kept in ("Hòa", "0912345621", code, "/qr/a/") if kept in outside.everything]
    assert waiting(ward) == before


def test_a_tone_is_put_where_it_belongs(outside: Kiosk) -> None:
    names = ("Hoa", "Nguyên", "Thi", "Quy", "Gia", "Giang", "Hương", "Thuy", "Huê", "Hoang", "Vu Hoa", "Hòa", "Hóa", "Ng", "")
    tones = ("grave", "tilde", "dot", "acute", "grave", "grave", "hook", "hook", "acute", "grave")
    tones += ("acute", "grave", "grave", "dot", "dot")
    toned = outside.page.evaluate(TONED, [list(pair) for pair in zip(names, tones, strict=True)])
    assert [unicodedata.normalize("NFC", name) for name in toned] == [
        "Hòa", "Nguyễn", "Thị", "Quý", "Già", "Giàng", "Hưởng", "Thủy", "Huế", "Hoàng", "Vu Hóa", "Hoa", "Hòa", "Ng", "",
    ]  # fmt: skip


def test_an_hour_that_is_chosen_and_left_is_free_again(outside: Kiosk) -> None:
    page = outside.page
    freed: list[Request] = []
    page.on("request", lambda request: freed.append(request) if request.method == "DELETE" else None)
    outside.touch_tile(CERTIFYING)
    page.get_by_role("button", name=f"Chọn giờ: {COPIES}").tap()
    page.locator("#soonest button").tap()
    expect(outside.screen("name")).to_be_visible()
    outside.press_keys("name", "AN")
    pass_time(outside, 91)
    expect(outside.screen("home")).to_be_visible()
    answer = freed[0].response()
    assert answer is not None
    assert answer.status == 204
    assert page.locator("#name").input_value() == ""
