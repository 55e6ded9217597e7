"""The fault matrix as rows of docs/printing.md: what the tests run is what the page says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from printer.network import Patience

QUICK = Patience(connect=0.3, answer=0.15, acknowledge=0.4, bytes_per_s=1e9, drain=0.1)
"""The patience of printing.md, scaled down."""

PAGE = Path(__file__).parents[2] / "docs" / "printing.md"


@dataclass(frozen=True)
class Row:
    """A fault, what has come out when it is over, and what the job's state says; then the same after the spool ran again.

    `papers` counts whole pages, `scrap` says that a part of one was sent. `later` and `papers_later` are the end without anybody
    having asked for another copy.
    """

    name: str
    state: str
    printer: str
    papers: int = 0
    scrap: bool = False
    later: str = ""
    papers_later: int = 0

    @property
    def ends(self) -> str:
        """The state in the end."""
        return self.later or self.state

    def line(self) -> str:
        """The row as docs/printing.md shows it."""
        came = f"{self.papers}{' and a scrap' if self.scrap else ''}"
        return f"| {self.name} | {came} | {self.state} | {self.printer or '-'} | {self.ends}, {self.papers + self.papers_later} |"


def said(rows: Sequence[Row]) -> None:
    """Fail unless docs/printing.md has each of these rows."""
    lines = set(PAGE.read_text().splitlines())
    missing = [row.line() for row in rows if row.line() not in lines]
    assert missing == [], "docs/printing.md does not say:\n" + "\n".join(missing)
