"""Proposes the public holidays of Viet Nam as rows an office may edit. The proposal is data, never a rule.

The dates come from the PyPI project `holidays`. DECREED adds what the State decreed for a year and an older release of
that project may lack; it wins over the project's rows.
"""

from __future__ import annotations

from datetime import date

import holidays

from office.hours import DayException

DECREED: tuple[DayException, ...] = (
    # Swap of 2026: Monday 31 August is off, Saturday 22 August is worked like that Monday.
    DayException(date(2026, 8, 22), spans=None, works_as=0, note="Làm bù cho ngày 31/08/2026"),
    DayException(date(2026, 8, 31), holiday=True, note="Nghỉ Quốc khánh (làm bù ngày 22/08/2026)"),
    # A new public holiday from 2026 on.
    DayException(date(2026, 11, 24), holiday=True, note="Ngày Văn hóa Việt Nam"),
)


def proposed(year: int) -> list[DayException]:
    """The holidays and swapped working days of `year`, by date, for an office to accept, change or refuse."""
    known = holidays.country_holidays("VN", years=year, language="vi")
    rows = {on: DayException(on, holiday=True, note=name) for on, name in known.items()}
    rows |= {row.on: row for row in DECREED if row.on.year == year}
    return [rows[on] for on in sorted(rows)]
