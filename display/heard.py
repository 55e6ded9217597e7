"""A display says which calls it drew and said aloud, and how it is itself: over its socket, or by a call where it has none.

Only a paired display of that very office is listened to. Anybody's browser may show the board; what it says is not heard.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from flask import Blueprint
from pydantic import Field, ValidationError
from sqlalchemy.orm import Session

from core.api import Body, Id, endpoint
from core.i18n import gettext as _
from core.refusals import FormRefused
from core.rights import Actor, actor, requires
from queueing.hearing import MOST_OF_A_DEVICE, SaidOfCall, hearing

blueprint = Blueprint("heard_api", __name__, url_prefix="/api/v1")

MOST_TIMES = 10_000
FURTHEST_AHEAD_MS = 10 * 365 * 86_400_000
"""A machine without a battery wakes up in 1970 or 2000: so far its clock may be off, and more is no clock."""
GREATEST_VERSION = 2**53


class CallSaid(Body):
    """A call that was drawn, and how it was made heard: null as long as it was not said."""

    call_id: Id
    times: Annotated[int, Field(ge=1, le=MOST_TIMES)]
    how: Literal["voice", "chime", "none"] | None = None


class DisplayState(Body):
    """How a display is: whether it makes sound, whether its page is seen, and by how many ms its clock is behind the server's.

    `release` is the version of the page's own files, which the fleet page compares with the present one.
    """

    sound: Literal["on", "muted", "quiet", "blocked", "none"] = "none"
    awake: bool = True
    ahead_ms: Annotated[int, Field(ge=-FURTHEST_AHEAD_MS, le=FURTHEST_AHEAD_MS)] = 0
    version: Annotated[int, Field(ge=0, le=GREATEST_VERSION)] = 0
    layout: Literal["wall", "led", "counter", "public"] = "wall"
    release: Annotated[str, Field(max_length=64, pattern=r"^[0-9a-z-]*$")] = ""


class HeardSaid(Body):
    """What a display says at once."""

    calls: Annotated[list[CallSaid], Field(max_length=MOST_OF_A_DEVICE)] = Field(default_factory=list)
    state: DisplayState | None = None


def on_heard(who: Actor, office: str, data: Any) -> None:
    """The event `heard` of a board's socket. Of who is no display of this office nothing is heard, and nothing is said of it:
    the board is anybody's to look at.
    """
    if who.kind != "device" or who.role != "display" or not who.belongs_to(office):
        return
    try:
        said = HeardSaid.model_validate(data)
    except ValidationError as error:
        raise FormRefused({"heard": _("Bảng báo lại không đúng dạng. Hãy tải lại trang.")}) from error
    _hear(who, office, said)


@blueprint.post("/offices/<office>/heard")
@requires("display")
@endpoint(
    summary="A display says which calls it drew and said, and how it is",
    body=HeardSaid, answers={204: None}, keep_answer=False,
)  # fmt: skip
def heard(session: Session, office: str, body: HeardSaid) -> None:
    """What the socket's event `heard` takes; said twice it is the same."""
    _hear(actor(), office, body)


def _hear(who: Actor, office: str, said: HeardSaid) -> None:
    calls = [SaidOfCall(each.call_id, each.times, each.how) for each in said.calls]
    hearing().hear(who.id or 0, office, calls, said.state.model_dump(mode="json") if said.state else None)
