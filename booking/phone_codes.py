"""The code that confirms a phone before a booking, where the office asks for it (setting `confirm_code`).

    send_code   in the transaction of the page that asks for a code
    count_try   in a transaction of its own, before the booking's: a refused booking is rolled back, a try must stay counted
    check_code  in the booking's transaction, behind its idempotency key: pressed twice, the second answers as the first did

`tries_counted` does the second for a route. Between it and `check_code` nobody gains by asking many times at once: a wrong
code is counted before any code is judged, and no code is good once the tries are used.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar, cast

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from booking import telling
from booking.forms import e164
from booking.limits import sent_text
from booking.marks import code_hash, phone_hash
from booking.models import PhoneCode
from booking.refusals import CodeNeeded, CodeTooSoon
from core.database import insert_or
from core.web import config, transaction
from office.models import Office
from office.settings import Settings

DIGITS = 6
LIVES = timedelta(minutes=10)
TRIES = 5
PAUSE = timedelta(minutes=1)
"""Between two codes to one phone; over longer spans `booking.limits.CODES` counts."""

FIELD = "phone_code"
"""What the code is called in the form and in the JSON body."""

F = TypeVar("F", bound=Callable[..., Any])


def send_code(session: Session, office: Office, phone: str, *, now: datetime, secret: str) -> None:
    """Send a new code to `phone` (E.164); the code before it is worth nothing any more. Raises CodeTooSoon.

    An office that asks for none sends none, whoever calls. One guarded statement: of two requests at once one sends a code,
    the other is refused.
    """
    if not Settings.of(office.settings).confirm_code:
        return
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    fresh = {"code_hash": code_hash(phone, code, secret), "tries_left": TRIES, "sent_at": now, "expires_at": now + LIVES}
    key = phone_hash(phone, secret)
    kept = session.execute(
        insert_or(session, PhoneCode)
        .values(phone_hash=key, **fresh)
        .on_conflict_do_update(index_elements=["phone_hash"], set_=fresh, where=PhoneCode.sent_at <= now - PAUSE)
        .returning(PhoneCode.phone_hash)
    ).scalar()
    if kept is None:
        sent_at = session.execute(select(PhoneCode.sent_at).where(PhoneCode.phone_hash == key)).scalar_one()
        raise CodeTooSoon(retry_after=math.ceil((sent_at + PAUSE - now).total_seconds()))
    telling.tell_code(session, office.name, phone, code, now)


def count_try(session: Session, phone: str, code: str, *, secret: str) -> None:
    """Count a code that is not the one sent to `phone` (E.164). Commit before the code is used for anything: see above."""
    wrong = (PhoneCode.phone_hash == phone_hash(phone, secret), PhoneCode.code_hash != _hash(phone, code, secret))
    left = PhoneCode.tries_left
    session.execute(update(PhoneCode).where(*wrong, left > 0).values(tries_left=left - 1))


def check_code(session: Session, phone: str, code: str, *, now: datetime, secret: str) -> None:
    """Use up the code sent to `phone` (E.164), however it was typed ("123 456").

    Raises CodeNeeded without a code, and `CodeNeeded(wrong=True)` when it is another, out of time, used, or too often tried.
    Counts nothing: `count_try` did, in a transaction that stays. A booking that is refused after this leaves the code good.
    """
    if not _digits(code):
        raise CodeNeeded()
    good = (PhoneCode.tries_left > 0, PhoneCode.expires_at > now, PhoneCode.code_hash == _hash(phone, code, secret))
    mine = PhoneCode.phone_hash == phone_hash(phone, secret)
    used = session.execute(delete(PhoneCode).where(mine, *good).returning(PhoneCode.phone_hash)).scalar()
    if used is None:
        raise CodeNeeded(wrong=True)


def confirm(session: Session, office: Office, phone: str, code: str, *, now: datetime, secret: str) -> None:
    """As `check_code`, at an office that asks for a code; elsewhere nothing is asked."""
    if Settings.of(office.settings).confirm_code:
        check_code(session, phone, code, now=now, secret=secret)


def tries_counted(view: F) -> F:
    """Mark a route that books with a code: the try is counted before the view's own transaction. Stands above @endpoint."""

    @wraps(view)
    def run(*arguments: Any, **named: Any) -> Any:
        code = sent_text(FIELD)
        if _digits(code):
            try:
                phone = e164(sent_text("phone"))
            except ValueError:
                return view(*arguments, **named)  # no number: the view refuses it with its sentence
            with transaction() as session:
                count_try(session, phone, code, secret=config().secret_key)
        return view(*arguments, **named)

    return cast(F, run)


def forget_old(session: Session, now: datetime) -> int:
    """Forget codes out of time; gives how many."""
    old = delete(PhoneCode).where(PhoneCode.expires_at <= now, PhoneCode.sent_at <= now - PAUSE)
    return len(session.execute(old.returning(PhoneCode.phone_hash)).all())


def forget(session: Session, phone: str, *, secret: str) -> None:
    """Forget the code sent to `phone` (E.164)."""
    session.execute(delete(PhoneCode).where(PhoneCode.phone_hash == phone_hash(phone, secret)))


def _digits(code: str) -> str:
    return "".join(c for c in code if c.isdigit() and c.isascii())


def _hash(phone: str, code: str, secret: str) -> str:
    return code_hash(phone, _digits(code), secret)
