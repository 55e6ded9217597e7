from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from core.clock import SetClock
from core.database import Database
from printer.spool import Spool
from tests.printer.desk import job_of, printer_of


def test_the_technician_sets_up_a_printer_and_gets_a_test_page(app: Flask, clock: SetClock, tmp_path: Path) -> None:
    database: Database = app.extensions["dung-gio"].database
    flask = app.test_cli_runner()
    added = flask.invoke(args=["printer", "add", "00070/kiosk-1", "--place", "00070", "--width", "384"])
    assert (added.exit_code, added.output) == (0, "00070/kiosk-1\n")
    assert "queued" in flask.invoke(args=["printer", "test", "00070/kiosk-1"]).output
    spool = Spool(database, clock, tmp_path / "printed")
    spool.run_once()
    spool.close()
    assert job_of(database, "test:00070/kiosk-1").state == "printed"
    assert "00070/kiosk-1\tfile\t\t384\tok" in flask.invoke(args=["printer", "list"]).output


def test_adding_a_printer_again_changes_it(app: Flask) -> None:
    flask = app.test_cli_runner()
    flask.invoke(args=["printer", "add", "p", "--place", "00070"])
    flask.invoke(args=["printer", "add", "p", "--place", "00070", "--kind", "network", "--address", "10.0.0.9"])
    printer = printer_of(app.extensions["dung-gio"].database, "p")
    assert (printer.kind, printer.address) == ("network", "10.0.0.9")


@pytest.mark.parametrize("address", ["", "host:port", "http://host", "host/path", "host:99999"])
def test_a_network_address_that_is_none_is_refused_in_one_sentence(app: Flask, address: str) -> None:
    told = app.test_cli_runner().invoke(
        args=["printer", "add", "p", "--place", "00070", "--kind", "network", "--address", address]
    )
    assert told.exit_code == 1
    assert told.output.startswith("Error: ")


def test_a_test_page_for_an_unknown_printer_says_where_to_look(app: Flask) -> None:
    told = app.test_cli_runner().invoke(args=["printer", "test", "nowhere"])
    assert told.exit_code == 1
    assert "flask printer list" in told.output


def test_a_printer_is_given_a_fallback_and_taken_out_of_service(app: Flask) -> None:
    database: Database = app.extensions["dung-gio"].database
    flask = app.test_cli_runner()
    for key, kind in (("a", "agent"), ("b", "file")):
        assert flask.invoke(args=["printer", "add", key, "--place", "00070", "--kind", kind]).exit_code == 0
    assert flask.invoke(args=["printer", "fallback", "a", "b"]).exit_code == 0
    assert printer_of(database, "a").fallback_id == printer_of(database, "b").id
    assert "another printer" in flask.invoke(args=["printer", "fallback", "a", "a"]).output
    assert flask.invoke(args=["printer", "remove", "b"]).exit_code == 0
    assert (printer_of(database, "b").active, printer_of(database, "a").fallback_id) == (False, None)
    assert "flask printer list" in flask.invoke(args=["printer", "remove", "nowhere"]).output
