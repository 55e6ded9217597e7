"""Writes an office's set-up to a file, and makes an office of one: a change like any other, previewed, one version, undoable.

Printers are no part of the versions (setup/paper_actions): those of the file that an office has not yet, by name, are added with
it; none is changed or taken out, and an undo leaves them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.orm import Session

from core.refusals import FormRefused
from office.hours import local_day
from office.models import Office
from printer import store as printers
from setup import office_file_rules as rules
from setup import paper_actions, paper_forms, parts_store
from setup.change_rules import Part
from setup.office_file_reading import SECTIONS, FileWrong, OfficeFile, read
from setup.plan_changes import Desk, Look, SetupChange


def written(session: Session, office: Office) -> str:
    """The file of an office."""
    known = [
        {"name": printer.name, "kind": printer.kind, "address": printer.address, "width": printer.width_dots}
        for printer in printers.printers_at(session, office.code)
        if printer.active
    ]
    return rules.written(parts_store.read(session, office), known, office.code, office.name)


@dataclass(frozen=True)
class FileChange(SetupChange):
    """What a file makes of an office, of these sections; `printers` are those it has not yet.

    Its parts depend on what is there (what is not listed is switched off), so they are worked out at every look.
    """

    file: OfficeFile = field(default_factory=lambda: OfficeFile({}))
    sections: Sequence[str] = SECTIONS
    printers: tuple[paper_forms.PrinterForm, ...] = ()

    def wanted_of(self, present: Mapping[str, Part], desk: Desk) -> Mapping[str, Part | None]:
        """What the file says of such an office."""
        return rules.wanted(self.file, present, local_day(desk.now, desk.tz), self.sections)

    def look(self, session: Session, office: Office, desk: Desk) -> Look:
        """The set-up's difference; a printer to be added is something, too."""
        look = super().look(session, office, desk)
        return replace(look, nothing=look.nothing and not self.printers)

    def save(self, session: Session, office: Office, look: Look, desk: Desk) -> Mapping[str, Any]:
        """One version, and the new printers."""
        for form in self.printers:
            paper_actions.add(session, office, form, staff_id=desk.staff_id, now=desk.now)
        return super().save(session, office, look, desk) if look.difference else {}


def change(
    session: Session, office: Office, file: OfficeFile, *, sections: Sequence[str] = SECTIONS, what: str = "file_read"
) -> FileChange:
    """Make `office` what the file says, as far as these sections go. Raises FileWrong for a printer that cannot be."""
    forms = _new_printers(session, office, file) if "printers" in sections else ()
    return FileChange(what, {}, file=file, sections=sections, printers=tuple(forms))


def _new_printers(session: Session, office: Office, file: OfficeFile) -> list[paper_forms.PrinterForm]:
    here = {printer.name for printer in printers.printers_at(session, office.code)}
    found = []
    for n, row in enumerate(file.sections.get("printers", ())):
        try:
            form = paper_forms.printer({name: str(row[name]) for name in ("name", "kind", "address", "width")})
        except FormRefused as refused:
            raise FileWrong(f"printers[{n}].{next(iter(refused.errors))}", "printer") from refused
        if form.name not in here:
            found.append(form)
    return found


def printers_added(session: Session, office: Office, text: str) -> list[str]:
    """The names of the printers that reading in this file would add."""
    return [form.name for form in _new_printers(session, office, read(text))]
