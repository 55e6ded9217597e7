"""The print agent as a program: its list, its line, its command line and its unit."""

from __future__ import annotations

import http.server
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from printer import agent
from printer.agent_ledger import REMEMBERED, Ledger, LedgerInUse
from printer.agent_link import Declined, Link, LinkDown, TokenRefused
from printer.agent_unit import DEVICE, SERVER, unit_text
from printer.outcome import Condition, Outcome

ROOT = Path(__file__).parents[2]
PRINTED = Outcome("printed", "", "ok")


def test_a_list_is_the_same_after_a_restart(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "agent.json")
    ledger.begin("1@a", 1)
    ledger.end("1@a", 1, PRINTED)
    name = ledger.agent
    ledger.close()
    again = Ledger(tmp_path / "agent.json")
    assert (again.agent, again.begun(), again.untold()) == (name, ["1@a"], [("1@a", 1, PRINTED)])
    again.told("1@a")
    assert (again.begun(), again.end_of("1@a")) == ([], PRINTED)


def test_what_was_begun_when_the_power_went_is_uncertain(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "agent.json")
    ledger.begin("1@a", 1)
    ledger.close()
    [(mark, job, outcome)] = Ledger(tmp_path / "agent.json").untold()
    assert (mark, job, outcome.state) == ("1@a", 1, "uncertain")


def test_a_slip_that_was_blocked_may_come_again(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "agent.json")
    ledger.end("1@a", 1, Outcome("blocked", "", "off"))
    assert ledger.end_of("1@a") is None


def test_the_list_does_not_grow_for_ever(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "agent.json")
    ledger._ended = {f"{number}@a": {"state": "printed"} for number in range(REMEMBERED)}
    ledger.end("new", 9, PRINTED)
    assert len(ledger._ended) == REMEMBERED
    assert ledger.end_of("new") == PRINTED
    assert ledger.end_of("0@a") is None


def test_two_agents_never_share_a_list(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "agent.json")
    with pytest.raises(LedgerInUse):
        Ledger(tmp_path / "agent.json")
    ledger.close()
    Ledger(tmp_path / "agent.json").close()


@pytest.mark.parametrize("broken", ["", "{", "[]", '{"agent": "x"}', '{"agent": "x", "open": {"1": {}}, "ended": {}}', "null"])
def test_a_list_that_nobody_understands_is_put_aside_under_a_new_name(tmp_path: Path, broken: str) -> None:
    file = tmp_path / "agent.json"
    file.write_text(broken)
    ledger = Ledger(file)
    assert len(ledger.agent) == 24
    assert ledger.begun() == []
    assert file.with_suffix(".broken").read_text() == broken


@contextmanager
def answering(status: int, body: bytes, headers: dict[str, str] | None = None) -> Iterator[tuple[str, list[str]]]:
    """A server that answers every call like this; gives its address and the tokens it was sent."""
    tokens: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            tokens.append(self.headers["Authorization"])
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(body))} | (headers or {})).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST  # noqa: N815 (the library names it so)

        def log_message(self, *_said: object) -> None:
            """Nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", tokens
        server.shutdown()


@pytest.mark.parametrize(
    ("status", "body", "means"),
    [
        (401, b"{}", TokenRefused),
        (403, b"{}", TokenRefused),
        (404, '{"detail": "Không có máy in."}'.encode(), Declined),
        (404, b"<html>", LinkDown),
        (429, b"{}", LinkDown),
        (500, b"{}", LinkDown),
        (502, b"<html>", LinkDown),
        (200, b"<html>", LinkDown),
        (200, b"[]", LinkDown),
        (200, b'{"job": 1}', LinkDown),
        (200, b'{"job": "x", "mark": "m", "slip": {}, "width": 1, "within_s": 1}', LinkDown),
    ],
)
def test_whatever_the_server_answers_is_understood(status: int, body: bytes, means: type[Exception]) -> None:
    with answering(status, body) as (url, _tokens), pytest.raises(means):
        Link(url, "token", "a" * 24).lease([], 0)


def test_a_server_that_is_not_there_is_a_line_that_is_down() -> None:
    with answering(200, b"{}") as (url, _tokens):
        pass
    with pytest.raises(LinkDown):
        Link(url, "token", "a" * 24).tell_state(Condition("ok"))


def test_the_token_is_never_carried_to_another_server() -> None:
    with answering(200, b"{}") as (elsewhere, stolen), answering(307, b"", {"Location": f"{elsewhere}/x"}) as (url, tokens):
        with pytest.raises(LinkDown):
            Link(url, "secret", "a" * 24).tell_state(Condition("ok"))
        assert (tokens, stolen) == (["Bearer secret"], [])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "not a server's address"),
        (["--server", "mot-cua.example.vn"], "not a server's address"),
        (["--server", "http://x", "--device", "printer"], "not a device"),
        (["--server", "http://x", "--device", "network://h"], "no token"),
        (["--server", "http://x", "--device", "network://h", "--token-file", "/no/such/file"], "No such file"),
    ],
)
def test_the_agent_says_in_one_sentence_what_is_wrong_with_its_options(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert agent.main(arguments) == 2
    assert said in capsys.readouterr().err


def test_an_agent_whose_token_was_revoked_ends_and_says_how_to_make_another(tmp_path: Path) -> None:
    with answering(401, b"{}") as (url, tokens):
        command = [sys.executable, "-m", "printer.agent", "--server", url, "--device", f"file://{tmp_path}/paper"]
        secret = tmp_path / "token"
        secret.write_text("secret\n")
        command += ["--token-file", str(secret), "--state", str(tmp_path / "agent.json")]
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, tokens) == (1, ["Bearer secret"])
    assert "office pair OFFICE agent" in ended.stderr


def test_the_unit_in_deploy_is_the_one_the_agent_makes() -> None:
    made = unit_text("", "", None, folder=Path("/opt/dung-gio"), python=Path("/opt/dung-gio/.venv/bin/python"))
    assert (ROOT / "deploy" / "dung-gio-agent.service").read_text() == made
    assert f"--server {SERVER} --device {DEVICE} --token-file %d/token" in made


def test_the_unit_holds_what_was_asked_for_and_no_token(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    options = ["--server", "https://x.vn", "--token", "secret", "--device", "win32raw://EPSON%20TM", "--printer", "00070/a b"]
    assert agent.main([*options, "--install-unit"]) == 0
    printed = capsys.readouterr().out
    assert "--device win32raw://EPSON%%20TM --printer '00070/a b' --token-file %d/token" in printed
    assert "secret" not in printed
    assert agent.main([*options[:2], *options[4:], "--install-unit", str(tmp_path / "dung-gio-agent.service")]) == 0
    assert (tmp_path / "dung-gio-agent.service").read_text() == printed


def test_the_agent_needs_no_web_server_and_no_database() -> None:
    script = "import json, sys, printer.agent; print(json.dumps(sorted(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    modules = set(json.loads(loaded.stdout))
    assert {"flask", "sqlalchemy", "gevent", "escpos", "psycopg"} & modules == set()
    assert {each for each in modules if each.startswith("core.")} <= {"core.children"}, "of the server only how processes speak"
