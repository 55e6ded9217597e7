"""What the head does from the tablet: seat an officer at a counter, or move one there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from core.rights import Actor, NotFound
from office.actions import audit
from office.models import Counter
from queueing import change_store, counter_actions, store
from queueing.refusals import OtherCounterOpen, TheirCounterOpen


def seat(session: Session, counter: Counter, staff_id: int, *, move: bool, actor: Actor, now: datetime) -> Counter:
    """Let an officer of the office sit at `counter` from now on; `move` closes the one where that officer sits.

    Whoever is seated has as long as a counter may be silent to sit down: then it alarms like any other. Raises NotFound
    for who is no officer here, CounterTaken and CounterSilent, TheirCounterOpen without `move`, and CounterBusy while
    somebody is at the counter that would close.
    """
    office, counter = store.locked_counter(session, counter)
    if all(officer.id != staff_id for officer in change_store.officers_of(session, office)):
        raise NotFound()
    try:
        counter_actions.open_counter(session, counter, staff_id=staff_id, now=now, move=move, actor=actor)
    except OtherCounterOpen as refusal:
        raise TheirCounterOpen(**refusal.details) from refusal
    audit(session, "seated", now, office_id=office.id, staff_id=actor.id, counter=counter.number, sits=staff_id)
    return counter
