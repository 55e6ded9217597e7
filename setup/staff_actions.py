"""The people of an office: what a form of theirs asks for, as a change of the set-up. Never commits."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.i18n import gettext as _
from core.refusals import FormRefused
from core.rights import NotFound
from core.words import nfc
from office import actions as offices
from office import invitations
from office.models import Office, Staff
from setup import guard_rules
from setup.change_rules import Part
from setup.forms import NAME_AT_MOST
from setup.plan_changes import Desk, SetupChange

_USERNAME = re.compile(r"[a-z][a-z0-9._-]{2,30}")


def typed(sent: Mapping[str, str]) -> dict[str, str]:
    """The form as typed."""
    found = {name: nfc(sent.get(name, ""))[:100] for name in ("username", "name", "role")}
    return found | {"may_pick": "1" if sent.get("may_pick") == "1" else ""}


def fields(typed: Mapping[str, str]) -> Part:
    """Name, role and the right to call out of order. Raises FormRefused."""
    errors = {}
    if not 1 <= len(typed["name"]) <= NAME_AT_MOST:
        errors["name"] = _("Hãy nhập họ tên, nhiều nhất %(most)s ký tự.", most=NAME_AT_MOST)
    if typed["role"] not in guard_rules.OFFICE_ROLES:
        errors["role"] = _("Hãy chọn một vai trò trong danh sách.")
    if errors:
        raise FormRefused(errors)
    return {"name": typed["name"], "role": typed["role"], "may_pick": typed["may_pick"] == "1"}


def added(session: Session, typed: Mapping[str, str]) -> SetupChange:
    """Somebody new, who sets the password by a link. Raises FormRefused, also for a user name that anybody has."""
    username = typed["username"].lower()
    made = fields(typed)
    if not _USERNAME.fullmatch(username):
        raise FormRefused({"username": _("Tên đăng nhập gồm 3 đến 31 chữ không dấu, số, dấu chấm hoặc gạch, bắt đầu bằng chữ.")})
    if session.scalar(select(Staff.id).where(Staff.username == username)) is not None:
        raise FormRefused({"username": _("Tên đăng nhập này đã có người dùng. Hãy chọn tên khác.")})
    return SetupChange("staff_added", {f"staff:{username}": made | {"active": True}})


def changed(member: Staff, typed: Mapping[str, str]) -> SetupChange:
    """Another name, role or right."""
    return SetupChange("staff_changed", {f"staff:{member.username}": fields(typed)})


def left(member: Staff) -> SetupChange:
    """The person works here no more: signed out everywhere, and the counter is closed."""
    return SetupChange("staff_left", {f"staff:{member.username}": {"active": False}})


def came_back(member: Staff) -> SetupChange:
    """The person works here again, with the password of before."""
    return SetupChange("staff_back", {f"staff:{member.username}": {"active": True}})


def member_of(session: Session, office: Office, staff_id: int) -> Staff:
    """Somebody of this office, at work or not. Raises NotFound, also for another office's and the city's."""
    found = session.get(Staff, staff_id)
    if found is None or found.office_id != office.id:
        raise NotFound()
    return found


def invite(session: Session, office: Office, member: Staff, desk: Desk) -> str:
    """The token of a link with which this person sets a new password. Raises NotFound when the person has left."""
    if not member.active:
        raise NotFound()
    offices.audit(session, "invited", desk.now, office_id=office.id, staff_id=desk.staff_id, staff=member.id)
    return invitations.invite(session, member, by=desk.staff_id, now=desk.now)
