"""A person rates the visit that is over, with one of five faces, once a ticket.

Evidence for the office, not the official index of satisfaction (domain.md). Who has the ticket's token is its person.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database import insert_or
from core.i18n import gettext as _
from core.refusals import Refusal
from queueing.models import Rating, Ticket
from queueing.rating_rules import CHANGE_S, may_rate


class VisitNotOver(Refusal):
    """Only a visit that was served to its end is rated."""

    code = "visit_not_over"

    def sentence(self) -> str:
        return _("Xin đánh giá sau khi ông/bà đã làm xong tại quầy.")


class RatingFixed(Refusal):
    """It was rated a while ago, and stays as it is."""

    code = "rating_fixed"

    def sentence(self) -> str:
        return _("Đánh giá của ông/bà đã được ghi nhận và không sửa được nữa. Xin cảm ơn ông/bà.")


class RatingTooLate(Refusal):
    """The visit was too long ago."""

    code = "rating_too_late"

    def sentence(self) -> str:
        return _("Đã hết hạn đánh giá lượt này. Góp ý khác, xin gặp cán bộ hướng dẫn hoặc gọi tổng đài 1022.")


def rate(session: Session, ticket: Ticket, score: int, *, now: datetime) -> Rating:
    """Write down how the visit of `ticket` was, 5 (best) to 1. Raises a refusal.

    Two touches, or two phones, are one row; the last counts, for as long as it may be changed. Nothing is locked: the statement
    itself looks at the time of the first.
    """
    rated_at = session.scalar(select(Rating.at).where(Rating.ticket_id == ticket.id))
    verdict = may_rate(ticket.state, ticket.state_at, rated_at, now)
    if verdict == "not_over":
        raise VisitNotOver()
    if verdict == "too_late":
        raise RatingTooLate()
    insert = insert_or(session, Rating).values(ticket_id=ticket.id, office_id=ticket.office_id, on=ticket.on, score=score, at=now)
    written = session.scalar(
        insert.on_conflict_do_update(
            index_elements=[Rating.ticket_id], set_={"score": score}, where=Rating.at > now - timedelta(seconds=CHANGE_S)
        ).returning(Rating.ticket_id)
    )
    if written is None:
        raise RatingFixed()
    return session.scalars(select(Rating).where(Rating.ticket_id == ticket.id).execution_options(populate_existing=True)).one()


def ratings_of(session: Session, ticket_ids: Iterable[int]) -> dict[int, Rating]:
    """The ratings of these tickets, by ticket; those not rated are missing."""
    ids = list(ticket_ids)
    return {row.ticket_id: row for row in session.scalars(select(Rating).where(Rating.ticket_id.in_(ids)))} if ids else {}
