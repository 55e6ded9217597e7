"""/readyz: every part says ok, or in words what is wrong; only a server that cannot work asks to be left alone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask

import wsgi
from core.clock import SetClock
from core.config import load_config
from core.database import Database
from notices.actions import enqueue
from printer.actions import print_trial, set_up
from tests.servers import free_port

ALL_WELL = {"status": "ready", "database": "ok", "spool": "ok", "outbox": "ok"}


def ready(app: Flask) -> tuple[int, Any]:
    answer = app.test_client().get("/readyz")
    return answer.status_code, answer.get_json()


def test_all_is_well_on_a_quiet_morning(app: Flask) -> None:
    assert ready(app) == (200, ALL_WELL)


def test_a_message_that_nobody_sends_is_told_in_words_and_the_office_goes_on(
    app: Flask, database: Database, clock: SetClock
) -> None:
    with database.transaction() as session:
        enqueue(session, channel="file", to="+84912345678", text="...", reference="appointment:1", now=clock.now())
    clock.advance(timedelta(minutes=3))
    assert ready(app) == (200, ALL_WELL | {"status": "degraded", "outbox": "a message has been due for 180 s"})


def test_a_slip_that_nobody_prints_is_told_in_words(app: Flask, database: Database, clock: SetClock) -> None:
    with database.transaction() as session:
        set_up(session, "p", kind="file", address="", place="00070", name="Máy in", width_dots=576, now=clock.now())
        print_trial(session, "p", at="09:00", now=clock.now())
    clock.advance(timedelta(seconds=90))
    assert ready(app) == (200, ALL_WELL | {"status": "degraded", "spool": "the oldest job has waited 90 s"})


def test_without_a_database_no_work_can_be_done(tmp_path: Path, clock: SetClock) -> None:
    nowhere = f"postgresql://nobody@127.0.0.1:{free_port()}/nothing"
    app = wsgi.create_app(load_config({"DATA_DIR": str(tmp_path), "DATABASE_URL": nowhere}), clock)
    status, answers = ready(app)
    assert (status, answers["status"], answers["database"]) == (503, "not ready", "no answer")
    assert app.test_client().get("/healthz").status_code == 200
