"""A whole office as one file: fetched, and read in with a preview of everything it changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, render_template, request
from sqlalchemy.orm import Session

from core.i18n import gettext as _
from core.rights import requires
from core.web import reading
from office.models import Office
from office.store import office_by_code
from setup import changing, office_file
from setup.office_file_reading import FileWrong, OfficeFile, read
from setup.office_file_words import refused
from setup.pages import Answer, blueprint

FILE_AT_MOST = 200_000
"""Signs. A ward with everything of the catalogue has some 60,000; a request is not larger than MAX_CONTENT_LENGTH anyway."""


@blueprint.get("/office/<office>/file")
@requires("head")
def file_page(office: str) -> Answer:
    """Fetch the file, or read one in."""
    with reading() as session:
        return _page(session, office_by_code(session, office), {})


@blueprint.get("/office/<office>/file.json")
@requires("head")
def file_fetched(office: str) -> Response:
    """The file of the office as it is now."""
    with reading() as session:
        found = office_by_code(session, office)
        text, name = office_file.written(session, found), f"{found.code}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(text, mimetype="application/json", headers=headers)


@blueprint.post("/office/<office>/file")
@requires("head")
def file_sent(office: str) -> Answer:
    """Show what the file would change; save exactly that when it was seen. A file that is wrong changes nothing."""
    text = sent_text()
    typed = {"file": text or ""}

    def build(session: Session, found: Office) -> office_file.FileChange:
        try:
            return office_file.change(session, found, parsed(text))
        except FileWrong as wrong:
            raise refused(wrong) from wrong

    return changing.change(office, typed, build, _page, _("Đã đọc tệp vào."), ("setup.office_page", {}))


def sent_text() -> str | None:
    """The file that was sent: chosen now, or kept by the page of the preview; None for what is no text of a usual size."""
    chosen = request.files.get("chosen")
    if chosen is None or not chosen.filename:
        text = request.form.get("file", "")
    else:
        try:
            text = chosen.stream.read(FILE_AT_MOST * 4).decode("utf-8-sig")
        except UnicodeDecodeError:
            return None
    return text if len(text) <= FILE_AT_MOST else None


def parsed(text: str | None) -> OfficeFile:
    """The file as read. Raises FileWrong."""
    if text is None:
        raise FileWrong("file", "big")
    return read(text)


def _page(session: Session, office: Office, typed: Mapping[str, str], **context: Any) -> str:
    preview = context.get("preview")
    added = preview and office_file.printers_added(session, office, typed["file"])
    return render_template(
        "setup/office_file.html",
        office=office,
        typed=typed,
        added=added or [],
        **{"preview": None, "errors": {}, "refusal": None} | context,
    )
