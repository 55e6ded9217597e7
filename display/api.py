"""The board and a ticket as JSON: the same snapshots the sockets send, for who cannot keep a socket."""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy.orm import Session

from core.api import endpoint
from core.rights import requires
from display.live import Board, TicketNow, board_of, tickets_of
from office import store as office_store
from queueing import store

blueprint = Blueprint("display_api", __name__, url_prefix="/api/v1")


@blueprint.get("/offices/<office>/board")
@requires("anyone")
@endpoint(summary="The board of an office: numbers called, counters, people waiting", answers={200: Board})
def board(session: Session, office: str) -> Board:
    """The board as the lobby sees it."""
    return board_of(session, office_store.office_by_code(session, office))


@blueprint.get("/tickets/<token>")
@requires("anyone")
@endpoint(summary="A ticket: where it stands, for who has its token", answers={200: TicketNow})
def ticket(session: Session, token: str) -> TicketNow:
    """The ticket as its person sees it."""
    row = store.ticket_by_token(session, token)
    return tickets_of(session, store.office_of_ticket(session, row), [row])[token]
