"""Figures as CSV and as a workbook for a spreadsheet, from the same sheets.

CSV is UTF-8 with a byte order mark, so that Excel reads the Vietnamese letters. In a workbook numbers are numbers, which a
spreadsheet shows as its language does. A text is never a formula in either.
"""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from flask import Response

from core.i18n import gettext as _
from core.refusals import Refusal

BYTE_ORDER_MARK = "\ufeff"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PATIENCE_S = 60.0
"""A year takes a second; after this something is wrong."""

Cell = str | int | float | None
"""A time is a float, in minutes; None is a figure that nothing happened for."""


@dataclass(frozen=True)
class Sheet:
    """One table: `key` is its name in addresses, `title` on the tab, `note` how it is computed."""

    key: str
    title: str
    note: str
    heading: Sequence[str]
    rows: Sequence[Sequence[Cell]]


class WorkbookFailed(Refusal):
    """The process that writes workbooks ended without one."""

    code = "workbook_failed"
    status = 503

    def sentence(self) -> str:
        return _("Chưa lập được bảng tính. Xin thử lại sau một phút, hoặc tải dạng CSV.")


def download(sheets: Sequence[Sheet], form: str, name: str, wanted: str = "") -> Response:
    """`form` "xlsx" is all sheets, "csv" the one whose key is wanted, or the first."""
    if form == "xlsx":
        body: str | bytes = as_xlsx(sheets)
    else:
        body = as_csv(next((sheet for sheet in sheets if sheet.key == wanted), sheets[0]))
    kind = XLSX if form == "xlsx" else "text/csv"
    return Response(body, mimetype=kind, headers={"Content-Disposition": f'attachment; filename="{name}.{form}"'})


def as_csv(sheet: Sheet) -> str:
    """Times in minutes with a decimal point."""
    file = io.StringIO()
    rows = csv.writer(file)
    rows.writerow(sheet.heading)
    for row in sheet.rows:
        rows.writerow([_written(each) for each in row])
    return BYTE_ORDER_MARK + file.getvalue()


def _written(value: Cell) -> str | int:
    if isinstance(value, float):
        return f"{value:.1f}"
    return "" if value is None else cell(value) if isinstance(value, str) else value


def as_xlsx(sheets: Sequence[Sheet]) -> bytes:
    """A workbook, written by a niced process of its own, so that nobody at a counter waits for it. Raises WorkbookFailed."""
    command = [sys.executable, "-m", "reports.workbook"]
    question = json.dumps([asdict(sheet) for sheet in sheets]).encode()
    try:
        done = subprocess.run(  # noqa: S603  (a list, never a shell; our own words)
            command, input=question, capture_output=True, check=True, timeout=PATIENCE_S, cwd=Path(__file__).parent.parent
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise WorkbookFailed() from error
    return done.stdout


def cell(text: str) -> str:
    """`text` as text: a spreadsheet runs what begins like a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
