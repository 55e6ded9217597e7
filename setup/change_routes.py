"""The history of how an office is set up: what was changed, by whom and when, and taking it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.addresses import GREATEST_ID
from core.i18n import gettext as _
from core.rights import requires
from core.web import reading
from office.changes import changes_of, undone_by
from office.models import Office, OfficeChange, Staff
from office.store import office_by_code
from setup import changing, parts_store, plan_actions
from setup.change_rules import Difference, Part
from setup.change_words import lines
from setup.pages import Answer, blueprint
from setup.plan_changes import SetupChange

ON_A_PAGE = 40
LINES_SHOWN = 12
"""Of one change; a file that was read in may change everything."""


@dataclass(frozen=True)
class ChangeLine:
    """A change as the page shows it. `undone` and `undoes` are numbers of other changes, 0 for none."""

    row: OfficeChange
    lines: list[str]
    more: int
    who: str
    undone: int
    undoes: int
    undoable: bool


@blueprint.get("/office/<office>/changes")
@requires("head")
def changes_page(office: str) -> Answer:
    """The newest changes; with `before` (a number) those before."""
    with reading() as session:
        return _page(session, office_by_code(session, office), {})


@blueprint.post("/office/<office>/changes/<int:n>/undo")
@requires("head")
def change_undone(office: str, n: int) -> Answer:
    """Take a change back: first shown with what it does and whom it hurts, like every change."""

    def build(session: Session, found: Office) -> SetupChange:
        return plan_actions.undo(session, found, n)

    return changing.change(office, {}, build, _page, _("Đã hoàn tác thay đổi số %(n)s.", n=n), ("setup.changes_page", {}))


def _page(session: Session, office: Office, typed: Mapping[str, str], **context: Any) -> str:
    before = request.args.get("before", type=int)
    if before is not None and not 0 < before <= GREATEST_ID:
        before = None
    rows = changes_of(session, office, before=before, most=ON_A_PAGE + 1)
    shown = rows[:ON_A_PAGE]
    return render_template(
        "setup/changes.html",
        office=office,
        typed={},
        changes_made=_lines(session, office, shown),
        older=shown[-1].n if len(rows) > ON_A_PAGE else None,
        **{"preview": None, "errors": {}, "refusal": None} | context,
    )


def _lines(session: Session, office: Office, rows: Sequence[OfficeChange]) -> list[ChangeLine]:
    setup: Mapping[str, Part] = parts_store.read(session, office)
    backs = undone_by(session, office, rows)
    who = [row.staff_id for row in rows if row.staff_id is not None]
    names = {row.id: row.name for row in session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(who)))}
    numbers = {row.id: row.n for row in rows}
    missing = [row.undoes_id for row in rows if row.undoes_id is not None and row.undoes_id not in numbers]
    if missing:
        found = select(OfficeChange.id, OfficeChange.n).where(OfficeChange.id.in_(missing))
        numbers |= {row.id: row.n for row in session.execute(found)}
    made = []
    for row in rows:
        change = Difference(row.before, row.after)
        words = lines(change, setup)
        back = backs.get(row.id)
        made.append(
            ChangeLine(
                row,
                words[:LINES_SHOWN],
                max(len(words) - LINES_SHOWN, 0),
                names.get(row.staff_id, "") if row.staff_id is not None else _("lệnh trên máy chủ"),
                back.n if back is not None else 0,
                numbers[row.undoes_id] if row.undoes_id is not None else 0,
                back is None and plan_actions.undoable(change),
            )
        )
    return made
