"""What stands on one printed slip: plain data, no layout, no database.

The room that composes a slip hands over finished texts. The few words that every slip shares are kept here in the two
languages of the paper (which is chosen per slip, not per request), and `labels` replaces any of them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

LABELS: Mapping[str, Mapping[str, str]] = {
    "vi": {
        "title": "SỐ THỨ TỰ",
        "day": "DÙNG VÀO NGÀY",
        "ahead": "Phía trước còn",
        "people": "{n} người",
        "nobody": "Sắp đến lượt",
        "wait": "Chờ khoảng",
        "wait_note": "tính lúc lấy số",
        "scan": "Quét mã để theo dõi lượt trên điện thoại",
        "taken": "Lấy số lúc {at}",
        "hotline": "Hỗ trợ: {phone}",
        "reprint": "BẢN IN LẠI",
    },
    "en": {
        "title": "YOUR NUMBER",
        "day": "FOR USE ON",
        "ahead": "Ahead of you",
        "people": "{n} people",
        "nobody": "You are next",
        "wait": "Wait about",
        "wait_note": "when taken",
        "scan": "Scan to follow your turn on your phone",
        "taken": "Taken at {at}",
        "hotline": "Help: {phone}",
        "reprint": "REPRINT",
    },
}
"""The words every slip shares. Vietnamese addresses nobody by a pronoun: "bạn" is rude to the old, "ông/bà" too long for the
paper. `people` with one person in English reads "1 person" (see `Slip.people`)."""


@dataclass(frozen=True)
class Slip:
    """One slip. Every text is normalised to NFC; an empty text or None leaves its line out.

    It carries no name and no ID number: whoever finds the paper learns nothing about a person.
    """

    office: str
    """Who gives the number, e.g. "UBND PHƯỜNG HOÀN KIẾM"; printed as given."""
    number: str
    """The ticket's number, "A047"; also part of a file printer's file name. Empty on a sheet that is nobody's number."""
    service: str = ""
    unit: str = ""
    """The line below the office, e.g. "Điểm phục vụ hành chính công"."""
    badge: str | None = None
    """"ƯU TIÊN" or "HẸN 09:00", white on black."""
    counters: str = ""
    """Where to go, e.g. "Quầy 3 hoặc quầy 4"."""
    day: str = ""
    """The one day the slip is good for, e.g. "Thứ Tư 25/11/2026": only on a slip carried to another day."""
    checklist_title: str = ""
    checklist: tuple[str, ...] = ()
    """Papers, each with a box to tick: those that are missing, or those a procedure wants."""
    people_ahead: int | None = None
    wait: str | None = None
    """The forecast as a range, e.g. "25–35 phút"."""
    url: str = ""
    """What the QR holds: the ticket's own page. Empty: no QR."""
    taken_at: str = ""
    """The office's wall clock, e.g. "08:47, 24/11/2026"."""
    notes: tuple[str, ...] = ()
    hotline: str = ""
    test_pattern: bool = False
    """A frame and a ruler across the paper, to see whether the printer is as wide as it was set up."""
    reprint: bool = False
    lang: str = "vi"
    labels: Mapping[str, str] = field(default_factory=dict)
    """Words that replace those of LABELS, already translated."""

    def __post_init__(self) -> None:
        for each in fields(self):
            object.__setattr__(self, each.name, _nfc(getattr(self, each.name)))

    def label(self, key: str, **values: object) -> str:
        """A shared word in the slip's language, its {places} filled in."""
        shared = LABELS.get(self.lang, LABELS["vi"])
        return self.labels.get(key, shared[key]).format(**values)

    def people(self) -> str:
        """How many are ahead, in words; "" when that is not known."""
        if self.people_ahead is None:
            return ""
        if self.people_ahead == 0:
            return self.label("nobody")
        said = self.label("people", n=self.people_ahead)
        return said.replace("people", "person") if self.people_ahead == 1 else said

    def to_dict(self) -> dict[str, Any]:
        """The slip as JSON data, for the job's row and the drawing process."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Slip:
        """The slip of `to_dict`. Members of a later version are ignored, so an old agent still prints."""
        known = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in data.items() if name in known})


def trial_page(name: str, *, office: str, width: int, at: str) -> Slip:
    """The test page of the printer `name`: what a technician has to see on paper, and nobody's number."""
    return Slip(
        office=office,
        unit=name,
        number="A047",
        badge="IN THỬ",
        service="Ấn, Ẫm, Ế, Ổ, Ữ, Ỵ, ự, ặ, ễ, đ",
        taken_at=at,
        notes=(
            f"Khổ in {width} điểm. Nếu mất một mép khung, hãy chọn khổ in khác.",
            "Vạch cách nhau 1 cm. Nếu dải sọc có đường trắng, hãy lau đầu in.",
        ),
        test_pattern=True,
        labels={"title": "KHÔNG PHẢI SỐ THỨ TỰ", "taken": "In lúc {at}"},
    )


def _nfc(value: Any) -> Any:
    """`value` with its texts composed: a decomposed "ế" would print as e with marks beside it."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value).strip()
    if isinstance(value, Mapping):
        return {key: _nfc(text) for key, text in value.items()}
    if isinstance(value, list | tuple):
        return tuple(_nfc(text) for text in value)
    return value
