"""The people of an office: added and given a new password by a link, changed, sent off and taken back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template, request, url_for
from sqlalchemy.orm import Session

from core.i18n import gettext as _
from core.qr import qr_svg
from core.refusals import FormRefused, Refusal
from core.rights import actor, requires
from core.web import config, now, reading, transaction
from office import invitations
from office.models import Office
from office.store import counters_of, office_by_code, staff_of
from setup import changing, guard_rules, parts_store, plan_actions, staff_actions, words
from setup.pages import Answer, blueprint, desk
from setup.plan_changes import SetupChange

LIST = ("setup.staff_page", dict[str, Any]())


@blueprint.get("/office/<office>/staff")
@requires("head")
def staff_page(office: str) -> Answer:
    """Everybody, who sits where, whose link still waits to be opened."""
    with reading() as session:
        return _list(session, office_by_code(session, office), {})


@blueprint.post("/office/<office>/staff")
@requires("head")
def staff_added(office: str) -> Answer:
    """Add somebody, and show the link to hand over: here and never again."""
    typed = staff_actions.typed(request.form)
    try:
        with transaction() as session:
            found = office_by_code(session, office)
            change = staff_actions.added(session, typed)
            plan_actions.save(session, found, change, seen=None, desk=desk())
            member = next(each for each in staff_of(session, found) if each.username == typed["username"].lower())
            token = staff_actions.invite(session, found, member, desk())
    except Refusal as refusal:
        errors = refusal.errors if isinstance(refusal, FormRefused) else {}
        with reading() as session:
            place = office_by_code(session, office)
            return _list(session, place, typed, errors=errors, refusal=None if errors else refusal), refusal.status
    return _link(office, member.id, token)


@blueprint.get("/office/<office>/staff/<int:member>")
@requires("head")
def member_page(office: str, member: int) -> Answer:
    """One person, to be changed."""
    with reading() as session:
        return _form(session, office_by_code(session, office), {}, member=member)


@blueprint.post("/office/<office>/staff/<int:member>")
@requires("head")
def member_sent(office: str, member: int) -> Answer:
    """Another name, role or right."""
    typed = staff_actions.typed(request.form)
    with reading() as session:
        found = staff_actions.member_of(session, office_by_code(session, office), member)

    def build(session: Session, place: Office) -> SetupChange:
        return staff_actions.changed(staff_actions.member_of(session, place, member), typed)

    return changing.change(office, typed, build, _page_of(member), _("Đã lưu."), LIST, (f"staff:{found.username}",))


@blueprint.post("/office/<office>/staff/<int:member>/invite")
@requires("head")
def member_invited(office: str, member: int) -> Answer:
    """A link to set a new password; the one before works no more. Shown here and never again."""
    with transaction() as session:
        found = office_by_code(session, office)
        token = staff_actions.invite(session, found, staff_actions.member_of(session, found, member), desk())
    return _link(office, member, token)


@blueprint.post("/office/<office>/staff/<int:member>/leave")
@requires("head")
def member_left(office: str, member: int) -> Answer:
    """The person works here no more. Refused in the middle of serving somebody, and for the last head."""

    def build(session: Session, place: Office) -> SetupChange:
        found = staff_actions.member_of(session, place, member)
        invitations.withdraw(session, found, now())
        return staff_actions.left(found)

    sentence = _("Đã cho nghỉ. Người này không đăng nhập được nữa.")
    return changing.at_once(office, build, sentence, LIST, _page_of(member))


@blueprint.post("/office/<office>/staff/<int:member>/return")
@requires("head")
def member_back(office: str, member: int) -> Answer:
    """The person works here again."""

    def build(session: Session, place: Office) -> SetupChange:
        return staff_actions.came_back(staff_actions.member_of(session, place, member))

    return changing.at_once(office, build, _("Đã cho trở lại làm việc."), LIST, _page_of(member))


def _page_of(member: int) -> changing.Page:
    def page(session: Session, found: Office, typed: Mapping[str, str], **context: Any) -> str:
        return _form(session, found, typed, member=member, **context)

    return page


def _link(code: str, member: int, token: str) -> str:
    link = config().public_url + url_for("office.invite", token=token)
    with reading() as session:
        office = office_by_code(session, code)
        row = staff_actions.member_of(session, office, member)
        days = invitations.INVITATION_LIVES.days
        return render_template("setup/invitation.html", office=office, member=row, link=link, picture=qr_svg(link), days=days)


def _list(session: Session, office: Office, typed: Mapping[str, str], **context: Any) -> str:
    seats = {counter.staff_id: counter.number for counter in counters_of(session, office) if counter.staff_id is not None}
    people = sorted(staff_of(session, office), key=lambda member: (not member.active, member.username))
    return render_template(
        "setup/staff.html",
        office=office,
        people=[(member, words.role(member.role), seats.get(member.id)) for member in people],
        pending=invitations.pending(session, office, now()),
        no_password=parts_store.NO_PASSWORD,
        typed=typed or {"role": "officer", "may_pick": "1"},
        roles=_roles(),
        **{"errors": {}, "refusal": None} | context,
    )


def _form(session: Session, office: Office, typed: Mapping[str, str], *, member: int, **context: Any) -> str:
    row = staff_actions.member_of(session, office, member)
    shown = {"name": row.name, "role": row.role, "may_pick": "1" if row.may_pick else ""}
    part = f"staff:{row.username}"
    return render_template(
        "setup/member.html",
        office=office,
        member=row,
        typed=typed or shown,
        roles=_roles(),
        own=actor().kind == "staff" and actor().id == row.id,
        base=changing.base_of(parts_store.read(session, office), part),
        **{"preview": None, "errors": {}, "refusal": None} | context,
    )


def _roles() -> list[tuple[str, str]]:
    return [(role, words.role(role)) for role in guard_rules.OFFICE_ROLES]
