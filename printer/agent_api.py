"""The calls of a print agent: `python -m printer.agent` on a PC beside a printer that the server cannot reach.

The agent only ever asks. It draws the slip itself, at the width that the printer's row has.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any, Literal, TypeVar, cast

from flask import Blueprint, current_app, request
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from core.api import Body, Text, endpoint
from core.rights import NotFound, actor, requires
from core.web import now, reading
from printer import agent_actions, store
from printer.bell import Bell
from printer.outcome import Outcome

blueprint = Blueprint("printer_api", __name__, url_prefix="/api/v1")

BELL = "print-bell"
"""Under which name the application keeps its bell (wsgi.py)."""

WAIT_AT_MOST_S = 10.0
"""How long a question stays open. Well below `store.AGENT_GONE`, and below what routers between forget."""

MOST_BEGUN = 50
AgentName = Annotated[str, Field(pattern=r"^[0-9a-f]{16,40}$")]
F = TypeVar("F", bound=Callable[..., Any])


class Asking(Body):
    """`agent` is the word the agent made up for itself; `printer` the key of its printer, where the office has several."""

    agent: AgentName
    printer: Annotated[Text, Field(max_length=80)] | None = None


class LeaseIn(Asking):
    """`begun` are the marks of jobs it has begun and not yet told the end of; `wait` is how many seconds it will wait."""

    begun: Annotated[list[Annotated[str, Field(max_length=80)]], Field(max_length=MOST_BEGUN)] = Field(default_factory=list)
    wait: Annotated[float, Field(ge=0, le=WAIT_AT_MOST_S, allow_inf_nan=False)] = 0


class LeaseOut(BaseModel):
    """A job to print: `slip` drawn at `width` dots. Its first byte must leave within `within_s` seconds, or none at all."""

    job: int
    mark: str
    printer: str
    slip: dict[str, Any]
    width: int
    within_s: float


class StateIn(Asking):
    """How the printer is, and why, for the technician."""

    state: Literal["ok", "near_end", "paper_out", "cover", "off"]
    detail: Annotated[Text, Field(max_length=200)] = ""


class StateOut(BaseModel):
    """The printer that was told of."""

    printer: str
    name: str
    width: int


class ResultIn(Body):
    """What became of the job `mark`: a state of `printer.outcome.Outcome`."""

    agent: AgentName
    mark: Annotated[str, Field(max_length=80)]
    state: Literal["printed", "handed", "blocked", "uncertain", "failed"]
    detail: Annotated[Text, Field(max_length=200)] = ""
    printer_state: Literal["ok", "near_end", "paper_out", "cover", "off", "unknown"] | None = None


class ResultOut(BaseModel):
    """The job's state from now on."""

    state: str


def answered_when_there_is_work(view: F) -> F:
    """Hold the question open for its `wait` seconds, outside any transaction. What is wrong with it is said by `endpoint`."""

    @wraps(view)
    def run(**arguments: Any) -> Any:
        sent = _json_sent()
        if isinstance(sent, dict):
            bell, place = cast(Bell, current_app.extensions[BELL]), _place()
            bell.wait(place, _seconds(sent.get("wait")), lambda: _work_waits(place, sent))
        return view(**arguments)

    return cast(F, run)


@blueprint.post("/agent/lease")
@requires("agent")
@answered_when_there_is_work
@endpoint(summary="A print agent takes the next job", body=LeaseIn, answers={200: LeaseOut, 204: None}, keep_answer=False)
def lease(session: Session, body: LeaseIn) -> LeaseOut | None:
    """204 when nothing waits. A job that the agent has not begun is given to it again."""
    printer = agent_actions.printer_of(session, _place(), body.printer, now())
    job = agent_actions.lease(session, printer, body.agent, body.begun, now())
    if job is None or job.claimed_until is None:
        return None
    return LeaseOut(
        job=job.id,
        mark=agent_actions.mark_of(job),
        printer=printer.key,
        slip=job.document,
        width=printer.width_dots,
        within_s=max(0.0, (job.claimed_until - now()).total_seconds() / 2),
    )


@blueprint.post("/agent/state")
@requires("agent")
@endpoint(summary="A print agent tells how its printer is", body=StateIn, answers={200: StateOut}, keep_answer=False)
def state(session: Session, body: StateIn) -> StateOut:
    """When the printer is well again, what is blocked there is queued again."""
    printer = agent_actions.printer_of(session, _place(), body.printer, now())
    agent_actions.report(session, printer, body.state, body.detail, now())
    return StateOut(printer=printer.key, name=printer.name, width=printer.width_dots)


@blueprint.post("/agent/jobs/<int:job>/result")
@requires("agent")
@endpoint(summary="A print agent tells what became of a job", body=ResultIn, answers={200: ResultOut}, keep_answer=False)
def result(session: Session, job: int, body: ResultIn) -> ResultOut:
    """Told twice, the first counts; only "uncertain" may become better knowledge."""
    outcome = Outcome(body.state, body.detail, body.printer_state)
    return ResultOut(state=agent_actions.result(session, _place(), job, body.mark, body.agent, outcome, now()))


def _place() -> str:
    """Where the agent's printers stand: its office's code."""
    place = actor().office
    if place is None:
        raise NotFound()
    return place


def _json_sent() -> Any:
    try:
        return request.get_json(silent=True, force=True) if request.get_data() else None
    except RecursionError:  # thousands of brackets in one another
        return None


def _seconds(wait: Any) -> float:
    return float(wait) if isinstance(wait, int | float) and 0 < wait <= WAIT_AT_MOST_S else 0.0


def _work_waits(place: str, sent: dict[str, Any]) -> bool:
    key, begun = sent.get("printer"), sent.get("begun")
    marks = {mark for mark in begun if isinstance(mark, str)} if isinstance(begun, list) else set()
    with reading() as session:
        for printer in store.printers_at(session, place):
            if printer.active and printer.kind == "agent" and key in (None, "", printer.key):
                under_way = store.sending_job(session, printer.id)
                if under_way is None and store.has_queued(session, printer.id, now()):
                    return True
                if under_way is not None and agent_actions.is_to_begin(under_way, str(sent.get("agent")), marks):
                    return True
    return False
