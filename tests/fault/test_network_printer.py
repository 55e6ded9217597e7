from __future__ import annotations

from dataclasses import replace

import pytest

from printer.network import NetworkDevice, Patience
from printer.outcome import Condition, Outcome
from tests.fault.fault_printer import ASB_OK, ASB_PAPER_OUT, PAPER_OUT, FaultPrinter, black_hole

PATIENCE = Patience(connect=0.5, answer=0.3, acknowledge=0.5, bytes_per_s=1e9, drain=0.3)
PAGE = b"\x1b@" + bytes(60_000) + b"\x1dr\x01"
OK = {1: b"\x12", 2: b"\x12", 4: b"\x12"}


def deliver(printer: FaultPrinter, patience: Patience = PATIENCE) -> Outcome:
    return NetworkDevice("127.0.0.1", printer.port, patience).deliver(PAGE, "1-A047")


def test_an_acknowledged_page_is_printed() -> None:
    with FaultPrinter() as printer:
        assert deliver(printer) == Outcome("printed", "", "ok")
    assert printer.pages == [PAGE]


def test_a_printer_that_refuses_the_connection_gets_nothing() -> None:
    with FaultPrinter() as printer:
        port = printer.port
    outcome = NetworkDevice("127.0.0.1", port, PATIENCE).deliver(PAGE, "1-A047")
    assert (outcome.state, outcome.printer_state) == ("blocked", "off")


def test_a_printer_behind_a_pulled_cable_gets_nothing() -> None:
    with black_hole() as port:
        outcome = NetworkDevice("127.0.0.1", port, PATIENCE).deliver(PAGE, "1-A047")
    assert (outcome.state, outcome.printer_state) == ("blocked", "off")


@pytest.mark.parametrize("silent", [1, 2, 4])
def test_a_printer_that_does_not_say_how_it_is_gets_nothing(silent: int) -> None:
    with FaultPrinter(status={n: answer for n, answer in OK.items() if n != silent}) as printer:
        outcome = deliver(printer)
    assert (outcome.state, outcome.printer_state) == ("blocked", "off")
    assert printer.pages == []


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (PAPER_OUT, "paper_out"),
        ({1: b"\x1a", 2: b"\x16", 4: b"\x12"}, "cover"),
        ({1: b"\x1a", 2: b"\x12", 4: b"\x12"}, "off"),
        ({1: b"\x12", 2: b"\x52", 4: b"\x12"}, "off"),
    ],
)
def test_a_printer_that_is_not_well_gets_nothing_and_is_named(status: dict[int, bytes], state: str) -> None:
    with FaultPrinter(status=status) as printer:
        outcome = deliver(printer)
        asked = NetworkDevice("127.0.0.1", printer.port, PATIENCE).check()
    assert (outcome.state, outcome.printer_state, asked.state) == ("blocked", state, state)
    assert printer.pages == []


def test_a_roll_near_its_end_still_prints_and_is_told() -> None:
    with FaultPrinter(status={**OK, 4: b"\x1e"}, acknowledgement=b"\x03") as printer:
        assert NetworkDevice("127.0.0.1", printer.port, PATIENCE).check().state == "near_end"
        assert deliver(printer) == Outcome("printed", "paper near its end", "near_end")


def test_a_printer_that_takes_the_page_and_says_nothing_is_uncertain() -> None:
    with FaultPrinter(acknowledgement=b"") as printer:
        assert deliver(printer).state == "uncertain"
    assert len(printer.pages) == 1


def test_a_printer_that_never_reads_is_uncertain_although_the_send_returned() -> None:
    with FaultPrinter(reads_pages=False) as printer:
        assert deliver(printer).state == "uncertain"


@pytest.mark.parametrize("after", [1, 30_000, len(PAGE)])
def test_a_connection_reset_in_the_middle_is_uncertain(after: int) -> None:
    with FaultPrinter(reset_after=after) as printer:
        assert deliver(printer).state == "uncertain"


def test_a_printer_that_reports_by_itself_is_understood() -> None:
    noise = ASB_OK + b"\x11" + ASB_OK
    status = {n: ASB_OK + answer for n, answer in OK.items()}
    with FaultPrinter(greeting=noise, status=status, acknowledgement=ASB_OK + b"\x13" + b"\x00") as printer:
        assert deliver(printer) == Outcome("printed", "", "ok")


def test_a_report_by_itself_is_no_acknowledgement() -> None:
    with FaultPrinter(acknowledgement=ASB_OK) as printer:
        assert deliver(printer).state == "uncertain"


def test_paper_that_ends_in_the_middle_of_the_page_is_told() -> None:
    with FaultPrinter(acknowledgement=ASB_PAPER_OUT) as printer:
        outcome = deliver(printer)
    assert (outcome.state, outcome.printer_state) == ("uncertain", "paper_out")


def test_an_acknowledgement_of_an_earlier_page_does_not_count() -> None:
    with FaultPrinter(status={**OK, 4: b"\x00\x12\x00"}, acknowledgement=b"") as printer:
        assert deliver(printer).state == "uncertain"


def test_a_slow_printer_is_given_the_time_its_page_takes() -> None:
    with FaultPrinter() as printer:
        slow = replace(PATIENCE, acknowledge=0.0, bytes_per_s=len(PAGE) / 5)
        assert deliver(printer, slow).state == "printed"


def test_asking_a_printer_that_is_away_says_off() -> None:
    with FaultPrinter() as printer:
        port = printer.port
        assert NetworkDevice("127.0.0.1", port, PATIENCE).check() == Condition("ok")
    assert NetworkDevice("127.0.0.1", port, PATIENCE).check().state == "off"
