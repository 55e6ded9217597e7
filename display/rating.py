"""A person rates the visit on the own ticket page, or by the same call from another program. Who has the token is its person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

from flask import Blueprint, redirect, request, url_for
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from core.api import Body, endpoint
from core.i18n import gettext as _
from core.pages import limiter
from core.refusals import FormRefused
from core.rights import requires
from core.web import local, now, transaction
from queueing import ratings, store
from queueing.models import Rating, Ticket
from queueing.rating_rules import BEST, RATE_DAYS, SCORES, changeable_until

blueprint = Blueprint("rating", __name__)

TOUCHES = "30 per hour"
"""Of one ticket: many times what a finger needs that cannot decide."""


class RatingIn(Body):
    """How satisfied: 5 "Rất hài lòng", 4 "Hài lòng", 3 "Bình thường", 2 "Chưa hài lòng", 1 "Rất không hài lòng"."""

    score: Annotated[int, Field(ge=1, le=BEST, strict=True)]


class Rated(BaseModel):
    """How a visit that is over was rated (null: not yet), and until when that may be said, or said otherwise."""

    score: int | None
    until: datetime


def rated(session: Session, tickets: Sequence[Ticket]) -> dict[str, Rated]:
    """The ratings of those of these tickets whose visit is over, by token."""
    over = [ticket for ticket in tickets if ticket.state == "done"]
    given = ratings.ratings_of(session, [ticket.id for ticket in over])
    return {ticket.token: _shown(ticket, given.get(ticket.id)) for ticket in over}


def _shown(ticket: Ticket, rating: Rating | None) -> Rated:
    if rating is None:
        return Rated(score=None, until=local(ticket.state_at + timedelta(days=RATE_DAYS)))
    return Rated(score=rating.score, until=local(changeable_until(rating.at)))


def _of_the_ticket() -> str:
    return f"rating:{(request.view_args or {}).get('token', '')[:64]}"


@blueprint.post("/api/v1/tickets/<token>/rating")
@limiter.limit(TOUCHES, key_func=_of_the_ticket, override_defaults=False)
@requires("anyone")
@endpoint(summary="Rate a visit that is over, 1 to 5; may be changed for ten minutes", body=RatingIn, answers={200: Rated})
def rate(session: Session, token: str, body: RatingIn) -> Rated:
    """409 `visit_not_over`, `rating_fixed` ten minutes after the first time, `rating_too_late` a week after the visit."""
    ticket = store.ticket_by_token(session, token)
    return _shown(ticket, ratings.rate(session, ticket, body.score, now=now()))


@blueprint.post("/t/<token>/rating")
@limiter.limit(TOUCHES, key_func=_of_the_ticket, override_defaults=False)
@requires("anyone")
def rate_by_form(token: str) -> Response:
    """The same from the page, for who has no script: the face that was touched is the button that sends it."""
    touched = request.form.get("score", "")
    if touched not in [str(score) for score in SCORES]:
        raise FormRefused({"score": _("Xin chọn một trong năm khuôn mặt.")})
    with transaction() as session:
        ratings.rate(session, store.ticket_by_token(session, token), int(touched), now=now())
    return redirect(url_for("display.ticket", token=token, _anchor="rating"), 303)


def score_words() -> Mapping[int, str]:
    """The five faces in words, the best first."""
    return {
        5: _("Rất hài lòng"),
        4: _("Hài lòng"),
        3: _("Bình thường"),
        2: _("Chưa hài lòng"),
        1: _("Rất không hài lòng"),
    }


def words() -> dict[str, str]:
    """What stands above and below the faces, before and after they were touched."""
    office = _("Ý kiến này giúp điểm phục vụ làm tốt hơn. Không ghi tên; đây không phải chỉ số hài lòng chính thức.")
    return {
        "title": _("Ông/bà có hài lòng không?"),
        "note": " ".join((_("Đánh giá mức độ hài lòng: chạm một khuôn mặt."), office)),
        "thanks": _("Cảm ơn ông/bà đã đánh giá"),
        "change": " ".join((_("Nếu chạm nhầm, có thể chạm lại trong 10 phút."), office)),
        "fixed": office,
        "kept": _("Đã ghi nhận."),
        "not_sent": _("Chưa gửi được vì mất mạng. Xin chạm lại."),
    }


def shown(given: Rated | None, at: datetime) -> dict[str, Any] | None:
    """The rating as the page without scripts shows it: None where there is nothing to rate, or to thank for."""
    if given is None or (given.score is None and given.until <= at):
        return None
    return {"score": given.score, "fixed": given.until <= at}
