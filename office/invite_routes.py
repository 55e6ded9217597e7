"""The page behind an invitation: the person sets the own password, and nobody else ever knows it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core.i18n import gettext as _
from core.pages import limiter
from core.patience import in_a_thread
from core.refusals import FormRefused
from core.rights import requires
from core.web import now, reading, transaction
from office import actions, invitations, store
from office.invitations import PASSWORD_AT_LEAST, PASSWORD_AT_MOST
from office.models import Staff
from office.routes import blueprint


@blueprint.get("/invite/<token>")
@requires("anyone")
def invite(token: str) -> str:
    """Who was invited where, and the form of the password. Opening the link changes nothing."""
    with reading() as session:
        member = invitations.invited(session, token, now())
        office = store.office_by_id(session, member.office_id) if member.office_id is not None else None
        name = office.name if office is not None else ""
        return render_template("office/invite.html", member=member, office_name=name, errors={}, least=PASSWORD_AT_LEAST)


@blueprint.post("/invite/<token>")
@limiter.limit("30 per minute")
@requires("anyone")
def invite_sent(token: str) -> str | Response | tuple[str, int]:
    """Set the password, once; then to the sign-in page. The link itself is what only this person has."""
    password = request.form.get("password", "")[: PASSWORD_AT_MOST + 1]
    with reading() as session:
        member = invitations.invited(session, token, now())
        office = store.office_by_id(session, member.office_id) if member.office_id is not None else None
        name = office.name if office is not None else ""
    try:
        _check(member, password, request.form.get("again", ""))
    except FormRefused as refusal:
        page = render_template(
            "office/invite.html", member=member, office_name=name, errors=refusal.errors, least=PASSWORD_AT_LEAST
        )
        return page, refusal.status
    hashed = _hashed(password)
    with transaction() as session:
        member = invitations.accept(session, token, hashed, now())
        actions.audit(session, "password_set", now(), office_id=member.office_id, staff_id=member.id)
    flash(_("Đã đặt mật khẩu cho %(username)s. Hãy đăng nhập.", username=member.username), "success")
    return redirect(url_for("office.sign_in"))


def _check(member: Staff, password: str, again: str) -> None:
    errors = {}
    if not PASSWORD_AT_LEAST <= len(password) <= PASSWORD_AT_MOST:
        errors["password"] = _("Mật khẩu cần ít nhất %(least)s ký tự. Một câu ngắn dễ nhớ là tốt nhất.", least=PASSWORD_AT_LEAST)
    elif password.strip().lower() == member.username or len(set(password)) < 4:
        errors["password"] = _("Mật khẩu này quá dễ đoán. Hãy chọn mật khẩu khác.")
    elif password != again:
        errors["again"] = _("Hai lần nhập chưa giống nhau. Hãy nhập lại.")
    if errors:
        raise FormRefused(errors)


def _hashed(password: str) -> str:
    """Like the check at the sign-in: argon2 would stop every other request."""
    return in_a_thread(actions.hash_password, password)
