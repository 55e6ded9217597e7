"""What people read is marked for translation, and the English catalogue is whole (house-style 23)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from jinja2 import Environment
from jinja2.ext import i18n

from tests import servers
from tests.architecture.test_shape import CODE, FRONT
from tests.conftest import ROOT

ENGLISH = ROOT / "core" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
MAPPING = ROOT / "core" / "translations" / "babel.cfg"
VIETNAMESE = re.compile(r"[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.IGNORECASE)
MARKS = {"_", "gettext", "ngettext", "pgettext", "lazy_gettext", "_l"}

OWN_NAMES = re.compile("Đúng Giờ|Tiếng Việt")
"""The same in every language."""

NOT_OF_A_SCREEN = {
    "core/words.py": "letters",
    "display/announce.py": "the Vietnamese voice: how its numbers are read",
    "office/call_sentence.py": "the sentence said in the hall, in both languages",
    "office/holidays_vn.py": "names of days, as data",
    "printer/commands.py": "a test slip with the letters that are hardest to print",
    "setup/demo.py": "the demo ward: data",
    "setup/demo_ward.py": "the demo ward: data",
    "printer/slip.py": "the words of a slip in both languages, pure",
}
"""Files whose Vietnamese is data, and why."""


def is_vietnamese(text: str) -> bool:
    return VIETNAMESE.search(OWN_NAMES.sub("", text)) is not None


def english() -> Catalog:
    if not ENGLISH.exists():
        servers.not_run("there is no English catalogue yet (make messages)")
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def marked_messages() -> set[str]:
    """Every message marked for translation in the code and the templates."""
    with MAPPING.open() as file:
        mapping, options = parse_mapping_cfg(file)
    found = extract_from_dir(
        str(ROOT), mapping, options, keywords={"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
    )
    return {message if isinstance(message, str) else message[0] for _file, _line, message, _comments, _context in found}


def test_every_message_has_its_english() -> None:
    catalogue = english()
    missing = [text for text in marked_messages() if not (found := catalogue.get(text)) or not all(_strings(found.string))]
    assert sorted(missing) == []


def test_no_translation_is_a_guess_or_loses_a_placeholder() -> None:
    placeholder = re.compile(r"%\(\w+\)s")
    for message in english():
        if not message.id:
            continue
        assert not message.fuzzy, f"fuzzy: {message.id}"
        wanted = set(placeholder.findall(_strings(message.id)[0]))
        for string in _strings(message.string):
            assert not string or set(placeholder.findall(string)) <= wanted, f"{message.id}: {string}"


def test_the_compiled_catalogue_is_the_written_one() -> None:
    written = english()
    with ENGLISH.with_suffix(".mo").open("rb") as file:
        compiled = read_mo(file)
    assert {m.id: m.string for m in compiled if m.id} == {m.id: m.string for m in written if m.id and m.string}


def _strings(text: str | tuple[str, ...] | list[str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


@pytest.mark.parametrize("path", [path for path in FRONT if path.suffix == ".html"], ids=lambda path: path.name)
def test_no_page_says_a_word_that_cannot_be_translated(path: Path) -> None:
    assert list(unmarked_in_template(path.read_text())) == []


def unmarked_in_template(source: str) -> Iterator[str]:
    """Vietnamese text of a template that stands outside {% trans %} and _()."""
    environment = Environment(extensions=[i18n], autoescape=True)
    inside, block_name_next, last_name = 0, False, ""
    for line, kind, value in environment.lex(source):
        if kind == "block_begin":
            block_name_next = True
        elif kind == "name":
            last_name = value
            if block_name_next:
                inside += {"trans": 1, "endtrans": -1}.get(value, 0)
                block_name_next = False
        elif kind in ("data", "string") and is_vietnamese(value):
            marked = bool(inside) if kind == "data" else last_name in MARKS
            if not marked:
                yield f"line {line}: {value.strip()[:60]}"


@pytest.mark.parametrize("path", [path for path in FRONT if path.suffix == ".js"], ids=lambda path: path.name)
def test_no_script_says_a_word_itself(path: Path) -> None:
    code = re.sub(r"/\*.*?\*/|^\s*//.*$", "", path.read_text(), flags=re.DOTALL | re.MULTILINE)
    assert not is_vietnamese(code)


def test_no_sentence_in_the_code_is_left_unmarked() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for path in CODE
        if str(path.relative_to(ROOT)) not in NOT_OF_A_SCREEN
        for line, text in unmarked_in_code(path.read_text())
    ]
    assert found == []


def unmarked_in_code(source: str) -> Iterator[tuple[int, str]]:
    """Vietnamese string literals that are neither docstrings nor keys of a dict nor arguments of a translation call."""
    tree = ast.parse(source)
    fine = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            fine |= {id(key) for key in node.keys}
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS:
            fine |= {id(part) for part in ast.walk(node)}
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) and id(node) not in fine else None
        if isinstance(text, str) and is_vietnamese(text):
            yield node.lineno, text[:60]


def test_an_unmarked_word_would_be_found() -> None:
    page = "<p>Xin chào</p>{% trans %}Tạm biệt{% endtrans %}{{ _('Số') }}"
    assert list(unmarked_in_template(page)) == ["line 1: <p>Xin chào</p>"]
    assert list(unmarked_in_template("{{ x or 'Số' }}"))
    assert list(unmarked_in_code("'''Số'''\nx = _('Số')\ny = 'Số'")) == [(3, "Số")]
