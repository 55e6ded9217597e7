"""What can be known about a delivery and about a printer."""

from __future__ import annotations

from dataclasses import dataclass

WELL = ("ok", "near_end")
"""States of a printer in which a page comes out."""


ACKNOWLEDGE = b"\x1dr\x01"
"""GS r 1, the last bytes of every page: answered with the paper sensor's byte when everything before has been carried out."""


@dataclass(frozen=True)
class Condition:
    """How a printer is: a state of `models.PRINTER_STATES`, and why, for the technician."""

    state: str
    detail: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of a delivery.

    `state`: printed (acknowledged), handed (given away, cannot be acknowledged), blocked (not one byte of the page was
    sent), uncertain (sent, not acknowledged), failed (this page can never be printed). `printer_state` is how the
    printer was at the end, None when nothing was learnt; `detail` is for the technician.
    """

    state: str
    detail: str = ""
    printer_state: str | None = None
