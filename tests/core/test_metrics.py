"""What a machine may see of the server: true figures, for whom they are meant, and nothing of a person."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

import wsgi
from core import metrics
from core.clock import SetClock
from core.config import load_config
from core.database import Database
from tests import builders
from tests.conftest import ROOT
from tests.servers import free_port

TOKEN = "a-token-of-the-monitoring"


def figures(text: str) -> dict[str, float]:
    """Every series by name and labels, as it stands in the text."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def seen(client: FlaskClient) -> dict[str, float]:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain")
    return figures(answer.get_data(as_text=True))


@pytest.fixture
def visitor(app: Flask, database: Database) -> FlaskClient:
    with database.transaction() as session:
        kiosk = builders.make_device(session, builders.make_office(session))
    visitor = FlaskClient(app, app.response_class)
    for _press in range(3):
        answer = visitor.post("/api/v1/offices/00070/tickets", json={"service": "A"}, headers=builders.bearer(kiosk))
        assert answer.status_code == 201
    return visitor


def test_a_request_is_counted_by_its_route_and_not_by_its_path(visitor: FlaskClient) -> None:
    visitor.get("/api/v1/tickets/a-secret-of-a-citizen")
    visitor.get("/no/such/page")
    visitor.open("/healthz", method="BREW")
    text = visitor.get("/metrics").get_data(as_text=True)
    found = figures(text)
    assert found['http_requests_total{method="POST",route="/api/v1/offices/<office>/tickets",status="201"}'] == 3
    assert found['http_requests_total{method="GET",route="/api/v1/tickets/<token>",status="404"}'] == 1
    assert found['http_requests_total{method="GET",route="unmatched",status="404"}'] == 1
    assert found['http_requests_total{method="other",route="unmatched",status="405"}'] == 1
    assert found['http_request_duration_seconds_count{method="POST",route="/api/v1/offices/<office>/tickets"}'] == 3
    for never in ("a-secret-of-a-citizen", "no/such", "BREW"):
        assert never not in text


def test_the_line_the_paper_and_the_database_are_seen_as_sums(visitor: FlaskClient, database: Database) -> None:
    found = seen(visitor)
    assert found["dung_gio_waiting_people"] == 3
    assert found["dung_gio_offices_published"] == 1
    assert found['dung_gio_print_jobs{state="queued"}'] == 0, "this office has no printer"
    assert found["dung_gio_spool_oldest_seconds"] == found["dung_gio_outbox_oldest_seconds"] == 0
    assert found["dung_gio_database_up"] == 1
    assert found['dung_gio_database_transaction_seconds_count{kind="write"}'] >= 3
    lock = "process" if database.is_sqlite else "row"
    assert found[f'dung_gio_database_lock_wait_seconds_count{{lock="{lock}"}}'] >= 3
    assert ("dung_gio_database_deadlocks" in found) != database.is_sqlite
    assert any(name.startswith("process_resident_memory_bytes{") and value > 1e6 for name, value in found.items())


def test_the_age_of_the_newest_backup_is_seen(visitor: FlaskClient, app: Flask) -> None:
    assert "dung_gio_last_backup_timestamp_seconds" not in seen(visitor), "there is none"
    folder = app.extensions["dung-gio"].config.data_dir / "backups"
    folder.mkdir()
    for name, written_at in (("a.backup", 1_800_000_000), ("b.backup", 1_800_086_400), ("half.tmp", 1_900_000_000)):
        (folder / name).touch()
        os.utime(folder / name, (written_at, written_at))
    assert seen(visitor)["dung_gio_last_backup_timestamp_seconds"] == 1_800_086_400


def test_every_figure_is_explained_and_has_few_series(visitor: FlaskClient) -> None:
    """A label made of what callers send would grow for ever: the whole page of a server that did little is short."""
    text = visitor.get("/metrics").get_data(as_text=True)
    lines = text.splitlines()
    named = {re.sub(r"_(total|bucket|sum|count)$", "", re.split(r"[ {]", line)[0]) for line in lines if not line.startswith("#")}
    explained = {re.sub(r"_total$", "", line.split(" ")[2]) for line in lines if re.match("# HELP [^ ]+ .", line)}
    assert named <= explained
    assert len(lines) < 500


@pytest.mark.parametrize(
    ("peer", "header", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("192.168.1.20", {}, 404),
        ("", {}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 404),
        ("127.0.0.1", {"Forwarded": "for=127.0.0.1"}, 404),
        ("127.0.0.1", {"Via": "1.1 proxy"}, 404),
    ],
)
def test_without_a_token_only_this_very_machine_reads_the_figures(
    app: Flask, peer: str, header: dict[str, str], status: int
) -> None:
    answer = app.test_client().get("/metrics", headers=header, environ_base={"REMOTE_ADDR": peer})
    assert answer.status_code == status


def test_with_a_token_who_has_it_reads_them_from_anywhere_and_nobody_else(
    database_url: str, tmp_path: Path, clock: SetClock
) -> None:
    environ = {"DATA_DIR": str(tmp_path), "DATABASE_URL": database_url, "METRICS_TOKEN": TOKEN}
    app = wsgi.create_app(load_config(environ), clock)
    far = {"REMOTE_ADDR": "192.168.1.20"}
    for header, status in ((f"Bearer {TOKEN}", 200), ("Bearer wrong", 404), (f"Bearer {TOKEN}x", 404), ("", 404)):
        answer = app.test_client().get("/metrics", headers={"Authorization": header}, environ_base=far)
        assert answer.status_code == status, header
    assert app.test_client().get("/metrics").status_code == 404, "the token is asked of this machine, too"
    app.extensions["dung-gio"].database.dispose()


def test_the_figures_are_there_when_the_database_is_not(tmp_path: Path, clock: SetClock) -> None:
    nowhere = f"postgresql://nobody@127.0.0.1:{free_port()}/nothing"
    environ = {"DATA_DIR": str(tmp_path), "DATABASE_URL": nowhere, "METRICS_TOKEN": TOKEN}
    app = wsgi.create_app(load_config(environ), clock)
    answer = app.test_client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    found = figures(answer.get_data(as_text=True))
    assert (answer.status_code, found["dung_gio_database_up"]) == (200, 0)
    assert "dung_gio_waiting_people" not in found


@pytest.mark.parametrize("file", ["grafana-dashboard.json", "dung-gio-alerts.yml"])
def test_what_is_drawn_and_watched_is_measured(file: str, app: Flask) -> None:
    """A figure that is called otherwise by now would leave a panel empty and an alert silent."""
    text = (ROOT / "deploy" / file).read_text()
    asked = set(re.findall(r"\b(?:dung_gio|http|process)_[a-z_]+[a-z](?=[{\[ )/])", text))
    known = set(re.findall(r"# TYPE (\S+)", FlaskClient(app).get("/metrics").get_data(as_text=True)))
    if app.extensions["dung-gio"].database.is_sqlite:
        known.add("dung_gio_database_waiting_sessions")
    assert len(asked) > 8
    assert {re.sub("_(bucket|sum|count)$", "", name) for name in asked} <= known


def test_a_worker_that_begins_just_now_does_not_hide_the_figures_of_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its file is there, and empty for a moment."""
    began = tmp_path / "counter_1.db"
    began.touch()
    monkeypatch.setattr(metrics.time, "sleep", lambda _seconds: began.unlink())
    assert list(metrics._shared(str(tmp_path))) == []
    assert not began.exists(), "it was tried again"
