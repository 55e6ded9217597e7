"""The forecast of the counters told to a simulated person: a `Moment` of the simulator put as a `Scene` of the forecast. Pure.

Service times are learned as the office does (queueing.service_times), from earlier days where there are some, else from what
visits of the day itself have taken so far. A service nobody knows anything about takes what the others take.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from queueing.forecast_rules import Desk, Expected, Scene, Serving, forecast
from queueing.rules import ServiceId
from queueing.service_times import ServiceTime, Visit, learn
from queueing.simulation_files import Person
from queueing.simulator import OPENS, DeskNow, Forecaster, Moment, Told

UNKNOWN_MINUTES = 10.0
"""What a visit takes while nobody has any figure at all."""


def by_the_rule(history: Sequence[Iterable[Person]] = ()) -> Forecaster:
    """The forecaster of the product. `history`: the people of earlier days, the oldest first."""
    days = [(OPENS - timedelta(days=back)).date() for back in range(len(history), 0, -1)]
    visits = [
        Visit(person.service, on, person.minutes)
        for on, people in zip(days, history, strict=True)
        for person in people
        if person.arrives is not None
    ]
    learned = learn(visits, OPENS.date(), dict.fromkeys((visit.service for visit in visits), UNKNOWN_MINUTES))

    def tell(moment: Moment) -> dict[int, Told]:
        waits = forecast(_scene(moment, _times(moment, learned)))
        return {ticket: Told(wait.median, wait.low, wait.high) for ticket, wait in waits.items()}

    return tell


def _times(moment: Moment, learned: Mapping[ServiceId, ServiceTime]) -> dict[ServiceId, ServiceTime]:
    services = {service for desk in moment.desks for service in desk.view.services}
    unknown = {service: _estimate(service, moment) for service in services if service not in learned}
    today = [Visit(service, OPENS.date(), minutes) for service, minutes in moment.finished if service in unknown]
    return {**learned, **learn(today, OPENS.date(), unknown)}


def _estimate(service: ServiceId, moment: Moment) -> float:
    """The catalogue's minutes; where it is silent, the mean of the day so far: of the service, else of all."""
    if str(service) in moment.catalogue:
        return moment.catalogue[str(service)]
    everybody = [minutes for _service, minutes in moment.finished]
    own = [minutes for its, minutes in moment.finished if its == service] or everybody
    return sum(own) / len(own) if own else UNKNOWN_MINUTES


def _scene(moment: Moment, times: Mapping[ServiceId, ServiceTime]) -> Scene:
    line = moment.line
    return Scene(
        waiting=line.waiting,
        desks=tuple(_desk(desk) for desk in moment.desks),
        log=line.log,
        policy=line.policy,
        now=line.now,
        opening=line.opening,
        times=times,
        expected=tuple(Expected(booking.service, booking.slot_at) for booking in moment.expected),
    )


def _desk(desk: DeskNow) -> Desk:
    serving = None if desk.serving is None or desk.since is None else Serving(desk.serving, desk.since)
    return Desk(desk.view, desk.hours, serving=serving)
