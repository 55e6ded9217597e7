"""The sheet of the demo's addresses and sign-ins: printed at every start and kept in DATA_DIR/demo.txt, for its owner only.

Passwords are stored in the database as hashes, so the sheet is the only place that still knows them. It is written before
the database is, so a start that is cut off in between loses nothing.
"""

from __future__ import annotations

import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from core.i18n import gettext as _
from office.pair_codes import CODE_LETTERS
from setup.demo_ward import STAFF, Person

_SIGN_IN = re.compile(r"^ +(\S+) +(\S+) +\(", re.MULTILINE)
_PAIRING = re.compile(r"^ +(kiosk|display) +\S*/pair/(\w+)", re.MULTILINE)


@dataclass(frozen=True)
class Sheet:
    """Passwords by user name, and pairing codes by kind of device."""

    passwords: dict[str, str]
    codes: dict[str, str]


def read(path: Path) -> Sheet:
    """What the sheet says; empty when there is none."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    known = {person.username for person in STAFF}
    return Sheet({name: word for name, word in _SIGN_IN.findall(text) if name in known}, dict(_PAIRING.findall(text)))


def write(path: Path, text: str) -> None:
    """Put the sheet in place whole, readable by its owner only."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def new_password() -> str:
    """Twelve signs nobody mistakes for others, in three groups: 51 bits."""
    return "-".join("".join(secrets.choice(CODE_LETTERS.lower()) for _ in range(4)) for _ in range(3))


def text(sheet: Sheet, office_name: str, office_code: str, public_url: str) -> str:
    """The sheet in words."""
    pages = (
        (_("Trang thành phố, đặt lịch hẹn"), "/"),
        (_("Đặt lịch hẹn ở phường này"), f"/o/{office_code}/"),
        (_("Ki-ốt lấy số"), f"/kiosk/{office_code}"),
        (_("Bảng gọi số ở sảnh"), f"/display/{office_code}"),
        (_("Quầy của cán bộ"), "/counter/"),
        (_("Người hướng dẫn ở cửa"), "/door/"),
        (_("Quản lý điểm phục vụ"), "/office/"),
        (_("Số liệu"), "/reports/"),
    )
    lines = [_("Điểm phục vụ thử: %(name)s (%(code)s)", name=office_name, code=office_code), ""]
    lines += [f"  {words:<32}{public_url}{path}" for words, path in pages]
    lines += ["", _("Đăng nhập tại %(url)s", url=f"{public_url}/sign-in")]
    lines += [_sign_in_line(person, sheet.passwords.get(person.username)) for person in STAFF]
    if sheet.codes:
        lines += ["", _("Mở liên kết này trên máy sẽ là thiết bị (dùng một lần, trong 24 giờ)")]
        lines += [f"  {kind:<12}{public_url}/pair/{code}" for kind, code in sorted(sheet.codes.items())]
    return "\n".join(lines) + "\n"


def _sign_in_line(person: Person, password: str | None) -> str:
    roles = {
        "officer": _("cán bộ quầy"),
        "head": _("trưởng điểm phục vụ"),
        "helper": _("người hướng dẫn"),
        "technician": _("kỹ thuật"),
        "city": _("quản trị thành phố"),
    }
    if password is None:
        return "  " + _("%(username)s: mật khẩu như đã đặt (demo.txt không còn giữ)", username=person.username)
    return f"  {person.username:<12}{password:<18}({roles[person.role]})"
