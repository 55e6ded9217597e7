"""The same key answers the same thing, once: stored with the thing itself, in one transaction."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, false, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.clock import Clock
from core.database import Base, Database, dialect_of, in_both_words
from core.i18n import gettext as _
from core.refusals import Refusal

log = logging.getLogger(__name__)

KEPT = timedelta(hours=24)
TIDY_EVERY_S = 600.0


class KeyReused(Refusal):
    """The key was used before for something else."""

    code = "key_reused"
    status = 422

    def sentence(self) -> str:
        return _("Yêu cầu này đã được gửi với nội dung khác. Hãy tải lại trang rồi làm lại.")


class IdempotencyKey(Base):
    """A used key: what was asked (hashed, so nothing personal stays here twice) and what was answered."""

    __tablename__ = "idempotency_keys"

    scope: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    status: Mapped[int | None]
    answer: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(index=True)


_keys = cast(Table, IdempotencyKey.__table__)


def _claim(insert: Any) -> Any:
    """Take the key; one past its day is taken anew. A key in use is locked, or waited for, and nothing comes back."""
    fresh: dict[str, Any] = {name: bindparam(name) for name in ("scope", "fingerprint", "created_at")}
    taken = insert(_keys).values(**fresh)
    anew = {"fingerprint": taken.excluded.fingerprint, "created_at": taken.excluded.created_at, "status": None, "answer": None}
    old = _keys.c.created_at < bindparam("forgotten", type_=_keys.c.created_at.type)
    return taken.on_conflict_do_update(index_elements=["scope"], set_=anew, where=old).returning(_keys.c.scope)


_CLAIM = in_both_words(_claim)
_STORED = select(_keys).where(_keys.c.scope == bindparam("mine"))
_KEEP = (
    update(_keys).where(_keys.c.scope == bindparam("mine")).values(status=bindparam("status"), answer=bindparam("answer"))
)


@dataclass(frozen=True)
class Stored:
    """An answer given before: HTTP status and body."""

    status: int
    answer: str


def claim(session: Session, key: str, *, method: str, path: str, caller: str, body: bytes, now: datetime) -> Stored | None:
    """Take the key, or return what it answered before.

    First statement of its transaction. Held until commit: a second request with the same key waits here, then gets the
    first one's answer; when the first was rolled back it takes the key. Raises KeyReused for the same key with another body.
    """
    scope = _hash("\n".join((method, path, caller, key)).encode())
    fingerprint = _hash(body)
    asked = {"scope": scope, "fingerprint": fingerprint, "created_at": now, "forgotten": now - KEPT}
    made = session.execute(_CLAIM[dialect_of(session)], asked).scalar()
    session.info["idempotency_scope"] = scope
    if made is not None:
        return None
    stored = session.execute(_STORED, {"mine": scope}).one()
    if stored.fingerprint != fingerprint or stored.status is None or stored.answer is None:
        raise KeyReused()
    return Stored(stored.status, stored.answer)


def keep(session: Session, status: int, answer: str) -> None:
    """Store the answer to the key claimed in this transaction."""
    session.execute(_KEEP, {"mine": session.info["idempotency_scope"], "status": status, "answer": answer})


def forget_answers(session: Session, texts: Iterable[str]) -> None:
    """Forget the answers in which one of these texts stands; their keys stay used, so nothing is done twice."""
    told = or_(false(), *(IdempotencyKey.answer.contains(text, autoescape=True) for text in texts))
    session.execute(update(IdempotencyKey).where(told).values(answer=None).execution_options(synchronize_session=False))


def tidy(database: Database, clock: Clock, stop: threading.Event) -> None:
    """Forget keys past their day, with the answers they keep (a booking's secrets are in some), until `stop` is set."""
    while not stop.is_set():
        try:
            with database.transaction() as session:
                session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at < clock.now() - KEPT))
        except Exception:
            log.exception("used keys could not be forgotten; it is tried again")
        stop.wait(TIDY_EVERY_S)


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
