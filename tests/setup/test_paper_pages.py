"""The technician's page of printers: what each is and what to do, test pages, reprints, and who changed what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from core.clock import SetClock
from core.database import Database
from office.models import AuditEntry, Device
from printer import actions, store
from printer.models import PRINTER_KINDS, PRINTER_STATES, Printer, PrintJob
from printer.outcome import Outcome
from printer.spool import Spool
from tests.builders import bearer, make_device, make_office, make_staff, make_token
from tests.pages import CheckedClient
from tests.printer.desk import KEY, make_printer
from tests.printer.slips import EVERYDAY

PAGE = "/printers/00070/"
NEW = {"name": "Máy in quầy 1", "kind": "network", "address": "192.168.1.50", "width": "384"}


@dataclass
class Desk:
    """An office with a printer, its kiosk, and a technician who is signed by bearer token."""

    client: CheckedClient
    database: Database
    clock: SetClock
    signed: dict[str, str]
    printer: int
    kiosk: int

    def look(self) -> str:
        return self.client.get(PAGE, headers=self.signed).get_data(as_text=True)

    def send(self, what: str, **form: str) -> TestResponse:
        return self.client.post(f"{PAGE}{what}", data=form, headers=self.signed)

    def one(self, key: str = KEY) -> Printer:
        with self.database.reading() as session:
            found = store.find_printer(session, key)
        assert found is not None
        return found

    def job(self, outcome: Outcome | None = None, reference: str = "ticket:1") -> int:
        """A slip that was tried, with this end; None leaves it waiting."""
        with self.database.transaction() as session:
            job = actions.submit(session, KEY, EVERYDAY, reference=reference, kind="ticket", now=self.clock.now())
            if outcome is not None:
                actions.claim(session, job.printer_id, "one", self.clock.now())
                actions.settle(session, job.id, outcome, self.clock.now())
            return job.id

    def written(self) -> list[str]:
        with self.database.reading() as session:
            return list(session.scalars(select(AuditEntry.what).order_by(AuditEntry.id)))


@pytest.fixture
def desk(app: Flask, client: CheckedClient, clock: SetClock) -> Desk:
    database: Database = app.extensions["dung-gio"].database
    with database.transaction() as session:
        office = make_office(session)
        printer = make_printer(session, clock).id
        make_device(session, office, printer_key=KEY)
        kiosk = session.scalars(select(Device.id)).one()
        signed = bearer(make_token(session, make_staff(session, office, "kythuat", "technician")))
    return Desk(client, database, clock, signed, printer, kiosk)


def test_the_page_says_how_a_printer_is_and_what_to_do(desk: Desk) -> None:
    with desk.database.transaction() as session:
        actions.note_printer(session, desk.printer, "paper_out", "paper out", desk.clock.now())
    page = desk.look()
    for told in ("Hết giấy", "lắp cuộn giấy mới", "09:00 23/11", "paper out"):
        assert told in page


@pytest.mark.parametrize("kind", PRINTER_KINDS)
def test_every_kind_in_every_state_has_its_words(desk: Desk, kind: str) -> None:
    for state in PRINTER_STATES:
        with desk.database.transaction() as session:
            printer = session.get_one(Printer, desk.printer)
            printer.kind, printer.state, printer.detail = kind, state, "no print agent is connected"
        page = desk.look()
        assert ("Đã nối" in page) is (state == "ok" and kind in ("usb", "serial", "cups", "win32raw"))
        assert ("Tốt" in page) is (state == "ok" and kind in ("file", "network", "agent"))
        assert ("máy tính đó có bật" in page) is (state == "off" and kind == "agent")


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        (None, "đang chờ in"),
        (Outcome("printed", "", "ok"), "đã in"),
        (Outcome("handed", "", "ok"), "hãy nhìn xem giấy đã ra chưa"),
        (Outcome("blocked", "paper out", "paper_out"), "chưa in được"),
        (Outcome("uncertain", "no acknowledgement", "off"), "Hỏi người lấy số đã có phiếu chưa"),
        (Outcome("failed", "SlipTooLong", None), "Phiếu này không vẽ được"),
    ],
)
def test_the_page_says_what_became_of_each_slip(desk: Desk, outcome: Outcome | None, told: str) -> None:
    desk.job(outcome)
    page = desk.look()
    assert told in page
    assert "A047" in page
    assert ("/reprint" in page) is (outcome is not None)


def test_a_slip_is_printed_again_once_marked_and_written_down(desk: Desk) -> None:
    job = desk.job(Outcome("uncertain", "no acknowledgement", "ok"))
    for told in ("có dòng BẢN IN LẠI", "đang được in rồi"):
        assert desk.send(f"jobs/{job}/reprint").status_code == 303
        assert told in desk.look()
        desk.clock.advance(timedelta(seconds=5))
    with desk.database.reading() as session:
        again = session.scalars(select(PrintJob).where(PrintJob.id != job)).one()
        entry = session.scalars(select(AuditEntry)).one()
    assert (again.reprint, again.state) == (True, "queued")
    assert (entry.what, entry.staff_id, entry.at) == ("slip_reprinted", 1, again.created_at)
    assert entry.detail == {"job": again.id, "of": job, "reference": "ticket:1"}


def test_a_test_page_comes_out_and_is_nobodys_number(desk: Desk, tmp_path: Path) -> None:
    assert desk.send(f"{desk.printer}/test").status_code == 303
    spool = Spool(desk.database, desk.clock, tmp_path / "printed")
    spool.run_once()
    spool.close()
    page = desk.look()
    assert "In thử" in page
    assert "đã in" in page
    assert "/reprint" not in page


def test_a_printer_is_added_under_a_key_of_its_own_and_written_down(desk: Desk) -> None:
    for key in ("00070/may-in-quay-1", "00070/may-in-quay-1-2"):
        assert desk.send("add", **NEW).status_code == 303
        added = desk.one(key)
        assert (added.kind, added.address, added.width_dots, added.place) == ("network", "192.168.1.50", 384, "00070")
    assert desk.written() == ["printer_added", "printer_added"]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"name": ""}, "Hãy đặt tên"),
        ({"kind": "quill"}, "Hãy chọn cách nối"),
        ({"address": ""}, "192.168.1.50:9100"),
        ({"address": "http://x/y"}, "192.168.1.50:9100"),
        ({"kind": "usb", "address": "epson"}, "04b8:0202"),
        ({"kind": "serial", "address": ""}, "/dev/ttyUSB0"),
        ({"kind": "cups", "address": "-o x"}, "Hãy ghi đúng tên máy in"),
        ({"kind": "file", "address": "../../etc"}, "Thư mục phải nằm trong"),
        ({"kind": "agent", "address": "x"}, "hãy để trống"),
        ({"width": "80"}, "Hãy chọn khổ giấy"),
    ],
)
def test_a_printer_that_cannot_be_is_refused_and_nothing_typed_is_lost(desk: Desk, wrong: dict[str, str], told: str) -> None:
    for what in ("add", f"{desk.printer}/change"):
        typed = NEW | wrong
        answer = desk.send(what, **typed)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert told in page
        assert f'value="{typed["name"]}"' in page
    assert desk.written() == []


def test_changing_a_printer_keeps_its_kiosks_and_asks_it_anew(desk: Desk) -> None:
    with desk.database.transaction() as session:
        actions.note_printer(session, desk.printer, "off", "", desk.clock.now())
    assert desk.send(f"{desk.printer}/change", **NEW).status_code == 303
    assert (desk.one().kind, desk.one().state, desk.one().name) == ("network", "unknown", "Máy in quầy 1")
    assert desk.written() == ["printer_changed"]


def test_a_fallback_is_chosen_and_taken_back(desk: Desk) -> None:
    desk.send("add", **NEW)
    other = desk.one("00070/may-in-quay-1").id
    assert desk.send(f"{desk.printer}/fallback", fallback=str(other)).status_code == 303
    assert desk.one().fallback_id == other
    assert "phiếu ra ở “Máy in quầy 1”" in desk.look()
    assert desk.send(f"{desk.printer}/fallback", fallback="").status_code == 303
    assert desk.one().fallback_id is None
    for wrong in (str(desk.printer), "999", "x", "-1", "٣"):
        assert desk.send(f"{desk.printer}/fallback", fallback=wrong).status_code == 422
    assert desk.written() == ["printer_added", "printer_fallback", "printer_fallback"]


def test_a_printer_is_taken_out_of_service_and_put_back(desk: Desk) -> None:
    assert desk.send(f"{desk.printer}/remove").status_code == 303
    page = desk.look()
    assert "Từ nay in ở máy khác: kiosk thử" in page
    assert "Đã ngừng dùng" in page
    with desk.database.reading() as session:
        assert session.get_one(Device, desk.kiosk).printer_key is None
    assert desk.send(f"{desk.printer}/put-back").status_code == 303
    assert desk.one().active
    assert desk.written() == ["printer_removed", "printer_put_back"]


def test_a_kiosk_is_sent_to_another_printer(desk: Desk) -> None:
    desk.send("add", **NEW)
    assert desk.send(f"kiosks/{desk.kiosk}", printer_key="00070/may-in-quay-1").status_code == 303
    with desk.database.reading() as session:
        assert session.get_one(Device, desk.kiosk).printer_key == "00070/may-in-quay-1"
    assert desk.send(f"kiosks/{desk.kiosk}", printer_key="00071/elsewhere").status_code == 422
    assert desk.send(f"kiosks/{desk.kiosk}", printer_key="").status_code == 303
    assert desk.written()[-1] == "kiosk_printer"


def test_nothing_of_the_office_beside_is_shown_or_touched(desk: Desk) -> None:
    with desk.database.transaction() as session:
        other = make_office(session, "00071")
        theirs = actions.set_up(
            session, "00071/a", kind="file", address="", place="00071", name="Máy bên cạnh", width_dots=576, now=desk.clock.now()
        ).id
        job = actions.submit(session, "00071/a", EVERYDAY, reference="ticket:9", kind="ticket", now=desk.clock.now()).id
        make_device(session, other)
        kiosk = session.scalars(select(Device.id).where(Device.office_id == other.id)).one()
    assert "Máy bên cạnh" not in desk.look()
    for what in (f"{theirs}/test", f"{theirs}/change", f"{theirs}/remove", f"{theirs}/put-back", f"{theirs}/fallback"):
        assert desk.send(what, **NEW).status_code == 404
    for what in (f"jobs/{job}/reprint", f"kiosks/{kiosk}", "jobs/999999/reprint"):
        assert desk.send(what).status_code == 404
    assert desk.send(f"{desk.printer}/fallback", fallback=str(theirs)).status_code == 422
    assert desk.client.get("/printers/00071/", headers=desk.signed).status_code == 403


def test_everybody_finds_their_own_printers(desk: Desk) -> None:
    assert desk.client.get("/printers/", headers=desk.signed).location == PAGE
    with desk.database.transaction() as session:
        city = bearer(make_token(session, make_staff(session, None, "quantri", "city")))
    assert "00070" in desk.client.get("/printers/", headers=city).get_data(as_text=True)
    assert desk.client.get("/printers/?office=00070", headers=city).location == PAGE
    assert 'href="/printers/00070/"' in desk.client.get("/office/00070/", headers=desk.signed).get_data(as_text=True)
