"""The board and a ticket as JSON: the same snapshots the sockets send, for who cannot keep a socket."""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy.orm import Session

from core.api import endpoint
from core.rights import actor, requires
from display.live import Board, TicketNow, board_of, tickets_of
from display.outlook import Outlook, outlook_of
from display.screens import Screen, screen_of
from office import store as office_store
from queueing import store

blueprint = Blueprint("display_api", __name__, url_prefix="/api/v1")


@blueprint.get("/offices/<office>/board")
@requires("anyone")
@endpoint(summary="The board of an office: numbers called, counters, people waiting", answers={200: Board})
def board(session: Session, office: str) -> Board:
    """The board as the lobby sees it."""
    return board_of(session, office_store.office_by_code(session, office))


@blueprint.get("/offices/<office>/outlook")
@requires("anyone")
@endpoint(summary="How long each field of work takes now, in words, and the next free hour", answers={200: Outlook})
def outlook(session: Session, office: str) -> Outlook:
    """What a board elsewhere says besides the numbers."""
    return outlook_of(session, office_store.office_by_code(session, office))


@blueprint.get("/offices/<office>/screen")
@requires("display")
@endpoint(summary="What this display shows and says: its layout, fields, volume, engine, quiet hours", answers={200: Screen})
def screen(session: Session, office: str) -> Screen:
    """The options of the display that asks, as they are set now."""
    return Screen.model_validate(screen_of(session, office_store.office_by_code(session, office), actor(), {}))


@blueprint.get("/tickets/<token>")
@requires("anyone")
@endpoint(summary="A ticket: where it stands, for who has its token", answers={200: TicketNow})
def ticket(session: Session, token: str) -> TicketNow:
    """The ticket as its person sees it."""
    row = store.ticket_by_token(session, token)
    return tickets_of(session, store.office_of_ticket(session, row), [row])[token]
