"""The notice about personal data tells every use of them, in sentences that are read in one breath."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask, render_template

from office.models import Office
from office.settings import Settings

MOST_SYLLABLES = 26
"""Of a sentence: Vietnamese is counted by syllables, and a spoken breath has about so many."""


def notice(app: Flask, **settings: Any) -> str:
    with app.test_request_context("/"):
        page = render_template("booking/notice.html", settings=Settings(**settings), office=Office(name="Phường Thử Nghiệm"))
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_the_notice_names_every_use_of_the_data(app: Flask) -> None:
    told = notice(app, retention_days=45, wrong_person_limit=4, per_phone_a_day=3, confirm_code=True)
    for use in (
        "Họ tên và số điện thoại", "người cùng đến", "cookie", "địa chỉ mạng", "nhắn tin hoặc gọi điện", "mã xác nhận",
        "nhiều nhất 3 lịch", "của số điện thoại và của máy", "Không đúng người", "Đủ 4 lần", "che bớt", "ghi lại ai mở",
        "Sau ngày hẹn 45 ngày", "cũng xóa sau 45 ngày", "Xóa dữ liệu", "2 ngày làm việc", "khai thay", "không cần họ tên",
    ):  # fmt: skip
        assert use in told, use


def test_the_notice_promises_nothing_an_office_does_not_do(app: Flask) -> None:
    told = notice(app, wrong_person_limit=0)
    assert "mã xác nhận" not in told
    assert "tạm thời không đặt lịch" not in told


def test_the_sentences_of_the_notice_are_short(app: Flask) -> None:
    sentences = re.split(r"(?<=[.?!:;])\s", notice(app, confirm_code=True))
    assert [each for each in sentences if len(each.split()) > MOST_SYLLABLES] == []
