"""What a person takes along: the booking as a file for a calendar."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import icalendar

from booking.links import page_url
from booking.models import Appointment
from core.i18n import gettext as _

REMIND_BEFORE = timedelta(hours=1)


def calendar_file(appointment: Appointment, public_url: str) -> bytes:
    """The booking for a telephone's calendar, with a reminder an hour before.

    Its uid is stable, so the file of a moved booking replaces the old entry.
    """
    office, link = appointment.office, page_url(public_url, appointment.token)
    event = icalendar.Event()
    event.add("uid", f"{office.code}-{appointment.code}@{urlsplit(public_url).hostname or 'localhost'}")
    event.add("dtstamp", appointment.moved_at or appointment.created_at)
    event.add("dtstart", appointment.starts_at)
    event.add("dtend", appointment.starts_at + timedelta(minutes=appointment.minutes))
    event.add("summary", _("Lịch hẹn: %(service)s", service=appointment.service.name))
    event.add("location", ", ".join(part for part in (office.name, office.address) if part))
    event.add("description", _("Mã lịch hẹn %(code)s. Xem, đổi hoặc hủy: %(link)s", code=appointment.code, link=link))
    event.add("url", link)
    event.add_component(_reminder(appointment))
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Dung Gio//VN")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _reminder(appointment: Appointment) -> icalendar.Alarm:
    alarm = icalendar.Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", -REMIND_BEFORE)
    alarm.add("description", appointment.service.name)
    return alarm
