"""Hours, counters and single days are changed after a look at whom it hurts; nobody's booking is dropped by it."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from office.models import Counter, SpecialDay, WeeklyHours
from office.store import counters_of, office_by_code
from tests.pages import CheckedClient
from tests.setup.lost_hours import NAME, Ward, week

HOURS = "/office/00070/hours"
DAYS = "/office/00070/days"
CLOSED_TUESDAY = {"on": "2026-11-24", "kind": "closed", "note": "Sửa trụ sở"}
USUAL_TUESDAY = {"on": "2026-11-24", "kind": "usual"}
THAT_TUESDAY = f"{DAYS}?month=2026-11&day=2026-11-24"


def send(client: CheckedClient, ward: Ward, path: str, sent: dict[str, str], who: str = "head") -> TestResponse:
    return client.post(path, data=sent, headers=ward.headers[who])


def seen(answer: TestResponse) -> str:
    found = re.search(r'name="seen" value="(\w+)"', answer.get_data(as_text=True))
    assert found
    return found[1]


def save(client: CheckedClient, ward: Ward, path: str, sent: dict[str, str]) -> TestResponse:
    """Look, then save what was seen."""
    return send(client, ward, path, sent | {"seen": seen(send(client, ward, path, sent))})


def counter_path(ward: Ward, number: int = 1) -> str:
    with ward.database.reading() as session:
        counters = counters_of(session, office_by_code(session, "00070"))
        return f"/office/00070/counters/{counters[number - 1].id}/hours"


def test_new_hours_are_saved_after_a_look_at_whom_they_hurt(client: CheckedClient, ward: Ward) -> None:
    mine = ward.booked("16:00", day=25)
    answer = send(client, ward, HOURS, week(day2="08:00-12:00", day5="8:00 - 11:30"))
    page = answer.get_data(as_text=True)
    for words in ("1 lịch hẹn sẽ không giữ được giờ đã đặt", "Thứ Tư 25/11, 16:00", "Trần T. T.", "Phải gọi điện", "11:45"):
        assert words in page
    assert NAME not in page
    assert ward.audited() == {}
    saved = send(client, ward, HOURS, week(day2="08:00-12:00", day5="8:00 - 11:30") | {"seen": seen(answer)})
    assert saved.location == "/office/00070/calls"
    assert "08:00-11:30" in client.page("/office/", headers=ward.headers["head"])
    assert ward.audited()["hours_changed"]["lost_bookings"] == [mine]
    assert ward.booking(mine).state == "booked"


def test_hours_that_hurt_nobody_lead_back_to_the_office(client: CheckedClient, ward: Ward) -> None:
    ward.booked("10:00")
    answer = send(client, ward, HOURS, week(day5="08:00-11:30"))
    assert "Mọi lịch hẹn đều giữ được giờ đã đặt." in answer.get_data(as_text=True)
    assert send(client, ward, HOURS, week(day5="08:00-11:30") | {"seen": seen(answer)}).location == "/office/00070/"
    assert ward.entries() == []


@pytest.mark.parametrize("meanwhile", ["booked", "moved"])
def test_a_list_that_changed_since_the_look_is_shown_again(client: CheckedClient, ward: Ward, meanwhile: str) -> None:
    mine = ward.booked("10:00", day=25)
    mark = seen(send(client, ward, HOURS, week(day2="")))
    if meanwhile == "booked":
        ward.booked("10:15", day=25)
    else:
        client.post(f"/api/v1/appointments/{ward.booking(mine).token}/move", json={"starts_at": "2026-11-25T09:00:00+07:00"})
    answer = send(client, ward, HOURS, week(day2="") | {"seen": mark})
    assert answer.status_code == 409
    assert ("10:15" if meanwhile == "booked" else "Thứ Tư 25/11, 09:00") in answer.get_data(as_text=True)
    assert ward.audited() == {}
    assert send(client, ward, HOURS, week(day2="") | {"seen": seen(answer)}).status_code == 302


def test_mistyped_hours_are_said_beside_their_weekday_and_kept(client: CheckedClient, ward: Ward) -> None:
    answer = send(client, ward, HOURS, week(day2="từ 8 giờ <sáng>", seen="0"))
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "f-day2-error" in page
    assert "từ 8 giờ &lt;sáng&gt;" in page
    assert ward.audited() == {}


# --- a counter --------------------------------------------------------------------------------------------------------


def test_a_counter_nobody_is_planned_for_loses_what_the_other_cannot_take(client: CheckedClient, ward: Ward) -> None:
    ward.booked("10:00")
    second = ward.booked("10:00", service="B")
    path = counter_path(ward, 2)
    assert "Giờ của quầy 2" in client.page(path, headers=ward.headers["head"])
    assert save(client, ward, path, {"own": ""}).location == "/office/00070/calls"
    assert [entry.appointment_id for entry in ward.entries()] == [second]
    assert ward.audited()["counter_hours_changed"]["lost_bookings"] == [second]
    with ward.database.reading() as session:
        assert [counter.planned for counter in session.scalars(select(Counter).order_by(Counter.id))][:2] == [True, False]
    assert "dự kiến không có cán bộ" in client.page("/office/", headers=ward.headers["head"])


def test_a_counter_gets_hours_of_its_own_and_loses_them_again(client: CheckedClient, ward: Ward) -> None:
    path = counter_path(ward)
    own = {"planned": "1", "own": "1", **{f"day{weekday}": "" for weekday in range(7)}, "day5": "08:00-11:30"}
    save(client, ward, path, own)
    with ward.database.reading() as session:
        rows = session.scalars(select(WeeklyHours).where(WeeklyHours.counter_id.is_not(None))).all()
        assert [(row.weekday, row.opens, row.closes) for row in rows] == [(5, 480, 690)]
    assert 'value="08:00-11:30"' in client.page(path, headers=ward.headers["head"])
    save(client, ward, path, {"planned": "1", "own": ""})
    with ward.database.reading() as session:
        assert session.scalars(select(WeeklyHours).where(WeeklyHours.counter_id.is_not(None))).all() == []


def test_own_hours_without_an_hour_are_refused(client: CheckedClient, ward: Ward) -> None:
    answer = send(client, ward, counter_path(ward), {"planned": "1", "own": "1"})
    assert answer.status_code == 422
    assert "ít nhất một ngày" in answer.get_data(as_text=True)


def test_a_counter_of_another_office_is_nobodys(client: CheckedClient, ward: Ward) -> None:
    for number in (3, 999):
        assert client.get(f"/office/00070/counters/{number}/hours", headers=ward.headers["head"]).status_code == 404
        assert send(client, ward, f"/office/00070/counters/{number}/hours", {"own": ""}).status_code == 404


# --- single days ------------------------------------------------------------------------------------------------------


def test_a_closed_day_is_set_and_taken_away_again(client: CheckedClient, ward: Ward) -> None:
    mine = ward.booked("10:00")
    save(client, ward, DAYS, CLOSED_TUESDAY)
    assert [entry.appointment_id for entry in ward.entries()] == [mine]
    page = client.page(THAT_TUESDAY, headers=ward.headers["head"])
    assert "Thứ Ba 24/11/2026" in page
    assert "Sửa trụ sở" in page
    assert "Cần gọi: 1 người" in client.page("/office/00070/calls", headers=ward.headers["head"])
    preview = send(client, ward, DAYS, USUAL_TUESDAY).get_data(as_text=True)
    assert "1 lịch hẹn từng mất giờ, nay lại giữ được giờ cũ" in preview
    save(client, ward, DAYS, USUAL_TUESDAY)
    with ward.database.reading() as session:
        assert session.scalars(select(SpecialDay)).all() == []
    assert "Giờ cũ vẫn giữ được" in client.page("/office/00070/calls", headers=ward.headers["head"])
    assert set(ward.audited()) == {"day_changed", "day_removed"}


def test_a_day_with_other_hours_replaces_what_was_said_of_it(client: CheckedClient, ward: Ward) -> None:
    ward.booked("10:00")
    save(client, ward, DAYS, CLOSED_TUESDAY)
    save(client, ward, DAYS, {"on": "2026-11-24", "kind": "hours", "hours": "08:00-11:00", "note": ""})
    with ward.database.reading() as session:
        [day] = session.scalars(select(SpecialDay))
        assert (day.spans, day.name) == ([[480, 660]], "")


def test_a_day_of_the_city_comes_back_when_the_offices_own_is_taken_away(client: CheckedClient, ward: Ward) -> None:
    with ward.database.transaction() as session:
        session.add(SpecialDay(on=date(2026, 11, 24), name="Ngày Văn hóa Việt Nam", holiday=True, spans=[]))
        office = office_by_code(session, "00070")
        session.add(SpecialDay(office_id=office.id, on=date(2026, 11, 24), name="Trực", spans=[[480, 720]]))
    mine = ward.booked("10:00")
    assert "Của thành phố" not in client.page(THAT_TUESDAY, headers=ward.headers["head"])
    save(client, ward, DAYS, USUAL_TUESDAY)
    assert "Của thành phố" in client.page(THAT_TUESDAY, headers=ward.headers["head"])
    assert [entry.appointment_id for entry in ward.entries()] == [mine]


def test_a_day_works_like_another_weekday(client: CheckedClient, ward: Ward) -> None:
    save(client, ward, DAYS, {"on": "2026-11-28", "kind": "works_as", "as_weekday": "0", "note": "Làm bù"})
    page = client.page(f"{DAYS}?day=2026-11-28", headers=ward.headers["head"])
    assert "Làm bù: <span class=\"clock\">08:00-12:00, 13:30-17:00</span>" in page
    with ward.database.reading() as session:
        assert [(day.spans, day.as_weekday) for day in session.scalars(select(SpecialDay))] == [([], 0)]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"on": "2026-11-22"}, "từ hôm nay trở đi"),
        ({"on": "2036-11-24"}, "trong vòng một năm"),
        ({"on": "mai"}, "từ hôm nay trở đi"),
        ({"kind": "hours", "hours": ""}, "08:00-11:30, 13:30-17:00"),
        ({"kind": "hours", "hours": "8 giờ"}, "08:00-11:30, 13:30-17:00"),
        ({"kind": "?"}, "Hãy chọn ngày đó nghỉ"),
        ({"kind": "works_as", "as_weekday": "7"}, "làm bù theo giờ của thứ nào"),
        ({"note": "dài " * 20}, "rút gọn"),
    ],
)
def test_a_day_that_cannot_be_is_refused_and_kept(
    client: CheckedClient, ward: Ward, wrong: dict[str, str], words: str
) -> None:
    answer = send(client, ward, DAYS, CLOSED_TUESDAY | wrong)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)


def test_a_day_of_another_office_or_of_the_city_is_not_taken_away(client: CheckedClient, ward: Ward) -> None:
    with ward.database.transaction() as session:
        beside = office_by_code(session, "00091")
        for office_id in (None, beside.id):
            session.add(SpecialDay(office_id=office_id, on=date(2026, 11, 24), name="", spans=[]))
    assert "Không có gì thay đổi" in send(client, ward, DAYS, USUAL_TUESDAY).get_data(as_text=True)
    with ward.database.reading() as session:
        assert len(session.scalars(select(SpecialDay)).all()) == 2


@pytest.mark.parametrize("who", ["technician", "officer", "helper", "beside"])
def test_only_the_head_plans(client: CheckedClient, ward: Ward, who: str) -> None:
    for path in (HOURS, DAYS, counter_path(ward), "/office/00070/bookings"):
        assert client.get(path, headers=ward.headers[who]).status_code == 403
    for path in (HOURS, DAYS, counter_path(ward)):
        assert send(client, ward, path, {}, who).status_code == 403


# --- telling people ---------------------------------------------------------------------------------------------------


def test_who_has_a_mobile_is_told_by_message_with_the_link_to_move(client: CheckedClient, ward: Ward) -> None:
    ward.has_phones()
    mobile, landline = ward.booked("10:00"), ward.booked("11:00", phone="+842438256666")
    answer = save(client, ward, DAYS, CLOSED_TUESDAY)
    assert answer.location == "/office/00070/calls"
    [message] = ward.messages()
    assert message.to == ward.booking(mobile).phone
    assert f"/a/{ward.booking(mobile).token}/move" in message.text
    assert "10:00 ngày 24/11/2026" in message.text
    assert NAME not in message.text
    page = client.page("/office/00070/calls", headers=ward.headers["head"])
    assert "Cần gọi: 1 người" in page
    assert "024 3825 6666" in page
    assert {entry.appointment_id: entry.why for entry in ward.entries()} == {mobile: "messaged", landline: "unreachable"}


def test_nobody_is_told_twice_of_the_same_hour(client: CheckedClient, ward: Ward) -> None:
    ward.has_phones()
    ward.booked("10:00")
    save(client, ward, DAYS, CLOSED_TUESDAY)
    assert "Mọi lịch hẹn đều giữ được" in send(client, ward, HOURS, week(day1="08:00-09:00")).get_data(as_text=True)
    save(client, ward, HOURS, week(day1="08:00-09:00"))
    assert len(ward.messages()) == 1


def test_an_hour_that_is_kept_after_all_is_told_too_and_lost_again_once_more(client: CheckedClient, ward: Ward) -> None:
    ward.has_phones()
    ward.booked("10:00")
    save(client, ward, DAYS, CLOSED_TUESDAY)
    ward.clock.advance(timedelta(minutes=1))
    open_tuesday = {"on": "2026-11-24", "kind": "hours", "hours": "08:00-12:00", "note": ""}
    save(client, ward, DAYS, open_tuesday)
    ward.clock.advance(timedelta(minutes=1))
    save(client, ward, DAYS, CLOSED_TUESDAY)
    assert ["nay phục vụ được như đã hẹn" in message.text for message in ward.messages()] == [False, True, False]
