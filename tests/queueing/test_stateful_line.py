"""Hours of a ward in any order: nobody vanishes, nobody is called twice, and nobody is overtaken without end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test
from sqlalchemy import select

from core.database import Database
from core.refusals import Refusal
from queueing import actions, counter_actions, desk_actions, people_actions, visit_actions
from queueing.lifecycle_rules import LIVE, Verb, new_state
from queueing.models import NumberCounter, Ticket
from queueing.paper_numbers import Handwritten, enter_handwritten
from queueing.refusals import CounterNotSilent, NumberTaken, WrongState
from tests.queueing.line_at_work import NIGHT, LineAtWork, WardAtWork
from tests.queueing.ward import HANOI

SKILLS = ({1: "AB", 2: "AB", 3: "C"}, {1: "A", 2: "B", 3: "ABC"}, {1: "ABC", 2: "ABC", 3: "ABC"})
POLICIES = st.fixed_dictionaries(
    {
        "guard": st.sampled_from([0, 5, 15]),
        "ratio": st.integers(1, 2),
        "priority": st.sampled_from(["interleaved", "strict", "all"]),
        "interleave": st.integers(1, 3),
    }
)
counters, officers, services = st.integers(1, 3), st.integers(1, 4), st.sampled_from("AABC")
picks = st.integers(0, 10_000)
comers = st.tuples(services, st.sampled_from([None, None, -25, -8, 0, 0, 5, 20, 60]), st.booleans())
"""A service, the minutes until the booking (None: a walk-in), and whether priority, or further services, belong to it."""

VERBS: dict[str, Verb] = {
    "serve": "serve", "recall": "recall", "absent": "absent", "hold": "hold", "resume_here": "resume", "resume_back": "resume",
    "send_to_service": "transfer", "send_to_counter": "transfer", "send_back": "transfer", "return_ticket": "return",
    "finish": "finish", "finish_papers": "finish", "finish_all": "finish", "cancel": "cancel",
    "change_service": "change_service", "set_priority": "priority", "not_the_person": "not_the_person", "further": "further",
}  # fmt: skip
STEADY = {"serve", "recall", "finish", "finish_papers", "finish_all", "cancel"}
"""After these the order of who waits is as it was: a bound that was counted from goes on."""


keys = st.tuples(st.sampled_from(sorted(VERBS)), picks, counters, services, st.booleans())
"""What is pressed, on which ticket, for which counter and service, and whether it is taken back."""


def pressed(ward: WardAtWork, press: str, ticket: Ticket, counter: int, service: str, flag: bool) -> None:
    """One verb with what it needs."""
    how: dict[str, Any] = {"actor": ward.actor, "now": ward.now}
    at, wanted = ward.counter(counter), ward.services[service]
    more: dict[str, Any] = {
        "hold": {"why": "đi photo"}, "resume_here": {"counter": at}, "send_to_service": {"service": wanted},
        "send_to_counter": {"counter": at}, "return_ticket": {"tz": HANOI}, "finish_papers": {"missing_papers": ["Tờ khai"]},
        "finish_all": {"all_done": True},
    }.get(press, {})  # fmt: skip
    if press == "change_service":
        actions.change_service(ward.session, ticket, wanted, **how)
    elif press == "set_priority":
        actions.set_priority(ward.session, ticket, flag, **how)
    elif press == "further":
        others = [each for prefix, each in ward.services.items() if each.id != ticket.service_id and (flag or prefix != "B")]
        visit_actions.set_further(ward.session, ticket, others, **how)
    else:
        name = press.split("_")[0] if press.startswith(("resume", "finish")) else press
        name = "transfer" if press.startswith("send") else name
        module = next(each for each in (counter_actions, visit_actions, people_actions, actions) if hasattr(each, name))
        getattr(module, name)(ward.session, ticket, **how, **more)


class LineOfTest(LineAtWork):
    """What people and officers may do."""

    @initialize(skills=st.sampled_from(SKILLS), policy=POLICIES, open_now=st.sets(counters, min_size=1))
    def begin(self, skills: dict[int, str], policy: dict[str, Any], open_now: set[int]) -> None:
        self.found(skills, policy)
        with self.ward() as ward:
            ward.open(*sorted(open_now))
            for service in "AAB":
                ward.take(service)
                self.tickets += 1

    # --- people come

    @rule(crowd=st.lists(comers, min_size=1, max_size=5))
    def come(self, crowd: list[tuple[str, int | None, bool]]) -> None:
        """With a booking so many minutes away (on time, early, late) or, None, without."""
        with self.ward() as ward:
            for service, minutes, more in crowd:
                if minutes is None:
                    ward.take(service, priority=more)
                    continue
                clock = f"{self.now + timedelta(minutes=minutes):%H:%M}"
                further = [ward.services["C"].id] if more and service != "C" else []
                ward.check_in(clock, service, people=1 + more, minutes=10 + 10 * more, further=further)
        self.tickets += len(crowd)

    @rule(service=services, skip=st.integers(0, 3), ago=st.integers(0, 30), again=st.booleans())
    def enter_papers(self, service: str, skip: int, ago: int, again: bool) -> None:
        """The next number but `skip`, on paper since `ago`; or (`again`) with one that somebody has, which stops both."""
        with self.database.reading() as session:
            last = session.scalar(
                select(NumberCounter.last).where(NumberCounter.office_id == self.office_id, NumberCounter.prefix == service)
            )
        number, clock = (last or 0) + 1 + skip, (self.now - timedelta(minutes=ago)).time().replace(second=0, microsecond=0)
        numbers = [number, number] if again else [number]

        def enter(ward: WardAtWork) -> object:
            written = [Handwritten(service, each, ward.services[service], clock) for each in numbers]
            return enter_handwritten(ward.session, ward.office, written, actor=ward.actor, now=ward.now, tz=HANOI)

        done = self.tried(enter)
        assert isinstance(done, NumberTaken) == again
        if not again:
            self.left_out[service] |= set(range((last or 0) + 1, number))
            self.tickets += 1
            self.over.clear()  # somebody has joined who has waited longer

    # --- officers press keys

    @rule(number=counters, officer=officers, verb=st.sampled_from(["open", "open", "open", "pause", "close"]))
    def set_counter(self, number: int, officer: int, verb: str) -> None:
        def press(ward: WardAtWork) -> object:
            counter, staff = ward.counter(number), ward.officers[officer - 1]
            if verb == "open":
                return counter_actions.open_counter(ward.session, counter, staff_id=staff.id, now=ward.now, move=True)
            if verb == "pause":
                return counter_actions.pause_counter(ward.session, counter, reason="họp", now=ward.now, minutes=10)
            return counter_actions.close_counter(ward.session, counter, now=ward.now)

        self.tried(press)
        self.over.clear()

    @rule(number=counters)
    def call_next(self, number: int) -> None:
        if isinstance(self.tried(lambda ward: self.judged_call(ward, number) if is_open(ward, number) else None), Refusal):
            raise AssertionError("an open counter may always call")

    @rule(rounds=st.lists(st.tuples(comers, comers, st.integers(1, 7)), min_size=2, max_size=6))
    def work_on(self, rounds: list[tuple[Any, Any, int]]) -> None:
        """Every open counter calls in turn, while people with and without bookings keep coming."""
        for one, other, minutes in rounds:
            self.wait(minutes)
            self.come([one, other])
            for number in (1, 2, 3):
                self.call_next(number)

    @rule(number=counters, officer=officers, service=services, what=st.sampled_from(["serve", "number", "release", "hand_over"]))
    def at_the_desk(self, number: int, officer: int, service: str, what: str) -> None:
        if what == "release":
            self.release(number)
        elif what == "hand_over":
            self.tried(
                lambda ward: desk_actions.hand_over(
                    ward.session, ward.counter(number), ward.officers[officer - 1].id, actor=ward.actor, now=ward.now
                )
            )
        else:
            how: dict[str, Any] = {"tz": HANOI, "serve": what == "serve"}
            done = self.tried(
                lambda ward: desk_actions.take_at_desk(
                    ward.session, ward.counter(number), ward.services[service], actor=ward.actor, now=ward.now, **how
                )
            )
            self.tickets += not isinstance(done, Refusal)

    def release(self, number: int) -> None:
        with self.ward() as ward:
            counter = ward.counter(number)
            heard, working = counter.seen_at, counter.state != "closed"
        silent = working and heard is not None and self.now - heard > timedelta(minutes=3)
        done = self.tried(lambda ward: desk_actions.release(ward.session, ward.counter(number), actor=ward.actor, now=ward.now))
        assert isinstance(done, CounterNotSilent) != silent
        self.over.clear()

    @rule(keys=st.lists(keys, min_size=3, max_size=8))
    def press_keys(self, keys: list[tuple[str, int, int, str, bool]]) -> None:
        for press, pick, counter, service, flag in keys:
            self.press(press, pick, counter, service, flag)

    def press(self, press: str, pick: int, counter: int, service: str, flag: bool) -> None:
        """One key; it is refused by the table, or for a reason of its own; and with `flag` it is taken back."""
        ticket_id, state = self.picked(pick, VERBS[press])
        before = self.row(ticket_id)
        done = self.tried(lambda ward: pressed(ward, press, ward.session.get_one(Ticket, ticket_id), counter, service, flag))
        if isinstance(done, WrongState) or new_state(state, VERBS[press]) is None:
            assert isinstance(done, Refusal), f"{press} of {state} is not in the table"
            assert new_state(state, VERBS[press]) is None or not isinstance(done, WrongState), f"{press} of {state}: {done!r}"
        if press not in STEADY:
            self.over.clear()
        after = self.row(ticket_id)
        if flag and after["undo"] not in (None, before["undo"]):
            back = self.tried(lambda ward: ward.do("undo", ward.session.get_one(Ticket, ticket_id)))
            assert not isinstance(back, Refusal), f"{press} can be taken back: {back!r}"
            unlike = {"undo", "version", "priority", "needs_help"}
            assert without(self.row(ticket_id), unlike) == without(before, unlike), f"{press} is taken back whole"
            self.over.clear()

    def row(self, ticket_id: int) -> dict[str, Any]:
        """A ticket's row as it is."""
        with self.database.reading() as session:
            return dict(session.execute(select(Ticket.__table__).where(Ticket.id == ticket_id)).one()._mapping)

    @rule(pick=picks)
    def undo(self, pick: int) -> None:
        ticket_id, _state = self.picked(pick, None)
        self.tried(lambda ward: ward.do("undo", ward.session.get_one(Ticket, ticket_id)))
        self.over.clear()

    @rule(minutes=st.sampled_from([0.2, 1, 4, 10, 16]))
    def wait(self, minutes: float) -> None:
        self.now = min(self.now + timedelta(minutes=minutes), NIGHT)

    def picked(self, pick: int, verb: Verb | None) -> tuple[int, Any]:
        """A ticket: mostly one that is not decided and allows the verb, sometimes any."""
        with self.database.reading() as session:
            rows = session.execute(
                select(Ticket.id, Ticket.state, Ticket.undo).where(Ticket.office_id == self.office_id).order_by(Ticket.id)
            ).all()
        if verb is None:
            fit = [row for row in rows if row.undo]
        else:
            fit = [row for row in rows if row.state in LIVE and new_state(row.state, verb) is not None]
        among = rows if pick % 5 == 0 or not fit else fit
        row = among[pick % len(among)]
        return row.id, row.state


def without(row: dict[str, Any], names: set[str]) -> dict[str, Any]:
    """A row without these."""
    return {name: value for name, value in row.items() if name not in names}


def is_open(ward: WardAtWork, number: int) -> bool:
    """Whether a counter calls."""
    return ward.counter(number).state == "open"


def test_the_line_stays_whole_whatever_is_done_in_it(database: Database) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        lambda: LineOfTest(database),
        settings=settings(
            max_examples=6,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
            # A failure is shown as it was found: to make it shorter takes minutes.
            phases=[Phase.reuse, Phase.generate],
        ),
    )
