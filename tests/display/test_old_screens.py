"""A television of 2019 has a browser of 2018: what it loads is written in the JavaScript and the style sheets of that time.

Modules came with Chrome 61, so nothing may ask for more: ES2017, checked by a parser that knows no other, and a list of what came
later in libraries and styles. docs/displays.md names the televisions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import esprima
import pytest

ROOT = Path(__file__).parent.parent.parent
SCREENS = ROOT / "display" / "static" / "display"
IMPORTED = re.compile(r'\bfrom\s*"([^"]+)"')
LATER_SYNTAX = {
    "SpreadElement in ObjectExpression", "RestElement in ObjectPattern", "Import in CallExpression", "ForOfStatement that awaits",
}  # fmt: skip
LATER_CALLS = {
    "allSettled", "any", "at", "checkVisibility", "finally", "findLast", "flat", "flatMap", "fromEntries", "hasOwn", "matchAll",
    "replaceAll", "replaceChildren", "structuredClone", "toSorted", "trimEnd", "trimStart", "queueMicrotask",
}  # fmt: skip
LATER_STYLES = re.compile(
    r"(?<![\w-])(?:min|max|clamp)\(|(?<![\w-])(?:row-|column-)?gap\s*:|(?<![\w-])inset\s*:|(?:margin|padding)-(?:inline|block)"
    r"|[;{]\s*aspect-ratio\s*:|:(?:is|where|has)\(|\d(?:dvh|svh|lvh|cqw|cqh)\b|@container|@layer"
)


def modules(*roots: Path) -> list[Path]:
    """These files and every file they load."""
    found: dict[Path, None] = {}
    left = list(roots)
    while left:
        path = left.pop()
        if path in found:
            continue
        found[path] = None
        for name in IMPORTED.findall(path.read_text()):
            room = re.fullmatch(r"/static/(\w+)/(.+)", name)
            left.append(ROOT / room[1] / "static" / room[1] / room[2] if room else (path.parent / name).resolve())
    return sorted(found)


def later(text: str, *, module: bool = True) -> Iterator[str]:
    """What a browser of ES2017 does not know; a syntax error is raised by the parser itself."""
    found: list[str] = []

    def look(node: object, _meta: object) -> object:
        kind = getattr(node, "type", "")
        parts = [*(getattr(node, "properties", None) or []), getattr(node, "callee", None)]
        found.extend(f"{part.type} in {kind}" for part in parts if part is not None and hasattr(part, "type"))
        callee = getattr(node, "callee", None)
        if getattr(callee, "type", "") == "MemberExpression" and not callee.computed:
            found.append(callee.property.name)
        elif getattr(callee, "type", "") == "Identifier":
            found.append(f"function {callee.name}")
        return node

    (esprima.parseModule if module else esprima.parseScript)(text, delegate=look)
    wanted = LATER_SYNTAX | LATER_CALLS | {"function structuredClone", "function queueMicrotask"}
    return (each for each in found if each in wanted)


LOADED = modules(SCREENS / "board.js", SCREENS / "ticket.js")


@pytest.mark.parametrize("path", LOADED, ids=lambda path: path.name)
def test_a_television_of_2019_can_read_what_a_screen_loads(path: Path) -> None:
    assert list(later(path.read_text())) == []


def test_an_even_older_browser_can_read_what_is_written_for_it() -> None:
    text = (SCREENS / "old.js").read_text()
    assert list(later(text, module=False)) == []
    assert not re.search(r"=>|\b(?:let|const|class|async)\s|`", text.split("*/", 1)[1])


@pytest.mark.parametrize("name", ["board.css", "layouts.css"])
def test_the_looks_of_a_screen_ask_for_no_later_style(name: str) -> None:
    assert LATER_STYLES.findall(re.sub(r"/\*.*?\*/", "", (SCREENS / name).read_text(), flags=re.DOTALL)) == []


@pytest.mark.parametrize("text", ["const a = {...b};", "let {a, ...b} = c;", "a.replaceAll(b, c);", "[].at(-1);", "import('x');"])
def test_what_came_later_is_found(text: str) -> None:
    assert list(later(text))


@pytest.mark.parametrize(
    "text", ["a?.b;", "a ?? b;", "try { a(); } catch { b(); }", "class A { x = 1; }", "1_000;", "async function* f() {}"]
)
def test_what_came_later_is_refused(text: str) -> None:
    with pytest.raises(esprima.Error):
        later(text)


def test_later_styles_are_found() -> None:
    for style in ("a { width: min(1vw, 2vh); }", "a { gap: 1em; }", "a { padding-inline: 1em; }", ".a:is(b) { top: 0; }"):
        assert LATER_STYLES.search(style)
    assert not LATER_STYLES.search("a { grid-gap: 1em; width: minmax(0, 1fr); } @media (min-aspect-ratio: 16/9) {}")
