"""A process runs for months: what a visit needed is given back, caches have an end, garbage is looked for in quiet moments."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from inspect import signature
from itertools import pairwise
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from core.background import name_of
from core.clock import SetClock
from core.memory import APART_S, ENOUGH, QUIET, THOROUGH_S, TOO_MUCH, Collecting, is_due
from office.models import Staff
from printer import store as printer_store
from tests import builders
from tests.conftest import ROOMS
from tests.kiosk.hall import Hall, make_hall
from tests.pages import CheckedClient

LRU = type(lru_cache(lambda: None))
VISITS = 10


@pytest.mark.parametrize(
    ("pending", "busy", "since_s", "due"),
    [
        (ENOUGH, QUIET - 0.01, APART_S, True),
        (ENOUGH - 1, 0.0, 86400.0, False),  # there is hardly anything to find
        (ENOUGH, QUIET, APART_S, False),  # somebody would wait for it
        (TOO_MUCH - 1, 1.0, 86400.0, False),
        (TOO_MUCH, 1.0, APART_S, True),  # a rush that does not end
        (TOO_MUCH, 0.0, APART_S - 1, False),
    ],
)
def test_when_everything_is_collected(pending: int, busy: float, since_s: float, due: bool) -> None:
    assert is_due(pending, busy, since_s) is due


class Circle:
    """Garbage that only a collection finds."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def seldom() -> Iterator[None]:
    """Nothing is collected unless it is asked for, as on the server."""
    gc.disable()
    yield
    gc.unfreeze()
    gc.enable()


def old_circle() -> weakref.ref[Circle]:
    """One that was in use while the younger generations were collected."""
    circle = Circle()
    gc.collect(0)
    gc.collect(1)
    return weakref.ref(circle)


@pytest.mark.usefixtures("seldom")
def test_old_garbage_goes_in_the_first_second_in_which_the_process_has_nothing_to_do() -> None:
    seconds = {"used": 0.0, "now": 0.0}
    collecting = Collecting(lambda: ENOUGH, lambda: seconds["used"], lambda: seconds["now"])
    garbage = old_circle()

    def a_second_later(used: float) -> bool:
        seconds["now"] += 1
        seconds["used"] += used
        return collecting.look()

    assert not any(a_second_later(0.5) for _second in range(round(APART_S) + 10))
    gc.collect(1)
    assert garbage() is not None
    assert a_second_later(0.02)
    assert garbage() is None
    assert not any(a_second_later(0.0) for _second in range(round(APART_S) - 1)), "not again at once"


@pytest.mark.usefixtures("seldom")
def test_what_was_put_aside_is_gone_through_in_a_quiet_moment_of_another_hour() -> None:
    seconds = {"used": 0.0, "now": 0.0}
    collecting = Collecting(lambda: TOO_MUCH, lambda: seconds["used"], lambda: seconds["now"])

    def later(by: float, used: float) -> bool:
        seconds["now"] += by
        seconds["used"] += used
        return collecting.look()

    circle = Circle()
    assert later(APART_S, APART_S), "in a rush, for there is too much; the circle lives and is put aside"
    garbage = weakref.ref(circle)
    del circle
    assert later(APART_S, 0.0)
    assert garbage() is not None, "not looked for yet"
    assert later(THOROUGH_S, THOROUGH_S)
    assert garbage() is not None, "nor in a rush"
    assert later(APART_S, 0.0)
    assert garbage() is None


def test_the_looking_ends_with_the_server() -> None:
    stop = threading.Event()
    stop.set()
    Collecting().run(stop)


def test_every_worker_looks(app: Flask) -> None:
    assert "memory" in {name_of(loop) for loop in app.extensions["dung-gio"].background}


# --- what a process keeps ---------------------------------------------------------------------------------------------


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """The process is the same on either database."""
    return sqlite_url


@pytest.fixture
def hall(app: Flask, client: CheckedClient, clock: SetClock) -> Hall:
    hall = make_hall(app, client, clock)
    with hall.writing() as (session, office):
        officer = session.scalars(select(Staff).where(Staff.office_id == office.id)).one()
        builders.open_counter(office.counters[0], officer, clock.now())
    return hall


def visit(hall: Hall) -> None:
    """Somebody takes a number, is called, served and done with; board, line and telephone are looked at."""
    hall.clock.advance(timedelta(seconds=30))
    officer = builders.bearer(hall.staff)

    def ask(path: str, method: str = "GET", **options: Any) -> Any:
        answer = hall.client.open(f"/api/v1/{path}", method=method, headers=officer, **options)
        assert answer.status_code < 300, answer.get_data(as_text=True)
        return answer.get_json()

    ticket = hall.take().get_json()
    counter = ask("offices/00070/line")["counters"][0]["id"]
    called = ask(f"counters/{counter}/call-next", "POST", json={})["ticket"]["id"]
    ask("offices/00070/board")
    ask(f"tickets/{ticket['token']}")
    for verb in ("serve", "finish"):
        ask(f"tickets/{called}/{verb}", "POST", json={})


def caches() -> list[Any]:
    """Every cache of a function that there is in this process."""
    return [one for one in gc.get_objects() if isinstance(one, LRU)]


@pytest.fixture
def with_an_end(hall: Hall) -> Iterator[list[Any]]:
    """The caches that have an end. What lives already is neither counted nor looked through any more."""
    visit(hall)
    found = [one for one in caches() if one.cache_parameters()["maxsize"] is not None]
    gc.collect()
    gc.freeze()
    yield found
    gc.unfreeze()


def test_a_visit_leaves_nothing_in_the_memory_of_the_process(app: Flask, hall: Hall, with_an_end: list[Any]) -> None:
    def kept() -> int:
        for cache in with_an_end:
            cache.cache_clear()
        app.extensions["dung-gio"].database.engine.clear_compiled_cache()
        gc.collect()
        gc.collect()  # what a finaliser let go of
        return len(gc.get_objects())

    counts = []
    for _time in range(4):
        for _person in range(VISITS):
            visit(hall)
        counts.append(kept())
    # What a visit leaves grows every time; what the tests before left running in this process grows now and then.
    assert min(after - before for before, after in pairwise(counts)) < VISITS / 2, f"not one object for each: {counts}"


def test_every_cache_of_ours_has_an_end() -> None:
    """A cache of a function without arguments keeps one answer. The others without an end are named here, with their reason."""
    reasons = {
        "queueing.forecast_rules._chances": "by how many courses are played: a handful of numbers",
        "queueing.forecast_rules._normals": "the same",
        "queueing.forecast_rules._orders": "the same",
        "printer.typeset.face": "the weights and sizes of our own slips",
    }
    endless = {
        f"{one.__module__}.{one.__qualname__}"
        for one in caches()
        if one.cache_parameters()["maxsize"] is None and one.__module__.partition(".")[0] in ROOMS and signature(one).parameters
    }
    assert endless <= reasons.keys()


@pytest.mark.usefixtures("seldom")
def test_the_spool_asks_for_work_without_building_its_question_anew(hall: Hall) -> None:
    """It asks at every change of every office: an alias of a table for each was most of the garbage of a call."""
    with hall.database.reading() as session:
        list(printer_store.printers_with_work(session, hall.clock.now()))
        gc.collect()
        for _change in range(VISITS):
            list(printer_store.printers_with_work(session, hall.clock.now()))
    assert gc.collect() < 150 * VISITS
