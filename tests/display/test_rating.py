"""Five faces after the visit: once a ticket, changed for ten minutes, by the page or by the call."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from core.pages import limiter
from queueing.models import Rating
from tests.display.conftest import Hall
from tests.pages import CheckedClient


@pytest.fixture
def token(hall: Hall) -> str:
    """The ticket of somebody who was served to the end."""
    token = hall.take()
    hall.call()
    hall.do("serve", token)
    hall.send_for_papers(token)
    return token


def rate(client: CheckedClient, token: str, score: Any) -> TestResponse:
    return client.post(f"/api/v1/tickets/{token}/rating", json={"score": score})


def scores(hall: Hall) -> list[int]:
    with hall.database.reading() as session:
        return list(session.scalars(select(Rating.score)))


def test_a_served_person_touches_a_face_and_is_thanked(client: CheckedClient, hall: Hall, token: str) -> None:
    page = client.page(f"/t/{token}")
    for words in ("Rất hài lòng", "Hài lòng", "Bình thường", "Chưa hài lòng", "Rất không hài lòng"):
        assert f"<span>{words}</span>" in page
    assert "không phải chỉ số hài lòng chính thức" in page
    answer = rate(client, token, 5)
    assert answer.get_json() == {"score": 5, "until": "2026-11-23T09:10:00+07:00"}
    assert scores(hall) == [5]
    assert "Cảm ơn ông/bà đã đánh giá</h2>" in client.page(f"/t/{token}")
    assert client.get(f"/api/v1/tickets/{token}").get_json()["rating"]["score"] == 5


def test_the_face_is_a_button_that_works_without_scripts(client: CheckedClient, hall: Hall, token: str) -> None:
    answer = client.post(f"/t/{token}/rating", data={"score": "2"})
    assert (answer.status_code, answer.location) == (303, f"/t/{token}#rating")
    assert scores(hall) == [2]
    page = client.page(f"/t/{token}")
    assert 'name="score" value="2" aria-pressed="true"' in page
    assert 'name="score" value="5" aria-pressed="false"' in page


@pytest.mark.parametrize("score", ["", "0", "6", "5.0", "tốt", "５"])
def test_a_form_without_one_of_the_five_is_refused(client: CheckedClient, hall: Hall, token: str, score: str) -> None:
    assert client.post(f"/t/{token}/rating", data={"score": score}).status_code == 422
    assert scores(hall) == []


def test_a_slip_of_the_finger_is_put_right_for_ten_minutes(client: CheckedClient, hall: Hall, token: str) -> None:
    rate(client, token, 1)
    hall.clock.advance(timedelta(minutes=9, seconds=59))
    assert rate(client, token, 4).status_code == 200
    hall.clock.advance(timedelta(seconds=1))
    answer = rate(client, token, 5)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "rating_fixed")
    assert scores(hall) == [4]
    page = client.page(f"/t/{token}")
    assert 'value="4" aria-pressed="true" disabled' in page
    assert '<li hidden><button class="face-choice face-5"' in page


def test_two_phones_at_once_leave_one_rating(app: Flask, hall: Hall, token: str) -> None:
    def touch(score: int) -> int:
        return rate(CheckedClient(app, app.response_class), token, score).status_code

    with ThreadPoolExecutor(8) as people:
        answers = list(people.map(touch, [1, 5] * 8))
    assert set(answers) == {200}
    assert scores(hall) in ([1], [5])


def test_nobody_rates_a_visit_that_is_not_over(client: CheckedClient, hall: Hall) -> None:
    waiting, given_up = hall.take(), hall.take()
    client.post(f"/t/{given_up}/cancel")
    for token in (waiting, given_up):
        answer = rate(client, token, 5)
        assert (answer.status_code, answer.get_json()["code"]) == (409, "visit_not_over")
        assert '<section class="card stack rating" id="rating" aria-labelledby="rating-title" hidden>' in client.page(
            f"/t/{token}"
        )
    assert scores(hall) == []


def test_after_a_week_it_is_too_late(client: CheckedClient, hall: Hall, token: str) -> None:
    hall.clock.advance(timedelta(days=7))
    assert rate(client, token, 5).get_json()["code"] == "rating_too_late"
    assert 'id="rating" aria-labelledby="rating-title" hidden>' in client.page(f"/t/{token}")


def test_a_page_that_rates_again_and_again_is_asked_to_wait(client: CheckedClient, hall: Hall, token: str) -> None:
    limiter.reset()
    answers = [rate(client, token, 3).status_code for _touch in range(31)]
    assert answers == [200] * 30 + [429]
    assert rate(client, hall.take(), 3).status_code == 409, "another person of the same hall is not"
    limiter.reset()
