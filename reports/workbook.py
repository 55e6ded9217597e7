"""The process that writes a workbook: `python -m reports.workbook` reads sheets as JSON on stdin and writes XLSX to stdout."""

from __future__ import annotations

import io
import json
import os
import re
import sys
from typing import Any

import xlsxwriter

NICENESS = 10
WIDEST = 48
TOP = 3
"""The first row of figures: above it the note, nothing, and the heading."""
NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\]")


def workbook(sheets: list[dict[str, Any]]) -> bytes:
    """The sheets of `reports.export`, in order. Every text is written as text, whatever it begins with."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    strong = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    note, time = book.add_format({"italic": True}), book.add_format({"num_format": "0.0"})
    for sheet in sheets:
        page = book.add_worksheet(NOT_IN_A_NAME.sub(" ", sheet["title"])[:31])
        page.write_string(0, 0, sheet["note"], note)
        for column, words in enumerate(sheet["heading"]):
            page.write_string(TOP - 1, column, words, strong)
            longest = max((len(str(row[column])) for row in sheet["rows"]), default=0)
            page.set_column(column, column, min(WIDEST, max(11, longest + 2)))
        for number, row in enumerate(sheet["rows"], start=TOP):
            for column, value in enumerate(row):
                _write(page, number, column, value, time)
        page.freeze_panes(TOP, 0)
    book.close()
    return file.getvalue()


def _write(page: Any, row: int, column: int, value: str | float | None, time: Any) -> None:
    if isinstance(value, str):
        page.write_string(row, column, value)
    elif value is not None:
        page.write_number(row, column, value, time if isinstance(value, float) else None)


def main() -> None:
    """One question, one answer."""
    os.nice(NICENESS)
    sys.stdout.buffer.write(workbook(json.load(sys.stdin)))


if __name__ == "__main__":
    main()
