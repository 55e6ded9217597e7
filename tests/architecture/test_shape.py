"""The shape of the code is as docs and house rules promise: where things are, how they are called, what they may load."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOMS, ROOT

CODE = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
FRONT = sorted(
    path
    for room in ROOMS
    for path in (ROOT / room).rglob("*")
    if path.suffix in (".html", ".css", ".js", ".svg", ".webmanifest") and not path.name.endswith(".min.js")
)

MACHINE_FOLDER = re.compile(r"(?<![\w.:/$}])/(?:home|root|Users|work|farm|tmp|build)/\w")
LOADED_FROM_OUTSIDE = (
    re.compile(r"<(?!a\b)[a-z]+\b[^>]*\s(?:src|href|action|srcset|poster)\s*=\s*[\"']?\s*(?:https?:|wss?:)?//", re.IGNORECASE),
    re.compile(r"(?:url\(|@import)\s*[\"']?\s*(?:https?:)?//", re.IGNORECASE),
    re.compile(r"(?:\bfetch|\bimport|\bio|WebSocket|EventSource|\bfrom)\s*\(?\s*[\"'`](?:https?|wss?)?:?//"),
)


def repository_files() -> list[Path]:
    """Every text file that is, or would be, committed."""
    git = ["git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(git, cwd=ROOT, capture_output=True, text=True)
    names = listed.stdout.split("\0") if listed.returncode == 0 else []
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def test_each_room_says_in_one_docstring_what_it_is_for_and_nothing_else() -> None:
    for room in ROOMS:
        body = ast.parse((ROOT / room / "__init__.py").read_text()).body
        assert len(body) == 1, f"{room}/__init__.py holds more than its docstring"
        assert isinstance(body[0], ast.Expr)
        assert isinstance(body[0].value, ast.Constant), f"{room}/__init__.py has no docstring"


def test_every_folder_with_modules_is_a_room_of_setup_cfg() -> None:
    found = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "bench", "build"}
    assert found == set(ROOMS)


def test_no_module_is_a_drawer_for_everything() -> None:
    drawers = {"utils", "util", "helpers", "helper", "common", "misc", "base", "tools"}
    assert [path for path in CODE if path.stem in drawers] == []


def test_no_module_is_named_like_one_of_the_standard_library() -> None:
    assert [path for path in CODE if path.stem in sys.stdlib_module_names] == []
    assert set(ROOMS) & set(sys.stdlib_module_names) == set()


def test_no_module_imports_inside_a_function_to_dodge_a_circle() -> None:
    """An own package imported inside a function is a circle in hiding: an event is the way up."""
    hidden = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in CODE
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.ImportFrom) and node.level == 0 and (node.module or "").split(".")[0] in ROOMS
    ]
    assert hidden == []


def test_only_the_clock_asks_what_time_it_is() -> None:
    """Calls that tell the time of day; `time.monotonic` measures a span and is free to use."""
    askers = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time")}
    asking = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in CODE
        if path != ROOT / "core" / "clock.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and (node.value.id, node.attr) in askers
    ]
    assert asking == []


def test_nothing_names_a_folder_of_the_machine_it_was_written_on() -> None:
    files = repository_files()
    if not files:
        pytest.skip("not run: this is not a git checkout")
    found = []
    for path in files:
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {match.group()}" for match in MACHINE_FOLDER.finditer(text)]
    assert found == []


def test_pages_and_styles_load_nothing_from_another_host() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in FRONT
        for pattern in LOADED_FROM_OUTSIDE
        for match in pattern.finditer(path.read_text())
    ]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        '<script src="https://example.com/x.js">',
        '<link rel="stylesheet" href=//example.com/x.css>',
        "background: url('https://example.com/x.png')",
        'import x from "https://example.com/x.js"',
        "fetch('https://example.com/')",
    ],
)
def test_a_foreign_host_would_be_found(line: str) -> None:
    assert any(pattern.search(line) for pattern in LOADED_FROM_OUTSIDE)


def test_a_link_to_another_site_is_not_a_load() -> None:
    assert not any(pattern.search('<a href="https://example.com/">') for pattern in LOADED_FROM_OUTSIDE)
