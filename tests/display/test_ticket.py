"""A person's own ticket page."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask

from display import wording
from queueing.models import STATES
from tests.conftest import HANOI
from tests.display.conftest import CODE, Hall
from tests.pages import CheckedClient


def test_a_waiting_person_sees_how_many_are_before(client: CheckedClient, hall: Hall) -> None:
    hall.take()
    token = hall.take()
    page = client.page(f"/t/{token}")
    assert "A002" in page
    assert "Còn 1 người trước" in page
    assert "theo giờ lấy số 09:00" in page


def test_the_next_one_is_told_so_and_where_to_stand(client: CheckedClient, hall: Hall) -> None:
    page = client.page(f"/t/{hall.take()}")
    assert "Ông/bà là người tiếp theo" in page
    assert "Xin lại gần quầy 1: số này sắp được gọi." in page
    assert 'class="ticket state-waiting near-next"' in page
    assert 'class="ticket-state tone-red"' in page


@pytest.mark.parametrize(("before", "how", "tone"), [(1, " near-soon", "amber"), (2, " near-soon", "amber"), (3, "", "plain")])
def test_who_is_soon_called_sees_it_from_afar(client: CheckedClient, hall: Hall, before: int, how: str, tone: str) -> None:
    for _person in range(before):
        hall.take()
    page = client.page(f"/t/{hall.take()}")
    assert f'class="ticket state-waiting{how}"' in page
    assert f"tone-{tone}" in page


def test_one_of_paper_and_telephone_is_enough(app: Flask) -> None:
    with app.test_request_context():
        assert "Giấy và điện thoại như nhau: có một là đủ." in wording.paper_words("printed")
        assert "màn hình này là đủ" in wording.paper_words(None)


def test_a_called_person_is_sent_to_the_counter_even_without_scripts(client: CheckedClient, hall: Hall) -> None:
    token = hall.take()
    hall.call()
    page = client.page(f"/t/{token}")
    assert "state-called" in page
    assert "Mời đến quầy 1" in page
    assert '<meta http-equiv="refresh"' in page


def test_a_missed_person_is_told_the_way_back(client: CheckedClient, hall: Hall) -> None:
    token = hall.take()
    hall.call()
    hall.do("absent", token)
    page = client.page(f"/t/{token}")
    assert "Đã gọi mà chưa gặp ông/bà" in page
    assert "vào ki-ốt" in page


def test_a_person_who_came_early_waits_for_an_hour_not_for_a_place(client: CheckedClient, hall: Hall) -> None:
    token = hall.check_in(datetime(2026, 11, 23, 11, 0, tzinfo=HANOI))
    page = client.page(f"/t/{token}")
    assert "Sẽ được gọi từ 10:54" in page
    assert "near-" not in page.split("<header")[0]
    assert "Ông/bà là người tiếp theo</p>" not in page
    hall.clock.advance(timedelta(hours=1, minutes=54))
    assert "Ông/bà là người tiếp theo</p>" in client.page(f"/t/{token}")


def test_a_visit_that_ended_without_papers_lists_them_and_the_way_back(client: CheckedClient, hall: Hall) -> None:
    token = hall.take()
    hall.call()
    hall.send_for_papers(token, "Giấy chứng sinh", "Tờ khai <b>mẫu</b>")
    page = client.page(f"/t/{token}")
    assert "Còn thiếu giấy tờ" in page
    assert "<li>Giấy chứng sinh</li><li>Tờ khai &lt;b&gt;mẫu&lt;/b&gt;</li>" in page
    assert "không phải chờ từ đầu" in page


def test_a_person_gives_the_number_up(client: CheckedClient, hall: Hall) -> None:
    token = hall.take()
    answer = client.post(f"/t/{token}/cancel")
    assert (answer.status_code, answer.location) == (303, f"/t/{token}")
    assert hall.state_of(token) == "cancelled"
    assert "Số này đã bỏ" in client.page(f"/t/{token}")


def test_a_number_that_is_being_served_is_not_given_up(client: CheckedClient, hall: Hall) -> None:
    token = hall.take()
    hall.call()
    hall.do("serve", token)
    assert client.post(f"/t/{token}/cancel").status_code == 409
    assert hall.state_of(token) == "serving"


def test_the_page_follows_the_language_the_number_was_taken_in(client: CheckedClient, hall: Hall) -> None:
    assert '<html lang="en">' in client.page(f"/t/{hall.take(lang='en')}")
    assert '<html lang="vi">' in client.page(f"/t/{hall.take(lang='en')}?lang=vi")


@pytest.mark.parametrize(("method", "path"), [("get", "/t/none"), ("post", "/t/none/cancel"), ("get", "/api/v1/tickets/none")])
def test_a_token_nobody_has_is_not_found(client: CheckedClient, hall: Hall, method: str, path: str) -> None:
    assert getattr(client, method)(path).status_code == 404


def test_the_call_and_the_socket_answer_alike(app: Flask, client: CheckedClient, hall: Hall) -> None:
    token = hall.take()
    socket = app.extensions["socketio"].test_client(app, namespace="/ticket")
    socket.emit("join", {"token": token}, namespace="/ticket")
    received = socket.get_received("/ticket")[0]
    answer = client.get(f"/api/v1/tickets/{token}").get_json()
    assert received["args"][0] == answer
    assert (answer["number"], answer["state"], answer["people_ahead"]) == ("A001", "waiting", 0)
    assert "name" not in answer


def test_every_state_has_words(app: Flask) -> None:
    with app.test_request_context():
        words = wording.state_words()
        assert set(words) == set(STATES)
        assert all(state["title"] for state in words.values())


@pytest.mark.parametrize("state", [None, "queued", "sending", "printed", "blocked", "uncertain", "handed", "failed", "expired"])
def test_the_paper_is_told_in_words_whatever_became_of_it(app: Flask, state: str | None) -> None:
    with app.test_request_context():
        assert wording.paper_words(state).endswith(".")


def test_who_was_sent_an_old_forecast_is_sent_the_new_one_within_a_second(app: Flask, hall: Hall) -> None:
    hall.take()
    token = hall.take()
    app.extensions["realtime"].close()  # nothing is sent but by hand
    socket = app.extensions["socketio"].test_client(app, namespace="/ticket")
    socket.emit("join", {"token": token}, namespace="/ticket")
    [first] = [event["args"][0] for event in socket.get_received("/ticket") if event["name"] == "snapshot"]
    realtime, kept = app.extensions["realtime"], app.extensions["forecasts"]
    kept.pause_s = 3600
    hall.call()
    realtime.delivery.send(realtime.feeds["/ticket"], CODE)
    assert realtime.delivery.shown["/ticket", CODE] == 0, "the next look at the versions, a second later, finds it behind"
    kept.pause_s = 0
    realtime.delivery.send(realtime.feeds["/ticket"], CODE)
    *_older, last = [event["args"][0] for event in socket.get_received("/ticket") if event["name"] == "snapshot"]
    assert last["version"] > first["version"]
    assert realtime.delivery.shown["/ticket", CODE] == last["version"]
    socket.disconnect(namespace="/ticket")
