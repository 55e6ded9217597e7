"""The page of suggestions: what replaying the office's own days with one thing changed came to."""

from __future__ import annotations

from datetime import date

from flask import current_app, make_response, render_template

from core.rights import requires
from core.web import config, reading
from office.store import office_by_code
from queueing.store import policy_of
from reports import asked, replay_words, store
from reports.replay_kept import EXTENSION, Asked, ReplayFailed, Replays
from reports.replay_rules import FEWEST_DAYS, Findings
from reports.replay_store import MOST_DAYS, last_days, own_days
from reports.routes import Answer, blueprint, choice, frame, office_code

LOOK_AGAIN_S = 5
"""After how long a page that could only say "it is being calculated" asks by itself."""


@blueprint.get("/reports/suggestions")
@requires("head")
def suggestions_page() -> Answer:
    """Suggestions for an office; the city administrator chooses one first."""
    replays: Replays = current_app.extensions.setdefault(EXTENSION, Replays())
    with reading() as session:
        code = office_code()
        if code is None:
            return choice(session)
        office = office_by_code(session, code)
        question, days, few = Asked(code, asked.today(), policy_of(office)), None, False
        if not replays.known(question):
            when = last_days(session, office, asked.today())
            days = own_days(session, office, when, config().tz) if len(when) >= FEWEST_DAYS else []
            few = len(days) < FEWEST_DAYS
        names = {str(id_): service.name for id_, service in store.services_of(session, office).items()}
    if days and not few:
        replays.begin(question, days)
    found, state = (None, "few") if few else _answer(replays, question)
    page = render_template(
        "reports/suggestions.html", **frame(None), office=office, state=state, found=found, most=MOST_DAYS, fewest=FEWEST_DAYS,
        said=replay_words.said(found, names) if found else None, change=replay_words.change, date=date,
    )  # fmt: skip
    answer = make_response(page)
    if state == "busy":
        answer.headers["Refresh"] = str(LOOK_AGAIN_S)
    return answer


def _answer(replays: Replays, question: Asked) -> tuple[Findings | None, str]:
    """What was found, and "found", "busy" or "failed"."""
    try:
        found = replays.answer(question)
    except ReplayFailed:
        return None, "failed"
    return found, "found" if found else "busy"
