"""What people type, made usable or refused with a sentence: the same for the page and for the API."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import phonenumbers

from core.i18n import gettext as _
from core.refusals import FormRefused
from core.words import nfc

NAME_LENGTH = (2, 80)
MOST_PEOPLE = 5
"""How many may come along with the person who books (contract.md)."""

CODE_ALPHABET = "ACDEFGHJKLMNPRTUVWXY34679"
"""No I, O, Q, 0, 1, and none of B/8, S/5, Z/2: what is read from a screen or said by phone is not taken for another."""


@dataclass(frozen=True)
class Visitor:
    """Who comes: `name` composed and trimmed, `phone` as E.164."""

    name: str
    phone: str


@dataclass(frozen=True)
class Companion:
    """Somebody who comes with the person who books, or a further procedure of that person: a clean name, a service's code."""

    name: str
    service: str


def visitor(name: str, phone: str, consent: bool) -> Visitor:
    """The person who books. Raises FormRefused with a sentence for every field that cannot be used, all at once."""
    errors: dict[str, str] = {}
    known = Visitor(_checked(clean_name, "name", name, errors), _checked(e164, "phone", phone, errors))
    if not consent:
        errors["consent"] = _("Xin đánh dấu vào ô đồng ý để điểm phục vụ được dùng tên và số điện thoại cho lịch hẹn này.")
    if errors:
        raise FormRefused(errors)
    return known


def companions(booker: Visitor, typed: Sequence[tuple[str | None, str]]) -> tuple[Companion, ...]:
    """Who comes along, from (name, service code) as typed; without a name (None) it is a further procedure of who books.

    Raises FormRefused with a sentence for every name that cannot be used (field "people.0.name").
    """
    errors: dict[str, str] = {}
    found = []
    for index, (name, service) in enumerate(typed):
        clean = booker.name if name is None else _checked(clean_name, f"people.{index}.name", name, errors)
        found.append(Companion(clean, nfc(service)))
    if errors:
        raise FormRefused(errors)
    return tuple(found)


def clean_name(text: str) -> str:
    """A person's name: composed, trimmed, of 2 to 80 characters, otherwise as typed ("<b>" is text like any other).

    Invisible marks that come with pasted text are dropped. Raises ValueError with the sentence for the person.
    """
    visible = "".join(c for c in text if unicodedata.category(c) != "Cf")
    name = nfc(visible)
    shortest, longest = NAME_LENGTH
    if not name:
        raise ValueError(_("Xin nhập họ và tên."))
    if any(unicodedata.category(c).startswith("C") for c in visible.strip()) or not any(c.isalpha() for c in name):
        raise ValueError(_("Họ và tên có ký tự không dùng được. Xin nhập lại bằng chữ cái."))
    if not shortest <= len(name) <= longest:
        raise ValueError(
            _("Họ và tên cần từ %(shortest)s đến %(longest)s ký tự. Xin nhập lại.", shortest=shortest, longest=longest)
        )
    return name


def e164(text: str) -> str:
    """A telephone number as E.164; without a country it is Vietnamese.

    Raises ValueError with the sentence for the person.
    """
    if not text.strip():
        raise ValueError(_("Xin nhập số điện thoại."))
    try:
        number = phonenumbers.parse(text[:60], "VN")
    except phonenumbers.NumberParseException:
        number = None
    if len(text) > 60 or number is None or not phonenumbers.is_valid_number(number):
        raise ValueError(_("Số điện thoại chưa đúng. Xin nhập đủ 10 chữ số, ví dụ 0912 345 678."))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def typed_phone(text: str) -> str:
    """As `e164`. Raises FormRefused."""
    try:
        return e164(text)
    except ValueError as error:
        raise FormRefused({"phone": str(error)}) from error


def clean_code(text: str) -> str | None:
    """An appointment's code as it is stored, however it was typed ("k7m-4xp"); None when it cannot be one."""
    code = "".join(c for c in text.upper()[:40] if not c.isspace() and c not in "-.")
    return code if code and set(code) <= set(CODE_ALPHABET) else None


def _checked(check: Callable[[str], str], field: str, text: str, errors: dict[str, str]) -> str:
    try:
        return check(text)
    except ValueError as error:
        errors[field] = str(error)
        return ""
