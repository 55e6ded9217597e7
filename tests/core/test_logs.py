"""The log: one event a line, for people or for machines, and no key or telephone number in it whoever wrote them."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter, IntegerConverter, Rule

import wsgi
from core import logs
from core.clock import SetClock
from core.config import load_config

KEY = "kN3x_Qw-7hTz9pLr2vB4sA"
NO_SECRET = {"office", "filename", "sheet"}
"""Parts of addresses that are no keys; numbers (`<int:...>`) are none either."""


@pytest.fixture(params=["text", "json"])
def written(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """What goes to the log, in the one and in the other format; the tests' own handlers come back afterwards."""
    root, stream = logging.getLogger(), io.StringIO()
    kept, level = root.handlers[:], root.level
    root.handlers = []
    logs.configure(request.param, stream=stream)
    yield stream
    root.handlers = kept
    root.setLevel(level)


def failed() -> None:
    try:
        raise ValueError(f"/a/{KEY}/move of 0912345678")
    except ValueError:
        logging.getLogger("gunicorn.error").exception("Error handling request %s", f"/t/{KEY}")


def test_an_event_is_one_line_that_can_be_read_or_parsed(written: io.StringIO, request: pytest.FixtureRequest) -> None:
    logging.getLogger("room").warning("the printer %s is out", "k-1", extra={"seconds": 3})
    (line,) = written.getvalue().splitlines()
    if line.startswith("{"):
        found = json.loads(line)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", found.pop("timestamp"))
        assert found == {"event": "the printer k-1 is out", "level": "warning", "logger": "room", "seconds": 3}
    else:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z WARNING room: the printer k-1 is out seconds=3", line)


def test_what_breaks_is_told_with_its_trace_and_without_the_key_of_the_address(written: io.StringIO) -> None:
    failed()
    text = written.getvalue()
    assert "ValueError" in text
    assert "/a/(key)/move of (phone)" in text
    assert KEY not in text
    assert "912345678" not in text


def test_lines_that_somebody_should_look_at_are_counted() -> None:
    root, counted = logging.getLogger(), []
    kept, level = root.handlers[:], root.level
    try:
        logs.configure("json", lambda level, logger: counted.append((level, logger)), io.StringIO())
        logging.getLogger("room").info("well")
        logging.getLogger("room").error("not well")
    finally:
        root.handlers = kept
        root.setLevel(level)
    assert counted == [("error", "room")]


def keys_in(rule: Rule) -> dict[str, Any]:
    """A value for every part of an address: the key for those that open something."""
    values: dict[str, Any] = {name: "00070" if name in NO_SECRET else KEY for name in rule.arguments}
    for name, converter in rule._converters.items():
        if isinstance(converter, IntegerConverter):
            values[name] = 1
        elif isinstance(converter, AnyConverter):
            values[name] = min(converter.items)
    return values | dict(rule.defaults or {})


def test_no_address_with_a_key_gets_past_the_log(app: Flask) -> None:
    urls = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        values = keys_in(rule)
        if KEY in values.values():
            path = urls.build(rule.endpoint, values, method=next(iter(rule.methods or {"GET"})))
            line = logs.scrubbed(None, "", {"event": f"Error handling request {path}"})
            assert KEY not in line["event"], rule.rule


def asked_with(app: Flask, number: str) -> str:
    return FlaskClient(app, app.response_class).get("/healthz", headers={"X-Request-Id": number}).headers["X-Request-Id"]


def test_a_stranger_does_not_choose_the_number_of_a_request(app: Flask) -> None:
    assert re.fullmatch("[0-9a-f]{12}", asked_with(app, "number-of-a-stranger"))


def test_the_proxy_in_front_may_number_the_requests(sqlite_url: str, tmp_path: Any, clock: SetClock) -> None:
    environ = {"DATA_DIR": str(tmp_path), "DATABASE_URL": sqlite_url, "TRUSTED_PROXIES": "1"}
    app = wsgi.create_app(load_config(environ), clock)
    assert asked_with(app, "0123456789ab") == "0123456789ab"
    for nonsense in ("short", "x" * 65, "a b c d e f g", "abcdefgh\u00e9"):
        assert asked_with(app, nonsense.encode("latin-1").decode("latin-1")) != nonsense
    app.extensions["dung-gio"].database.dispose()


def test_who_is_refused_can_tell_the_number_to_the_technician(app: Flask) -> None:
    client = FlaskClient(app, app.response_class)
    page = client.get("/no-such-page", headers={"Accept": "text/html"})
    assert page.headers["X-Request-Id"] in page.get_data(as_text=True)
    problem = client.get("/api/v1/tickets/none")
    assert problem.get_json()["request_id"] == problem.headers["X-Request-Id"]
    assert page.headers["X-Request-Id"] != problem.headers["X-Request-Id"]
