"""The fleet of the city: what is broken now by office, since when, whom to call; and many machines revoked at once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from core.addresses import GREATEST_ID
from core.assets import release
from core.i18n import gettext as _
from core.refusals import Refusal
from core.rights import requires
from core.web import config, now, reading, transaction
from office.models import Device, Office
from office.store import office_by_code
from setup import fleet_store, plan_actions, words
from setup.fleet_view import FAULTS, ORDERS, Wish, fleet
from setup.fleet_words import fault_words, filters, orders, since_words
from setup.pages import Answer, blueprint, desk
from setup.plan_changes import SetupChange

REVOKED_AT_ONCE = 200


@blueprint.get("/office/fleet")
@requires("city")
def fleet_page() -> Answer:
    """What is broken now. `office` shows one with all its machines, `all=1` also what is muted outside the hours."""
    asked = request.args
    wish = Wish(
        office=asked.get("office", "")[:40],
        fault=asked["fault"] if asked.get("fault") in FAULTS else "",
        order=asked["order"] if asked.get("order") in ORDERS else ORDERS[0],
        all=asked.get("all") == "1",
    )
    with reading() as session:
        found = fleet(session, wish, release=release(), now=now(), tz=config().tz)
        return render_template(
            "setup/fleet.html", fleet=found, wish=wish, filters=filters(), orders=orders(),
            fault_words=fault_words, since_words=since_words, kind_words=words.device_kind, at=now(), most=REVOKED_AT_ONCE,
        )  # fmt: skip


@blueprint.post("/office/fleet/revoke")
@requires("city")
def fleet_revoke() -> Answer:
    """Revoke the machines that were ticked, after they have been looked at. What is revoked already stays so."""
    ids = _ids(request.form.getlist("device"))
    if not ids:
        flash(_("Chưa chọn máy nào. Hãy đánh dấu từng máy muốn thu hồi."), "warning")
        return redirect(url_for("setup.fleet_page"))
    if request.form.get("sure") == "1":
        return _revoke(ids)
    with reading() as session:
        return render_template("setup/fleet_revoke.html", offices=_by_office(session, ids), kind_words=words.device_kind)


def _revoke(ids: Sequence[int]) -> Response:
    """Each office in a transaction of its own: one that refuses holds up no other, and has its own line in the history."""
    with reading() as session:
        wanted = {office.code: [device.id for device in devices] for office, devices in _by_office(session, ids)}
    done: dict[str, int] = {}
    for code, devices in wanted.items():
        try:
            with transaction() as session:
                change = SetupChange("device_revoked", {f"device:{device}": {"revoked": True} for device in devices})
                plan_actions.save(session, office_by_code(session, code), change, seen=None, desk=desk())
            done[code] = len(devices)
        except Refusal as refusal:
            flash(f"{code}: {refusal.sentence()}", "error")
    if done:
        count = {"n": sum(done.values()), "offices": len(done)}
        flash(_("Đã thu hồi %(n)s máy ở %(offices)s điểm phục vụ. Các máy đó không còn vào được.", **count), "success")
    return redirect(url_for("setup.fleet_page"))


def _by_office(session: Session, ids: Sequence[int]) -> list[tuple[Office, list[Device]]]:
    rows = fleet_store.devices_by_id(session, ids)
    return [(office, [row[0] for row in group]) for office, group in groupby(rows, key=lambda row: row[1])]


def _ids(sent: Sequence[str]) -> list[int]:
    """The ids that were sent, each once; what is none is passed over."""
    found = [int(text) for text in sent if text.isascii() and text.isdigit() and len(text) < 12]
    return [each for each in dict.fromkeys(found) if 0 < each <= GREATEST_ID][:REVOKED_AT_ONCE]
