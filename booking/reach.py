"""Whom a message reaches."""

from __future__ import annotations

import phonenumbers
from phonenumbers import PhoneNumberType

from booking.models import Appointment

_MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


def by_message(appointment: Appointment, channel: str | None) -> bool:
    """Whether the person who booked can be told by a message: there is a `channel` to phones, and this one is a mobile."""
    return channel is not None and is_mobile(appointment.phone)


def is_mobile(phone: str) -> bool:
    """Whether a number (E.164) may be a mobile's. An empty one, of deleted data, is none."""
    try:
        return phonenumbers.number_type(phonenumbers.parse(phone)) in _MOBILE
    except phonenumbers.NumberParseException:
        return False


def dialled(phone: str) -> str:
    """A number (E.164) as it is dialled and read in Vietnam: "0912 345 678"."""
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return phone
    style = phonenumbers.PhoneNumberFormat.NATIONAL if number.country_code == 84 else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, style)
