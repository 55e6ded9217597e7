"""What each officer served, service by service, beside what the office took for the same service. For the head alone."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from office.models import Office
from reports import figures_store, store
from reports.figures_store import Scope
from reports.models import VisitFact
from reports.rules import Spread

FEW = 10
"""Below so many visits of a service a time says more about who came than about who served."""


@dataclass(frozen=True)
class OfficerRow:
    """One officer at one service; `all` is how long the whole office took for it."""

    name: str
    service: str
    own: Spread
    all: Spread

    @property
    def told(self) -> bool:
        """Whether there are enough visits to say a time."""
        return self.own.count >= FEW


def officer_rows(session: Session, office: Office, scope: Scope) -> list[OfficerRow]:
    """By name, then in the office's order of services: never by how fast anybody is."""
    both, services = (VisitFact.staff_id, VisitFact.service_id), store.services_of(session, office)
    own, everybody = figures_store.spreads(
        session, scope, [(VisitFact.served_s, both), (VisitFact.served_s, (VisitFact.service_id,))]
    )
    names = store.staff_names(session, {staff for staff, _service in own if staff is not None})
    order = {id_: place for place, id_ in enumerate(services)}
    found = sorted(
        ((names[staff], order[service], staff, service) for staff, service in own if staff in names and service in order)
    )
    return [
        OfficerRow(name, services[service].name, own[(staff, service)], everybody[(service,)])
        for name, _place, staff, service in found
    ]
